-- lateral relations, arrays taken apart, VALUES
SELECT g.id, q.m FROM pg.g, LATERAL (SELECT max(w.id) AS m FROM pg.w WHERE w.k = g.k) q
SELECT g.id, q.label FROM pg.g CROSS JOIN LATERAL (SELECT w.label FROM pg.w WHERE w.k = g.k ORDER BY w.id LIMIT 1) q
SELECT g.id, q.label FROM pg.g LEFT JOIN LATERAL (SELECT w.label FROM pg.w WHERE w.k = g.k ORDER BY w.id LIMIT 1) q ON true
SELECT g.id, q.x FROM pg.g JOIN LATERAL (SELECT g.k + 1 AS x) q ON true
SELECT w.id, q.id AS other FROM pg.w, LATERAL (SELECT g.id FROM pg.g WHERE g.k = w.k ORDER BY g.n DESC, g.id LIMIT 2) q
SELECT w.id, q.s, q.c FROM pg.w LEFT JOIN LATERAL (SELECT sum(g.n) AS s, count(*) AS c FROM pg.g WHERE g.k = w.k) q ON true ORDER BY w.id
SELECT w.id, q.r FROM pg.w, LATERAL (SELECT g.id AS r FROM pg.g WHERE g.id = w.id) q WHERE q.r > 2
SELECT a.id, b.x, c.y FROM pg.w a, LATERAL (SELECT a.k * 2 AS x) b, LATERAL (SELECT b.x + 1 AS y) c
SELECT g.id, u.x FROM pg.g, unnest(g.list) AS u(x)
SELECT g.id, u.x FROM pg.g LEFT JOIN unnest(g.list) AS u(x) ON true
SELECT g.id, u.x FROM pg.g CROSS JOIN unnest(g.tags) AS u(x) WHERE u.x > 'a'
SELECT u.x, count(*) AS n FROM pg.g, unnest(g.list) AS u(x) GROUP BY u.x ORDER BY u.x
SELECT sum(u.x) AS s FROM pg.g, unnest(g.list) u(x)
SELECT g.id, u.x FROM pg.g, unnest(g.list) u(x) WHERE u.x = g.k OR u.x IS NULL
SELECT g.id, a.x, b.y FROM pg.g, unnest(g.list) a(x), unnest(g.tags) b(y)
SELECT id, unnest(list) AS x FROM pg.g
SELECT id, unnest(list) AS x, unnest(tags) AS y FROM pg.g
SELECT unnest(tags) AS x FROM pg.g WHERE k > 1
SELECT q.x, count(*) AS n FROM (SELECT unnest(list) AS x FROM pg.g) q GROUP BY q.x
SELECT id, unnest(list) AS x FROM pg.g ORDER BY id, x LIMIT 5
SELECT id, unnest(prices) AS p FROM pg.v
SELECT v.id, u.p * 2 AS p FROM pg.v, unnest(v.prices) u(p)
SELECT q.id, u.x FROM (SELECT id, list FROM pg.g WHERE k = 1) q, unnest(q.list) u(x)
SELECT id FROM pg.g WHERE EXISTS (SELECT 1 FROM unnest(g.list) u(x) WHERE u.x = 1)
SELECT id, (SELECT count(*) FROM unnest(g.list) u(x)) AS n FROM pg.g
SELECT id, unnest(list) AS x FROM pg.nothing
SELECT n.id, u.x FROM pg.nothing n LEFT JOIN unnest(n.list) u(x) ON true
SELECT w.id, v.x FROM pg.w, (VALUES (1), (2)) AS v(x) WHERE v.x = w.k
SELECT v.x, v.y FROM (VALUES (1, 'a'), (2, NULL), (NULL, 'é')) AS v(x, y) LEFT JOIN pg.w ON w.k = v.x
-- what stays above
SELECT g.id, q.m FROM pg.g, LATERAL (SELECT max(v.id) AS m FROM pg.v WHERE v.s = g.k) q
-- refused no index to find its rows by
SELECT unnest(list) AS x, count(*) AS n FROM pg.g GROUP BY list
-- refused only read
SELECT DISTINCT unnest(list) AS x FROM pg.g
-- refused DISTINCT
SELECT unnest([1, 2]) AS x FROM pg.w
-- refused ARRAY
SELECT unnest(list) + 1 AS x FROM pg.g
-- refused UNNEST
