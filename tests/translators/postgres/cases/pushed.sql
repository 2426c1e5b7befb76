-- comparisons, three-valued logic
SELECT id FROM pg.v WHERE i > 1 AND NOT (s = 2 OR b < 0)
SELECT id FROM pg.v WHERE NOT (i > 1)
SELECT id FROM pg.v WHERE i IN (1, 2, NULL)
SELECT id FROM pg.v WHERE i NOT IN (1, 2)
SELECT id FROM pg.v WHERE i NOT IN (1, NULL)
SELECT id FROM pg.v WHERE i IN (1, 2.0, 2.5)
SELECT id FROM pg.v WHERE i BETWEEN 0 AND 2.5
SELECT id FROM pg.v WHERE i NOT BETWEEN s AND b
SELECT id FROM pg.v WHERE i IS NULL OR t IS NOT NULL AND NOT t = ''
SELECT id FROM pg.v WHERE i IS DISTINCT FROM s
SELECT id FROM pg.v WHERE i IS NOT DISTINCT FROM NULL
SELECT id FROM pg.v WHERE flag
SELECT id FROM pg.v WHERE flag IS NOT TRUE
SELECT id FROM pg.v WHERE flag = (i > 1)
SELECT id, i = 1 AS e, i > s AS g, flag AND NULL AS n, flag OR NULL AS o FROM pg.v
SELECT id FROM pg.v WHERE n12 = i
SELECT id FROM pg.v WHERE n12 >= 1.005
SELECT id FROM pg.v WHERE n38 > n12
SELECT id FROM pg.v WHERE n12 < d
SELECT id FROM pg.v WHERE n15 = 0.1e0
SELECT id FROM pg.v WHERE d = d AND d > 1e300
SELECT id FROM pg.v WHERE d < 0.5
SELECT id FROM pg.v WHERE f = 0.1
SELECT id FROM pg.v WHERE f > d
SELECT id FROM pg.v WHERE d >= 9007199254740993
SELECT id FROM pg.v WHERE b = 9223372036854775807
SELECT id FROM pg.v WHERE b > -9223372036854775808
SELECT id FROM pg.v WHERE s < 100000
-- texts
SELECT id FROM pg.v WHERE t = 'a'
SELECT id FROM pg.v WHERE t <> ''
SELECT id FROM pg.v WHERE t > 'Z'
SELECT id FROM pg.v WHERE t < ci
SELECT id FROM pg.v WHERE t <= 'é'
SELECT id FROM pg.v WHERE t BETWEEN 'A' AND 'b'
SELECT id FROM pg.v WHERE t IN ('a', 'B', 'it''s', 'back\slash')
SELECT id FROM pg.v WHERE vc = t
SELECT id FROM pg.v WHERE t = ci
SELECT id FROM pg.v WHERE t IN (ci, vc)
SELECT id FROM pg.v WHERE fixed = 'ab'
SELECT id FROM pg.v WHERE fixed = 'ab '
SELECT id FROM pg.v WHERE fixed > 'aa' ORDER BY fixed, id
SELECT id FROM pg.v WHERE mood = 'sad'
SELECT id FROM pg.v WHERE mood > 'happy' ORDER BY mood DESC, id
SELECT id FROM pg.v WHERE ci = 'ABC'
SELECT id FROM pg.v WHERE ci LIKE 'A%'
SELECT id FROM pg.v WHERE t LIKE 'a%'
SELECT id FROM pg.v WHERE t LIKE '%\%'
SELECT id FROM pg.v WHERE t LIKE 'back\slash'
SELECT id FROM pg.v WHERE t LIKE '_'
SELECT id FROM pg.v WHERE t LIKE '%100!%%' ESCAPE '!'
SELECT id FROM pg.v WHERE t NOT LIKE '%a%'
SELECT id FROM pg.v WHERE t LIKE vc
SELECT id FROM pg.v WHERE starts_with(t, 'a') OR contains(t, 'ñ') OR contains(ci, 'B')
SELECT id, length(t) AS l, substring(t, 2, 3) AS a, substring(t, 2) AS b, left(t, 2) AS c, right(t, 2) AS d, t || '!' AS e FROM pg.v
SELECT id, strpos(t, 'b') AS p, position('' IN t) AS q, replace(t, 'a', 'bb') AS r, concat(t, '-', vc) AS c, t || vc AS j FROM pg.v
SELECT min(t) AS a, max(t) AS b, min(ci) AS c, max(fixed) AS d, max(mood) AS e, count(DISTINCT t) AS f FROM pg.v
SELECT t FROM pg.v ORDER BY t
SELECT t FROM pg.v ORDER BY t DESC
SELECT t FROM pg.v ORDER BY t NULLS FIRST
SELECT DISTINCT t FROM pg.v ORDER BY t DESC
SELECT t, count(*) AS n FROM pg.v GROUP BY t ORDER BY n DESC, t
SELECT fixed, count(*) AS n FROM pg.v GROUP BY fixed ORDER BY fixed
SELECT coalesce(t, ci, 'none') AS x FROM pg.v ORDER BY x
-- arithmetic
SELECT id, i + 1 AS a, i - s AS b, i * -1 AS c, -i AS d, abs(i) AS e, s + 1 AS f, s - s AS g, b - 1 AS h FROM pg.v WHERE b < 100
SELECT id, i // 2 AS a, i // -2 AS b, i % 3 AS c, s % 2 AS d, b // 10 AS e FROM pg.v
SELECT id, n12 + 1 AS a, n12 - n15 AS b, n12 * n4 AS c, n12 * i AS d, -n12 AS e, abs(n12) AS f, n12 * 0.5 AS g FROM pg.v WHERE id < 90
SELECT id, n12 + n38 AS a, n4 * n4 * n4 AS b, 100.00 * n4 AS c, (1 - n4) * (1 + n4) AS d FROM pg.v
SELECT id, i / 2 AS a, n12 / 3 AS b, i / 7.0 AS c, i / s AS d, n12 / n4 AS e, b / 3 AS f FROM pg.v
SELECT id, i * 0.5e0 AS a, n4 * 1.5e0 + 2 AS b, i / 3 * 100 AS c FROM pg.v
SELECT id, CASE WHEN i > 1 THEN n12 ELSE 0 END AS a, CASE i WHEN 1 THEN 'one' WHEN 2 THEN 'two' END AS b FROM pg.v
SELECT id, coalesce(i, 0) AS a, coalesce(s, 1, 2) AS b, nullif(i, 1) AS c, coalesce(n12, i) AS d, coalesce(n12, d) AS e FROM pg.v
SELECT id, CASE WHEN flag THEN s ELSE 1 END AS a, CASE WHEN flag THEN 1 ELSE 2.5 END AS b, if(flag, i, b) AS c FROM pg.v
SELECT id, i::BIGINT AS a, i::DECIMAL(12, 2) AS b, i::DOUBLE AS c, n12::DOUBLE AS e, n38::DOUBLE AS f, f::DOUBLE AS g, i::VARCHAR AS h FROM pg.v
-- dates and times
SELECT id FROM pg.v WHERE day >= '2020-01-01'
SELECT id FROM pg.v WHERE day < DATE '1970-01-01'
SELECT id FROM pg.v WHERE day = moment
SELECT id FROM pg.v WHERE moment >= '2020-01-01 12:30:00'
SELECT id FROM pg.v WHERE moment > day
SELECT id FROM pg.v WHERE zoned >= '2020-01-01'
SELECT id FROM pg.v WHERE zoned >= '2020-01-01 10:00:00+02'
SELECT id FROM pg.v WHERE zoned < TIMESTAMP '2020-06-01 00:00:00'
SELECT id FROM pg.v WHERE clock > '10:00:00'
SELECT id FROM pg.v WHERE day BETWEEN DATE '1998-12-01' - INTERVAL '90' DAY AND DATE '2021-01-31' + INTERVAL 1 MONTH
SELECT id, day + INTERVAL 1 MONTH AS a, day - INTERVAL '1' YEAR AS b, day + 5 AS c, day - 3 AS d, moment + INTERVAL 90 MINUTE AS e FROM pg.v
SELECT id, day - DATE '2000-01-01' AS a, year(day) AS b, month(day) AS c, quarter(moment) AS e FROM pg.v
SELECT id, extract(year FROM day) AS a, extract(doy FROM day) AS b, extract(dow FROM day) AS c, extract(isodow FROM moment) AS d FROM pg.v
SELECT id, extract(hour FROM moment) AS a, extract(minute FROM clock) AS b, extract(year FROM moment) AS c, extract(day FROM moment) AS d FROM pg.v
SELECT id, date_trunc('month', day) AS a, date_trunc('week', moment) AS b, date_trunc('hour', moment) AS c, moment::DATE AS d FROM pg.v
SELECT id, date_trunc('quarter', day) AS a, date_trunc('year', moment) AS b, date_trunc('day', moment) AS c, day::TIMESTAMP AS d FROM pg.v
SELECT extract(year FROM day) AS y, count(*) AS n FROM pg.v GROUP BY 1 ORDER BY 1
-- uuids and bytes
SELECT id FROM pg.v WHERE u = '00000000-0000-0000-0000-00000000000a'
SELECT id, u FROM pg.v ORDER BY u, id
SELECT a.id FROM pg.v a JOIN pg.v b ON a.u = b.u AND a.raw = b.raw
-- aggregates
SELECT count(*) AS a, count(i) AS b, count(DISTINCT i) AS c, sum(i) AS d, sum(s) AS e, sum(n12) AS f, min(i) AS g, max(n12) AS h FROM pg.v WHERE id < 90
SELECT sum(i) AS a, sum(n12) AS b, avg(i) AS c, min(t) AS d, count(i) AS e, bool_and(flag) AS f FROM pg.v WHERE id < 0
SELECT i, sum(n12) AS a, avg(n12) AS b FROM pg.v GROUP BY i ORDER BY i
SELECT i, avg(n12) AS b FROM pg.v GROUP BY i ORDER BY i
SELECT avg(i) AS a, avg(n12) AS b, avg(n4) AS c, avg(b) AS d FROM pg.v
SELECT min(d) AS a, max(d) AS b, min(f) AS c, max(f) AS e, count(DISTINCT d) AS g FROM pg.v
SELECT min(day) AS a, max(moment) AS b, max(zoned) AS c, min(clock) AS e FROM pg.v
SELECT flag, count(*) AS n FROM pg.v GROUP BY flag HAVING count(*) > 1 AND sum(i) IS NOT NULL ORDER BY flag
SELECT sum(i) FILTER (WHERE flag) AS a, count(*) FILTER (WHERE i > 1) AS b, sum(n12 * 2) FILTER (WHERE id < 5) AS c FROM pg.v
SELECT sum(DISTINCT i) AS a, sum(i) + 1 AS b, sum(i) * 2 AS c, sum(i) / 2 AS d, sum(n12) / sum(n4) AS e, 0.5 * sum(n4) AS f FROM pg.v
SELECT bool_and(flag) AS a, bool_or(flag) AS b, max(i + 1) AS c, max(CASE WHEN flag THEN i END) AS e FROM pg.v
SELECT i % 2 AS k, count(*) AS n FROM pg.v GROUP BY i % 2 ORDER BY k
SELECT sum(n12) AS a FROM pg.v HAVING sum(n12) > 1.5
SELECT i, s, count(*) AS n FROM pg.v GROUP BY i, s ORDER BY i DESC NULLS FIRST, s
-- joins
SELECT a.id, b.id AS other FROM pg.v a JOIN pg.w b ON a.i = b.k
SELECT a.id, b.k, b.label FROM pg.v a LEFT JOIN pg.w b ON a.i = b.k AND b.label <> 'x'
SELECT a.id, b.label FROM pg.w b RIGHT JOIN pg.v a ON a.i = b.k WHERE b.label IS NULL
SELECT a.id, b.id AS other FROM pg.v a FULL JOIN pg.w b ON a.i = b.k
SELECT count(*) AS n FROM pg.v, pg.w
SELECT a.id FROM pg.v a, pg.w b WHERE a.i = b.k AND a.n12 > b.k
SELECT id FROM pg.v WHERE EXISTS (SELECT 1 FROM pg.w WHERE w.k = v.i)
SELECT id FROM pg.v WHERE NOT EXISTS (SELECT 1 FROM pg.w WHERE w.k = v.i AND w.label > 'b')
SELECT id FROM pg.v WHERE i IN (SELECT k FROM pg.w)
SELECT id FROM pg.v WHERE i NOT IN (SELECT k FROM pg.w)
SELECT id FROM pg.v WHERE i NOT IN (SELECT k FROM pg.w WHERE k IS NOT NULL)
SELECT id FROM pg.v WHERE t IN (SELECT label FROM pg.w)
SELECT id, (SELECT max(label) FROM pg.w WHERE w.k = v.i) AS m FROM pg.v
SELECT id FROM pg.v WHERE n12 > (SELECT avg(k) FROM pg.w)
SELECT id FROM pg.v WHERE n12 > (SELECT 0.5 * avg(x.n12) FROM pg.v x WHERE x.i = v.i)
SELECT q.k, sum(q.n) AS n FROM (SELECT i AS k, count(*) AS n FROM pg.v GROUP BY i, s) q GROUP BY q.k ORDER BY q.k
WITH c AS (SELECT i AS k, sum(n12) AS total FROM pg.v GROUP BY i) SELECT w.label, c.total FROM c JOIN pg.w w ON c.k = w.k WHERE c.total > (SELECT 0.1 * max(total) FROM c) ORDER BY w.label, c.total
-- set operations, DISTINCT, LIMIT
SELECT i FROM pg.v UNION SELECT k FROM pg.w
SELECT i FROM pg.v UNION ALL SELECT k FROM pg.w ORDER BY 1
SELECT t FROM pg.v EXCEPT SELECT label FROM pg.w
SELECT s FROM pg.v INTERSECT SELECT k FROM pg.w
SELECT i AS x FROM pg.v UNION ALL SELECT n12 FROM pg.v
SELECT DISTINCT i, flag FROM pg.v ORDER BY i, flag
SELECT DISTINCT i FROM pg.v ORDER BY i DESC LIMIT 2 OFFSET 1
SELECT id FROM pg.v ORDER BY id LIMIT 3
SELECT id FROM pg.v ORDER BY id LIMIT 0
SELECT id FROM pg.v ORDER BY d, id
SELECT id FROM pg.v ORDER BY d DESC, id
SELECT id FROM pg.v ORDER BY n12 DESC NULLS FIRST, id DESC LIMIT 4 OFFSET 2
SELECT 1 AS one, 'x' AS x, NULL AS nothing, TRUE AS yes, 1.50 AS price, id FROM pg.v
SELECT id, list, tags, prices FROM pg.v WHERE list IS NOT NULL
SELECT * FROM pg.v
SELECT id FROM pg.v WHERE i > -2147483648 AND s > -5
SELECT i, avg(DISTINCT n12) AS a, avg(n12) FILTER (WHERE flag) AS b FROM pg.v GROUP BY i ORDER BY i
SELECT id, moment - INTERVAL '2' MONTH AS a, zoned AS z, clock AS c, gap AS g, raw AS r FROM pg.v
SELECT a.id, b.n FROM pg.v a LEFT JOIN (SELECT k, count(*) AS n FROM pg.w GROUP BY k) b ON b.k = a.s ORDER BY a.id
SELECT CASE WHEN t > 'b' THEN 'high' WHEN t IS NULL THEN NULL ELSE 'low' END AS c, count(*) AS n FROM pg.v GROUP BY 1 ORDER BY 1
SELECT id FROM pg.v WHERE n12 > CAST('1.5' AS DECIMAL(12,2))
SELECT id FROM pg.v WHERE n12 = CAST('-0.05' AS DECIMAL(12,2)) OR n4 < CAST('3' AS DECIMAL(4,2))
SELECT id FROM pg.v WHERE d > CAST('1.5' AS DOUBLE)
SELECT id FROM pg.v ORDER BY id LIMIT CAST(3 AS BIGINT) OFFSET CAST(1 AS INTEGER)
