-- DISTINCT and DISTINCT ON
SELECT DISTINCT ON (k) k, id FROM pg.g ORDER BY k, id
SELECT DISTINCT ON (k) k, id FROM pg.g ORDER BY id DESC
SELECT DISTINCT ON (flag, t) flag, t, id FROM pg.g ORDER BY n DESC NULLS LAST, id
SELECT DISTINCT ON (k) id, list, u FROM pg.g ORDER BY id
SELECT DISTINCT ON (t) id, n FROM pg.g WHERE k > 1 ORDER BY day, id LIMIT 3
SELECT DISTINCT ON (k % 2) id FROM pg.g ORDER BY id
SELECT DISTINCT ON (a.k) a.k, b.id FROM pg.g a JOIN pg.w b ON a.k = b.k ORDER BY a.k, b.id DESC, a.id
SELECT q.id FROM (SELECT DISTINCT ON (k) id, k FROM pg.g ORDER BY id) q WHERE q.k > 1
SELECT DISTINCT ON (k) k, count(*) AS n FROM pg.g GROUP BY k, flag ORDER BY k, n DESC, flag
SELECT DISTINCT k, flag FROM pg.g
SELECT DISTINCT t FROM pg.g ORDER BY t LIMIT 3 OFFSET 2
SELECT DISTINCT k + 1 AS x FROM pg.g ORDER BY x DESC
SELECT DISTINCT day, u FROM pg.g ORDER BY u, day
SELECT DISTINCT flag, count(*) AS n FROM pg.g GROUP BY flag, k ORDER BY n, flag
SELECT DISTINCT raw FROM pg.g
SELECT DISTINCT moment FROM pg.g ORDER BY moment DESC
SELECT DISTINCT name AS x FROM pg.g ORDER BY name
SELECT DISTINCT n FROM pg.g ORDER BY n NULLS FIRST
-- what stays above
SELECT DISTINCT ON (k) k, id FROM pg.g
-- refused no order
SELECT DISTINCT ON (d) d, id FROM pg.g ORDER BY id
-- refused floating-point
SELECT DISTINCT d FROM pg.g
-- refused floating-point
SELECT DISTINCT list FROM pg.g
-- refused only read
