-- grouping sets
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY GROUPING SETS ((k), (flag), ())
SELECT k, flag, sum(n) AS a, avg(k) AS b, max(t) AS c FROM pg.g GROUP BY GROUPING SETS ((k), (flag), ())
SELECT k, flag, grouping(k, flag) AS g, count(*) AS n FROM pg.g GROUP BY GROUPING SETS ((k), (flag), ()) ORDER BY g, k, flag, n
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY GROUPING SETS ((k), (flag), ()) HAVING grouping(k) = 0 OR count(*) > 20
SELECT count(*) AS n FROM pg.nothing GROUP BY GROUPING SETS ((k), (flag), ())
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY GROUPING SETS ((k, flag), k)
SELECT k, flag, sum(n) AS a, avg(k) AS b, max(t) AS c FROM pg.g GROUP BY GROUPING SETS ((k, flag), k)
SELECT k, flag, grouping(k, flag) AS g, count(*) AS n FROM pg.g GROUP BY GROUPING SETS ((k, flag), k) ORDER BY g, k, flag, n
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY GROUPING SETS ((k, flag), k) HAVING grouping(k) = 0 OR count(*) > 20
SELECT count(*) AS n FROM pg.nothing GROUP BY GROUPING SETS ((k, flag), k)
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY ROLLUP (k, flag)
SELECT k, flag, sum(n) AS a, avg(k) AS b, max(t) AS c FROM pg.g GROUP BY ROLLUP (k, flag)
SELECT k, flag, grouping(k, flag) AS g, count(*) AS n FROM pg.g GROUP BY ROLLUP (k, flag) ORDER BY g, k, flag, n
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY ROLLUP (k, flag) HAVING grouping(k) = 0 OR count(*) > 20
SELECT count(*) AS n FROM pg.nothing GROUP BY ROLLUP (k, flag)
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY CUBE (k, flag)
SELECT k, flag, sum(n) AS a, avg(k) AS b, max(t) AS c FROM pg.g GROUP BY CUBE (k, flag)
SELECT k, flag, grouping(k, flag) AS g, count(*) AS n FROM pg.g GROUP BY CUBE (k, flag) ORDER BY g, k, flag, n
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY CUBE (k, flag) HAVING grouping(k) = 0 OR count(*) > 20
SELECT count(*) AS n FROM pg.nothing GROUP BY CUBE (k, flag)
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY ROLLUP (k), CUBE (flag)
SELECT k, flag, sum(n) AS a, avg(k) AS b, max(t) AS c FROM pg.g GROUP BY ROLLUP (k), CUBE (flag)
SELECT k, flag, grouping(k, flag) AS g, count(*) AS n FROM pg.g GROUP BY ROLLUP (k), CUBE (flag) ORDER BY g, k, flag, n
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY ROLLUP (k), CUBE (flag) HAVING grouping(k) = 0 OR count(*) > 20
SELECT count(*) AS n FROM pg.nothing GROUP BY ROLLUP (k), CUBE (flag)
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY k, ROLLUP (flag)
SELECT k, flag, sum(n) AS a, avg(k) AS b, max(t) AS c FROM pg.g GROUP BY k, ROLLUP (flag)
SELECT k, flag, grouping(k, flag) AS g, count(*) AS n FROM pg.g GROUP BY k, ROLLUP (flag) ORDER BY g, k, flag, n
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY k, ROLLUP (flag) HAVING grouping(k) = 0 OR count(*) > 20
SELECT count(*) AS n FROM pg.nothing GROUP BY k, ROLLUP (flag)
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY GROUPING SETS (ROLLUP (k), CUBE (flag))
SELECT k, flag, sum(n) AS a, avg(k) AS b, max(t) AS c FROM pg.g GROUP BY GROUPING SETS (ROLLUP (k), CUBE (flag))
SELECT k, flag, grouping(k, flag) AS g, count(*) AS n FROM pg.g GROUP BY GROUPING SETS (ROLLUP (k), CUBE (flag)) ORDER BY g, k, flag, n
SELECT k, flag, count(*) AS n FROM pg.g GROUP BY GROUPING SETS (ROLLUP (k), CUBE (flag)) HAVING grouping(k) = 0 OR count(*) > 20
SELECT count(*) AS n FROM pg.nothing GROUP BY GROUPING SETS (ROLLUP (k), CUBE (flag))
SELECT count(*) AS n FROM pg.g GROUP BY GROUPING SETS ((), ())
SELECT sum(n) AS a, avg(k) AS b, max(t) AS c FROM pg.g GROUP BY GROUPING SETS ((), ())
SELECT count(*) AS n FROM pg.nothing GROUP BY GROUPING SETS ((), ())
SELECT k, count(*) AS n FROM pg.g GROUP BY GROUPING SETS ((k), (k))
SELECT k, sum(n) AS a, avg(k) AS b, max(t) AS c FROM pg.g GROUP BY GROUPING SETS ((k), (k))
SELECT k, grouping(k) AS g, count(*) AS n FROM pg.g GROUP BY GROUPING SETS ((k), (k)) ORDER BY g, k, n
SELECT k, count(*) AS n FROM pg.g GROUP BY GROUPING SETS ((k), (k)) HAVING grouping(k) = 0 OR count(*) > 20
SELECT count(*) AS n FROM pg.nothing GROUP BY GROUPING SETS ((k), (k))
SELECT k, flag, t, count(*) AS n FROM pg.g GROUP BY ROLLUP ((k, flag), t)
SELECT k, flag, t, sum(n) AS a, avg(k) AS b, max(t) AS c FROM pg.g GROUP BY ROLLUP ((k, flag), t)
SELECT k, flag, t, grouping(k, flag, t) AS g, count(*) AS n FROM pg.g GROUP BY ROLLUP ((k, flag), t) ORDER BY g, k, flag, t, n
SELECT k, flag, t, count(*) AS n FROM pg.g GROUP BY ROLLUP ((k, flag), t) HAVING grouping(k) = 0 OR count(*) > 20
SELECT count(*) AS n FROM pg.nothing GROUP BY ROLLUP ((k, flag), t)
SELECT k, flag, t, count(*) AS n FROM pg.g GROUP BY CUBE (k, flag, t)
SELECT k, flag, t, sum(n) AS a, avg(k) AS b, max(t) AS c FROM pg.g GROUP BY CUBE (k, flag, t)
SELECT k, flag, t, grouping(k, flag, t) AS g, count(*) AS n FROM pg.g GROUP BY CUBE (k, flag, t) ORDER BY g, k, flag, t, n
SELECT k, flag, t, count(*) AS n FROM pg.g GROUP BY CUBE (k, flag, t) HAVING grouping(k) = 0 OR count(*) > 20
SELECT count(*) AS n FROM pg.nothing GROUP BY CUBE (k, flag, t)
SELECT k % 2 AS p, count(*) AS n FROM pg.g GROUP BY ROLLUP (k % 2)
SELECT id, count(*) AS n FROM pg.w GROUP BY CUBE (id)
SELECT q.k FROM (SELECT id AS k, count(*) AS n FROM pg.w GROUP BY ROLLUP (id)) q WHERE q.k IS NULL
SELECT count(q.id) AS n FROM (SELECT id FROM pg.w GROUP BY ROLLUP (id)) q
SELECT grouping_id(k, flag) AS g, count(*) AS n FROM pg.g GROUP BY CUBE (k, flag)
SELECT k, flag, grouping(k) + grouping(flag) AS level, sum(n) AS x FROM pg.g GROUP BY ROLLUP (k, flag) ORDER BY level, k, flag
SELECT k, rank() OVER (PARTITION BY grouping(k) ORDER BY count(*)) AS r FROM pg.g GROUP BY ROLLUP (k)
SELECT DISTINCT k FROM pg.g GROUP BY CUBE (k, flag) ORDER BY k
SELECT k, avg(n) AS a FROM pg.g GROUP BY GROUPING SETS ((k), ())
SELECT day, name, count(*) AS n FROM pg.g GROUP BY ROLLUP (day, name)
-- what stays above
SELECT d, count(*) AS n FROM pg.g GROUP BY ROLLUP (d)
-- refused floating-point
