-- queries that depend on what is around them, with no index to find their rows by: groups that are joined
SELECT id FROM pg.v WHERE b > (SELECT max(x.b) FROM pg.v x WHERE x.s = v.s)
SELECT id FROM pg.v WHERE n12 <= (SELECT 0.2 * avg(x.n12) FROM pg.v x WHERE x.s = v.s)
SELECT id FROM pg.g WHERE n > (SELECT 0.5 * sum(x.n) FROM pg.g x WHERE x.s = g.s AND x.name = g.name AND x.id > 3)
SELECT id FROM pg.g WHERE (SELECT count(*) FROM pg.g x WHERE x.s = g.s AND x.id < 20) = 0
SELECT id FROM pg.g WHERE (SELECT count(x.n) - 2 FROM pg.g x WHERE x.s = g.s AND x.id < 20) < 0
SELECT id FROM pg.g WHERE (SELECT coalesce(sum(x.k), -1) FROM pg.g x WHERE x.s = g.s AND x.id < 20) < 0
SELECT id FROM pg.g WHERE (SELECT max(x.id) IS NULL FROM pg.g x WHERE x.day = g.day AND x.id > 30)
SELECT id FROM pg.g WHERE (SELECT min(x.id) FROM pg.g x WHERE x.t = g.t) = id
SELECT id FROM pg.g WHERE (SELECT count(DISTINCT x.k) FROM pg.g x WHERE x.flag = g.flag) > 4
SELECT id FROM pg.g WHERE d = (SELECT max(x.d) FROM pg.g x WHERE x.d = g.d)
-- refused grouping by floating-point numbers
SELECT id FROM pg.g WHERE id > (SELECT min(x.id) FROM pg.v x WHERE x.b = g.d)
-- refused several groups
SELECT id FROM pg.g WHERE id > (SELECT min(x.id) FROM pg.g x WHERE x.s = g.s) AND id < (SELECT max(x.id) FROM pg.g x WHERE x.day = g.day)
SELECT id FROM pg.g WHERE id < (SELECT max(x.id) FROM pg.g x WHERE x.s = g.s) - (SELECT count(*) FROM pg.nothing x WHERE x.t = g.t)
SELECT id FROM pg.g WHERE k IN (SELECT w.k FROM pg.w WHERE w.id > (SELECT avg(x.id) FROM pg.w x WHERE x.label = w.label))
SELECT id FROM pg.g WHERE id > (SELECT max(x.id) FROM pg.g x JOIN pg.w ON w.k = x.k WHERE x.s = g.s AND w.label IS NOT NULL)
SELECT g.id, w.id AS other FROM pg.g JOIN pg.w ON w.k = g.k WHERE g.n < (SELECT max(x.n) FROM pg.g x WHERE x.s = w.k)
SELECT g.id, w.id AS other FROM pg.g LEFT JOIN pg.w ON w.k = g.id WHERE (SELECT count(*) FROM pg.v x WHERE x.s = w.k) = 0
SELECT g.k, count(*) AS n FROM pg.g WHERE g.n < (SELECT max(x.n) FROM pg.g x WHERE x.s = g.s) GROUP BY g.k ORDER BY g.k
SELECT id FROM pg.g WHERE n < (SELECT max(x.n) FROM pg.g x WHERE x.s = g.s) ORDER BY id DESC LIMIT 3
SELECT id, (SELECT count(*) FROM pg.g x WHERE x.s = g.s AND x.id < 20) AS x FROM pg.g
SELECT id, (SELECT sum(x.n) FROM pg.g x WHERE x.s = g.s AND x.id < 20) AS x, (SELECT avg(x.k) + 1 FROM pg.g x WHERE x.day = g.day) AS y FROM pg.g
SELECT DISTINCT (SELECT count(*) FROM pg.g x WHERE x.s = g.s) AS x FROM pg.g
SELECT id, row_number() OVER (ORDER BY id) AS r, (SELECT max(x.id) FROM pg.g x WHERE x.s = g.s) AS x FROM pg.g
SELECT id, (SELECT max(x.id) + g.id FROM pg.g x WHERE g.s = x.s) AS x FROM pg.g
SELECT id, (SELECT sum(x.i) FILTER (WHERE x.id > 2) FROM pg.v x WHERE x.s = v.s) AS x FROM pg.v
-- refused no index to find its rows by
SELECT sum(g.id) AS a, (SELECT count(*) FROM pg.w) AS b FROM pg.g WHERE g.id < (SELECT max(x.id) FROM pg.g x WHERE x.s = g.s)
