-- GROUP BY plain and computed keys of every type, DISTINCT, HAVING.
SELECT i, count(*) AS n FROM t GROUP BY i
SELECT DISTINCT i FROM t
SELECT count(*) AS n FROM t GROUP BY i HAVING count(*) > 2
SELECT ok, i, count(i) AS n FROM t GROUP BY ok, i
SELECT i FROM t GROUP BY i HAVING i IS NOT NULL
SELECT b, count(*) AS n FROM t GROUP BY b
SELECT DISTINCT b FROM t
SELECT count(*) AS n FROM t GROUP BY b HAVING count(*) > 2
SELECT ok, b, count(b) AS n FROM t GROUP BY ok, b
SELECT b FROM t GROUP BY b HAVING b IS NOT NULL
SELECT k, count(*) AS n FROM t GROUP BY k
SELECT DISTINCT k FROM t
SELECT count(*) AS n FROM t GROUP BY k HAVING count(*) > 2
SELECT ok, k, count(k) AS n FROM t GROUP BY ok, k
SELECT k FROM t GROUP BY k HAVING k IS NOT NULL
SELECT x, count(*) AS n FROM t GROUP BY x
SELECT DISTINCT x FROM t
SELECT count(*) AS n FROM t GROUP BY x HAVING count(*) > 2
SELECT ok, x, count(x) AS n FROM t GROUP BY ok, x
SELECT x FROM t GROUP BY x HAVING x IS NOT NULL
SELECT d, count(*) AS n FROM t GROUP BY d
SELECT DISTINCT d FROM t
SELECT count(*) AS n FROM t GROUP BY d HAVING count(*) > 2
SELECT ok, d, count(d) AS n FROM t GROUP BY ok, d
SELECT d FROM t GROUP BY d HAVING d IS NOT NULL
SELECT e, count(*) AS n FROM t GROUP BY e
SELECT DISTINCT e FROM t
SELECT count(*) AS n FROM t GROUP BY e HAVING count(*) > 2
SELECT ok, e, count(e) AS n FROM t GROUP BY ok, e
SELECT e FROM t GROUP BY e HAVING e IS NOT NULL
SELECT s, count(*) AS n FROM t GROUP BY s
SELECT DISTINCT s FROM t
SELECT count(*) AS n FROM t GROUP BY s HAVING count(*) > 2
SELECT ok, s, count(s) AS n FROM t GROUP BY ok, s
SELECT s FROM t GROUP BY s HAVING s IS NOT NULL
SELECT ok, count(*) AS n FROM t GROUP BY ok
SELECT DISTINCT ok FROM t
SELECT count(*) AS n FROM t GROUP BY ok HAVING count(*) > 2
SELECT ok, ok, count(ok) AS n FROM t GROUP BY ok, ok
SELECT ok FROM t GROUP BY ok HAVING ok IS NOT NULL
SELECT ts, count(*) AS n FROM t GROUP BY ts
SELECT DISTINCT ts FROM t
SELECT count(*) AS n FROM t GROUP BY ts HAVING count(*) > 2
SELECT ok, ts, count(ts) AS n FROM t GROUP BY ok, ts
SELECT ts FROM t GROUP BY ts HAVING ts IS NOT NULL
SELECT day, count(*) AS n FROM t GROUP BY day
SELECT DISTINCT day FROM t
SELECT count(*) AS n FROM t GROUP BY day HAVING count(*) > 2
SELECT ok, day, count(day) AS n FROM t GROUP BY ok, day
SELECT day FROM t GROUP BY day HAVING day IS NOT NULL
SELECT oid, count(*) AS n FROM t GROUP BY oid
SELECT DISTINCT oid FROM t
SELECT count(*) AS n FROM t GROUP BY oid HAVING count(*) > 2
SELECT ok, oid, count(oid) AS n FROM t GROUP BY ok, oid
SELECT oid FROM t GROUP BY oid HAVING oid IS NOT NULL
SELECT u, count(*) AS n FROM t GROUP BY u
SELECT DISTINCT u FROM t
SELECT count(*) AS n FROM t GROUP BY u HAVING count(*) > 2
SELECT ok, u, count(u) AS n FROM t GROUP BY ok, u
SELECT u FROM t GROUP BY u HAVING u IS NOT NULL
SELECT k, max(i) AS m FROM t GROUP BY k HAVING max(i) IS NULL
SELECT k, max(b) AS m FROM t GROUP BY k HAVING max(b) IS NULL
SELECT k, max(k) AS m FROM t GROUP BY k HAVING max(k) IS NULL
SELECT k, max(x) AS m FROM t GROUP BY k HAVING max(x) IS NULL
SELECT k, max(d) AS m FROM t GROUP BY k HAVING max(d) IS NULL
SELECT k, max(e) AS m FROM t GROUP BY k HAVING max(e) IS NULL
SELECT k, max(s) AS m FROM t GROUP BY k HAVING max(s) IS NULL
SELECT k, max(ok) AS m FROM t GROUP BY k HAVING max(ok) IS NULL
SELECT k, max(ts) AS m FROM t GROUP BY k HAVING max(ts) IS NULL
SELECT k, max(day) AS m FROM t GROUP BY k HAVING max(day) IS NULL
SELECT k, max(oid) AS m FROM t GROUP BY k HAVING max(oid) IS NULL
SELECT i > 0 AS g, count(*) AS n FROM t GROUP BY i > 0
SELECT coalesce(i, 0) AS g, count(*) AS n FROM t GROUP BY 1
SELECT CASE WHEN i > 0 THEN 'p' WHEN i < 0 THEN 'n' END AS g, sum(b) AS n FROM t GROUP BY ALL
SELECT i % 3 AS g, count(*) AS n, max(s) AS m FROM t GROUP BY g
SELECT i IS NULL AS a, s IS NULL AS z, count(*) AS n FROM t GROUP BY a, z
SELECT i % 2 + 1 AS g FROM t GROUP BY i % 2
SELECT k, ok, count(*) AS n FROM t GROUP BY ALL
SELECT count(*) + 1 AS n, min(i) * 2 AS s FROM t WHERE i BETWEEN -10 AND 10
SELECT ok, max(i) - min(i) AS s FROM t WHERE i BETWEEN -10 AND 10 GROUP BY ok
SELECT address.city AS c, count(*) AS n FROM t GROUP BY address.city
SELECT address.geo.lat AS c, count(*) AS n FROM t GROUP BY 1
SELECT DISTINCT ok, k FROM t
SELECT DISTINCT i > 0 AS g FROM t
SELECT DISTINCT i % 3 AS g, ok FROM t ORDER BY g, ok
SELECT DISTINCT address.city FROM t
SELECT ok FROM t GROUP BY ok HAVING min(i) < 0 AND count(DISTINCT s) > 3
SELECT ok, count(*) AS n FROM t GROUP BY ok HAVING count(*) BETWEEN 5 AND 100 OR ok IS NULL
SELECT count(*) AS n FROM t HAVING count(*) > 5
SELECT count(*) AS n FROM t HAVING count(*) > 5000
SELECT sum(i) AS n FROM t WHERE i = 12345 HAVING count(*) = 0
SELECT count(*) AS n FROM t LIMIT 1
SELECT count(*) AS n FROM t OFFSET 1
SELECT count(*) AS n FROM t LIMIT 0
SELECT ok, count(*) AS n FROM t GROUP BY ok ORDER BY n LIMIT 2 OFFSET 1
SELECT ok, count(*) AS n FROM t WHERE i > 0 GROUP BY ok ORDER BY ok DESC NULLS FIRST
SELECT ok, i FROM t GROUP BY ok, i ORDER BY i, ok LIMIT 5
