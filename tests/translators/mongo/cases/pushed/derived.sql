-- Derived tables and CTEs as further stages.
SELECT a FROM (SELECT i AS a FROM t) AS z WHERE a > 0
SELECT z.a, z.c FROM (SELECT i AS a, s AS c FROM t WHERE i > 0) AS z WHERE z.c LIKE 'a%'
SELECT a + 1 AS v FROM (SELECT i % 5 AS a FROM t) AS z WHERE a > 1
SELECT a, count(*) AS n FROM (SELECT i % 5 AS a FROM t) AS z GROUP BY a
SELECT max(n) AS m FROM (SELECT i, count(*) AS n FROM t GROUP BY i) AS z
SELECT n, count(*) AS m FROM (SELECT i, count(*) AS n FROM t GROUP BY i) AS z GROUP BY n ORDER BY n
SELECT * FROM (SELECT i, count(*) AS n FROM t GROUP BY i) AS z WHERE n > 4 AND i > 0
SELECT sum(i) AS s FROM (SELECT i FROM t ORDER BY _id LIMIT 5) AS z
SELECT i FROM (SELECT i, _id FROM t ORDER BY _id LIMIT 10) AS z WHERE i > 0
SELECT count(*) AS n FROM (SELECT DISTINCT i FROM t) AS z
SELECT count(*) AS n FROM (SELECT DISTINCT i, j FROM t WHERE i > 0) AS z WHERE j < 5
SELECT _id FROM (SELECT * FROM t ORDER BY x DESC, _id LIMIT 8) AS z ORDER BY _id
SELECT a FROM (SELECT a FROM (SELECT i AS a FROM t WHERE i > 0) AS y WHERE a < 50) AS z ORDER BY a LIMIT 3
WITH z AS (SELECT i, count(*) AS n FROM t GROUP BY i) SELECT i FROM z WHERE n = 5
WITH y AS (SELECT i, b FROM t WHERE ok), z AS (SELECT i, sum(b) AS s FROM y GROUP BY i) SELECT count(*) AS n, min(s) AS m FROM z
WITH z(p, q) AS (SELECT i, s FROM t) SELECT p FROM z WHERE q = 'a'
SELECT z.city FROM (SELECT address.city AS city, i FROM t) AS z WHERE z.i > 0
SELECT z.p.city AS c FROM (SELECT address AS p FROM t) AS z
SELECT n FROM (SELECT count(*) AS n FROM t WHERE i = 12345) AS z
SELECT n FROM (SELECT sum(i) AS n FROM t WHERE i = 12345) AS z WHERE n IS NULL
SELECT m FROM (SELECT avg(i) AS m, ok FROM t GROUP BY ok) AS z WHERE ok
SELECT r, count(*) AS n FROM (SELECT rank() OVER (PARTITION BY ok ORDER BY i) AS r FROM t) AS z GROUP BY r
SELECT _id FROM (SELECT _id, row_number() OVER (PARTITION BY ok ORDER BY _id DESC) AS r FROM t) AS z WHERE r <= 2
SELECT e, count(*) AS n FROM (SELECT unnest(tags) AS e FROM t) AS z GROUP BY e
