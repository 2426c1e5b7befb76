-- CTEs
WITH c AS (SELECT k, count(*) AS n FROM pg.g GROUP BY k) SELECT a.k, b.n FROM c a JOIN c b ON a.k = b.n
WITH c AS MATERIALIZED (SELECT id, k FROM pg.g WHERE k > 1) SELECT sum(c.id) AS s FROM c
WITH c AS NOT MATERIALIZED (SELECT id FROM pg.w) SELECT c.id FROM c
WITH a AS (SELECT id, k FROM pg.g), b AS (SELECT k, max(id) AS m FROM a GROUP BY k) SELECT b.k, b.m FROM b ORDER BY b.k
WITH c(x, y) AS (SELECT id, label FROM pg.w) SELECT c.y FROM c WHERE c.x > 2
WITH c AS (SELECT id FROM pg.w) SELECT id FROM pg.g WHERE id IN (SELECT id FROM c)
SELECT id FROM pg.g WHERE k = (WITH c AS (SELECT max(k) AS m FROM pg.w) SELECT m FROM c)
WITH c AS (SELECT 1 AS x) SELECT w.id FROM pg.w JOIN c ON w.k = c.x
WITH g AS (SELECT id FROM pg.w) SELECT count(*) AS n FROM g
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT w.id, r.n FROM pg.w JOIN r ON w.k = r.n
WITH RECURSIVE r AS (SELECT id, k FROM pg.w WHERE id = 1 UNION ALL SELECT w.id, w.k FROM r JOIN pg.w ON w.id = r.id + 1) SELECT * FROM r
WITH RECURSIVE r(a) AS (SELECT k FROM pg.w WHERE id = 1 UNION SELECT w.k FROM r JOIN pg.w ON w.id = r.a + 1) SELECT a FROM r ORDER BY a
WITH RECURSIVE r(id, depth) AS (SELECT id, 0 FROM pg.g WHERE id = 2 UNION ALL SELECT g.id, r.depth + 1 FROM pg.g, r WHERE g.id = r.id * 2 AND r.depth < 4) SELECT id, depth FROM r ORDER BY depth
WITH RECURSIVE r(x) AS (SELECT name FROM pg.g WHERE id = 1 UNION ALL SELECT g.name FROM r JOIN pg.g ON g.id = 2 AND g.name <> r.x) SELECT x FROM r LIMIT 2
WITH RECURSIVE c AS (SELECT id FROM pg.w) SELECT c.id FROM c
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3), s AS (SELECT n * 2 AS m FROM r) SELECT w.id FROM pg.w JOIN s ON s.m = w.id
WITH RECURSIVE r(n) AS (SELECT min(id) FROM pg.g UNION ALL SELECT r.n + 1 FROM r LEFT JOIN pg.w ON w.id = r.n WHERE r.n < 4) SELECT n FROM r
-- what stays above
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT max(r.n) + 1 FROM r HAVING max(r.n) < 3) SELECT w.id FROM pg.w JOIN r ON r.n = w.id
-- refused recursive part
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT a.n + 1 FROM r a JOIN r b ON a.n = b.n WHERE a.n < 3) SELECT w.id FROM pg.w JOIN r ON r.n = w.id
-- refused once
WITH RECURSIVE r(n) AS (SELECT s FROM pg.v WHERE id = 1 UNION ALL SELECT w.k FROM r JOIN pg.w ON w.id = r.n + 1) SELECT n FROM r
-- refused differ in a type
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT w.id + 1 FROM pg.w LEFT JOIN r ON r.n = w.id WHERE r.n < 3) SELECT n FROM r
-- refused may be absent
