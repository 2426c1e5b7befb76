-- set operations
SELECT id FROM s.g UNION ALL SELECT id FROM s.t
SELECT k FROM s.g UNION SELECT n FROM s.t
SELECT k, name FROM s.g UNION SELECT n, s FROM s.t ORDER BY 1, 2
SELECT k FROM s.g INTERSECT SELECT i FROM s.t
SELECT k FROM s.g EXCEPT SELECT id FROM s.t WHERE id < 3
SELECT id FROM s.g UNION ALL SELECT id FROM s.t ORDER BY id LIMIT 5
SELECT p FROM s.g UNION SELECT q FROM s.t
SELECT v FROM s.g UNION ALL SELECT r FROM s.t
SELECT d FROM s.g UNION SELECT d FROM s.t
SELECT d FROM s.g UNION ALL SELECT m FROM s.t
SELECT k FROM s.g UNION ALL (SELECT n FROM s.t UNION SELECT id FROM s.t)
SELECT k FROM s.g UNION (SELECT n FROM s.t EXCEPT SELECT id FROM s.t) ORDER BY 1
SELECT 1 AS x FROM s.g UNION ALL SELECT n FROM s.t
SELECT name, NULL AS x FROM s.g UNION ALL SELECT s, n FROM s.t
SELECT DISTINCT k FROM s.g UNION ALL SELECT k FROM s.g
(SELECT id FROM s.g ORDER BY id LIMIT 2) UNION ALL (SELECT id FROM s.t ORDER BY id DESC LIMIT 2)
-- derived tables and WITH
SELECT x.k, x.total FROM (SELECT k, sum(v) AS total FROM s.g GROUP BY k) AS x WHERE x.total > 10
SELECT x.a FROM (SELECT n + i AS a FROM s.t WHERE n < 100 AND i < 1000) AS x WHERE x.a > 0 ORDER BY 1
SELECT max(c) AS x FROM (SELECT k, count(*) AS c FROM s.g GROUP BY k) AS y
WITH y AS (SELECT k, count(*) AS c FROM s.g GROUP BY k) SELECT c, count(*) AS n FROM y GROUP BY c
WITH y AS (SELECT k, sum(v) AS total FROM s.g GROUP BY k) SELECT k FROM y WHERE total IS NOT NULL ORDER BY total, k
WITH a AS (SELECT id, v FROM s.g WHERE v > 5), b AS (SELECT id FROM a WHERE v < 15) SELECT id FROM b
SELECT id FROM (SELECT id, n FROM s.t ORDER BY n, id LIMIT 3) AS x WHERE n > 0
SELECT k, x FROM (SELECT k, row_number() OVER (PARTITION BY k ORDER BY id) AS x FROM s.g) AS y WHERE x = 1
SELECT count(*) AS x FROM (SELECT DISTINCT k, name FROM s.g) AS y
-- subqueries
SELECT id FROM s.t WHERE n IN (SELECT k FROM s.strict_t)
SELECT id FROM s.t WHERE id NOT IN (SELECT k FROM s.g WHERE k IS NOT NULL)
SELECT id FROM s.t WHERE id NOT IN (SELECT k FROM s.g)
SELECT id FROM s.t WHERE s IN (SELECT y FROM s.strict_t WHERE id > 0)
SELECT id FROM s.t WHERE n > (SELECT min(v) FROM s.g)
SELECT id FROM s.t WHERE n = (SELECT max(n) FROM s.t)
SELECT id, (SELECT count(*) FROM s.g) AS x FROM s.t
SELECT id FROM s.t WHERE EXISTS (SELECT 1 FROM s.g WHERE v > 5)
SELECT id FROM s.t WHERE NOT EXISTS (SELECT 1 FROM s.empty)
-- joins by unique keys
SELECT t.id, x.y FROM s.t JOIN s.strict_t AS x ON t.id = x.k
SELECT t.id, x.y FROM s.t LEFT JOIN s.strict_t AS x ON t.n = x.id AND x.x > 1
SELECT l.q, o.name FROM s.line AS l LEFT JOIN s.orders AS o ON o.code = l.o
SELECT o.name, sum(l.q) AS x FROM s.line AS l JOIN s.orders AS o ON o.code = l.o GROUP BY o.name
SELECT l.q, o.name, t.s FROM s.line AS l JOIN s.orders AS o ON l.o = o.code JOIN s.t ON t.id = o.t
SELECT x.k, t.s FROM (SELECT k, count(*) AS c FROM s.g GROUP BY k) AS x JOIN s.t ON t.id = x.k
SELECT id, n FROM s.v WHERE n = 5 AND s = 'abc'
SELECT x.id, x.z FROM s.strict_t AS x WHERE x.y >= 'abc' AND x.x < 2
-- left
SELECT id FROM s.g UNION ALL SELECT u FROM s.t
-- refused only read
SELECT k FROM s.g INTERSECT ALL SELECT n FROM s.t
-- refused no INTERSECT ALL
SELECT k FROM s.g EXCEPT ALL SELECT n FROM s.t
-- refused no EXCEPT ALL
SELECT t.id, g.id AS x FROM s.t JOIN s.g ON t.n = g.k
-- refused No unique keys
SELECT t.id, g.id AS x FROM s.t FULL JOIN s.g ON t.id = g.id
-- refused FULL join
SELECT id FROM s.t WHERE n IN (SELECT max(k) FROM s.g WHERE g.id = t.id)
-- refused again for every row
SELECT id FROM s.t WHERE EXISTS (SELECT 1 FROM s.g WHERE g.id > t.n)
-- refused again for every row
SELECT id FROM s.t WHERE n = (SELECT v FROM s.g WHERE id = 1)
-- refused several rows
SELECT id FROM s.t WHERE n > ALL (SELECT k FROM s.g)
-- refused only IN
WITH RECURSIVE y AS (SELECT id FROM s.g WHERE id = 1 UNION ALL SELECT y.id + 1 FROM y WHERE y.id < 3) SELECT id FROM y
-- refused recursive
SELECT k FROM s.g GROUP BY GROUPING SETS ((k), ())
-- refused only plain groups
