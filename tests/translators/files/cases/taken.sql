-- Conditions, computed columns and whole queries over files: one query a line, each taken whole and answered as DuckDB does.
SELECT a.id FROM f.main.t AS a WHERE a.i > 4
SELECT a.id FROM f.main.t AS a WHERE a.i = 5 OR a.i IS NULL
SELECT a.id FROM f.main.t AS a WHERE a.i NOT IN (1, NULL)
SELECT a.id FROM f.main.t AS a WHERE a.i IS DISTINCT FROM 5
SELECT a.id FROM f.main.t AS a WHERE a.i BETWEEN -7 AND 5
SELECT a.id FROM f.main.t AS a WHERE a.f > 0.1
SELECT a.id FROM f.main.t AS a WHERE a.f < 5
SELECT a.id FROM f.main.t AS a WHERE isnan(a.f)
SELECT a.id FROM f.main.t AS a WHERE isinf(a.f)
SELECT a.id FROM f.main.t AS a WHERE a.f = 'nan'
SELECT a.id FROM f.main.t AS a WHERE a.g > 1
SELECT a.id FROM f.main.t AS a WHERE a.d < 100
SELECT a.id FROM f.main.t AS a WHERE a.d = 1.25
SELECT a.id FROM f.main.t AS a WHERE a.d BETWEEN -1.50 AND 0.01
SELECT a.id FROM f.main.t AS a WHERE a.s = ''
SELECT a.id FROM f.main.t AS a WHERE a.s < 'b'
SELECT a.id FROM f.main.t AS a WHERE a.s LIKE 'a%'
SELECT a.id FROM f.main.t AS a WHERE a.s ILIKE 'A%'
SELECT a.id FROM f.main.t AS a WHERE a.s LIKE '%\_%' ESCAPE '\'
SELECT a.id FROM f.main.t AS a WHERE a.s SIMILAR TO 'a.*'
SELECT a.id FROM f.main.t AS a WHERE regexp_matches(a.s, '^a')
SELECT a.id FROM f.main.t AS a WHERE a.s ~ 'b.*'
SELECT a.id FROM f.main.t AS a WHERE a.s IS NOT NULL
SELECT a.id FROM f.main.t AS a WHERE length(a.s) = 3
SELECT a.id FROM f.main.t AS a WHERE a.s IN ('abc', 'x')
SELECT a.id FROM f.main.t AS a WHERE starts_with(a.s, 'ä')
SELECT a.id FROM f.main.t AS a WHERE a.b
SELECT a.id FROM f.main.t AS a WHERE NOT a.b
SELECT a.id FROM f.main.t AS a WHERE a.b IS NOT TRUE
SELECT a.id FROM f.main.t AS a WHERE a.day >= DATE '1970-01-01'
SELECT a.id FROM f.main.t AS a WHERE a.day = '2024-02-29'
SELECT a.id FROM f.main.t AS a WHERE year(a.day) = 2024
SELECT a.id FROM f.main.t AS a WHERE a.day + INTERVAL 1 MONTH > DATE '2024-03-01'
SELECT a.id FROM f.main.t AS a WHERE a.t < TIMESTAMP '1970-01-01'
SELECT a.id FROM f.main.t AS a WHERE date_trunc('day', a.t) = a.day
SELECT a.id FROM f.main.t AS a WHERE extract('hour' FROM a.t) > 3
SELECT a.id FROM f.main.t AS a WHERE a.z > TIMESTAMPTZ '2000-01-01 00:00:00+00'
SELECT a.id FROM f.main.t AS a WHERE a.u IS NULL
SELECT a.id FROM f.main.t AS a WHERE a.u > '00000000-0000-0000-0000-000000000001'
SELECT a.id FROM f.main.t AS a WHERE octet_length(a.x) = 2
SELECT a.id FROM f.main.t AS a WHERE a.x = '\x00\xFF'::BLOB
SELECT a.id FROM f.main.t AS a WHERE a.l IS NULL
SELECT a.id FROM f.main.t AS a WHERE list_contains(a.l, 1)
SELECT a.id FROM f.main.t AS a WHERE len(a.l) > 1
SELECT a.id FROM f.main.t AS a WHERE a.l[1] = 1
SELECT a.id FROM f.main.t AS a WHERE a.st.p > 1
SELECT a.id FROM f.main.t AS a WHERE a.st IS NULL
SELECT a.id FROM f.main.t AS a WHERE a.i % 2 = 1
SELECT a.id FROM f.main.t AS a WHERE a.i // 2 = 2
SELECT a.id FROM f.main.t AS a WHERE a.i / 2 = 2.5
SELECT a.id FROM f.main.t AS a WHERE coalesce(a.i, 0) = 0
SELECT a.id FROM f.main.t AS a WHERE CASE WHEN a.i > 4 THEN a.s ELSE 'none' END = 'none'
SELECT a.id FROM f.main.t AS a WHERE a.i = (SELECT max(c.k) FROM f.main.c AS c)
SELECT a.id FROM f.main.t AS a WHERE EXISTS (SELECT 1 FROM f.main.c AS c WHERE c.k = a.id)
SELECT a.id FROM f.main.t AS a WHERE a.id IN (SELECT c.k FROM f.main.c AS c)
SELECT a.id FROM f.main.t AS a WHERE a.id NOT IN (SELECT c.k FROM f.main.c AS c WHERE c.k IS NOT NULL)
SELECT a.id FROM f.main.t AS a WHERE a.id > ANY (SELECT c.k FROM f.main.c AS c)
SELECT a.id FROM f.main.t AS a WHERE a.huge > 0
SELECT a.id FROM f.main.t AS a WHERE abs(a.i) = 7
SELECT a.id, a.i + 1 AS v FROM f.main.t AS a
SELECT a.id, a.i * a.d AS v FROM f.main.t AS a
SELECT a.id, a.d / 3 AS v FROM f.main.t AS a
SELECT a.id, a.i // 3 AS v FROM f.main.t AS a
SELECT a.id, a.i % 3 AS v FROM f.main.t AS a
SELECT a.id, -a.i AS v FROM f.main.t AS a
SELECT a.id, a.f * 2 AS v FROM f.main.t AS a
SELECT a.id, round(a.f, 1) AS v FROM f.main.t AS a
SELECT a.id, floor(a.f) AS v FROM f.main.t AS a
SELECT a.id, a.i::VARCHAR AS v FROM f.main.t AS a
SELECT a.id,  '!' AS v FROM f.main.t AS a
SELECT a.id, concat(a.s, a.i) AS v FROM f.main.t AS a
SELECT a.id, upper(a.s) AS v FROM f.main.t AS a
SELECT a.id, lower(a.s) AS v FROM f.main.t AS a
SELECT a.id, reverse(a.s) AS v FROM f.main.t AS a
SELECT a.id, substring(a.s, 2, 2) AS v FROM f.main.t AS a
SELECT a.id, replace(a.s, 'a', 'b') AS v FROM f.main.t AS a
SELECT a.id, trim(a.s) AS v FROM f.main.t AS a
SELECT a.id, split_part(a.s, 'b', 1) AS v FROM f.main.t AS a
SELECT a.id, strpos(a.s, 'c') AS v FROM f.main.t AS a
SELECT a.id, left(a.s, 2) AS v FROM f.main.t AS a
SELECT a.id, lpad(a.s, 5, '*') AS v FROM f.main.t AS a
SELECT a.id, regexp_replace(a.s, 'a', 'z') AS v FROM f.main.t AS a
SELECT a.id, md5(a.s) AS v FROM f.main.t AS a
SELECT a.id, hash(a.i) = hash(a.i) AS v FROM f.main.t AS a
SELECT a.id, greatest(a.i, a.id) AS v FROM f.main.t AS a
SELECT a.id, least(a.i, 0) AS v FROM f.main.t AS a
SELECT a.id, nullif(a.i, 5) AS v FROM f.main.t AS a
SELECT a.id, ifnull(a.s, 'null') AS v FROM f.main.t AS a
SELECT a.id, strftime(a.day, '%Y/%m/%d') AS v FROM f.main.t AS a
SELECT a.id, date_diff('day', a.day, DATE '2024-01-01') AS v FROM f.main.t AS a
SELECT a.id, a.day + 1 AS v FROM f.main.t AS a
SELECT a.id, a.t - INTERVAL 1 HOUR AS v FROM f.main.t AS a
SELECT a.id, epoch(a.t) AS v FROM f.main.t AS a
SELECT a.id, dayname(a.day) AS v FROM f.main.t AS a
SELECT a.id, a.x::VARCHAR AS v FROM f.main.t AS a
SELECT a.id, hex(a.x) AS v FROM f.main.t AS a
SELECT a.id, list_sort(a.l) AS v FROM f.main.t AS a
SELECT a.id, list_transform(a.l, lambda e: e + 1) AS v FROM f.main.t AS a
SELECT a.id, a.l  AS v FROM f.main.t AS a
SELECT a.id,  [9] AS v FROM f.main.t AS a
SELECT a.id, a.st.q AS v FROM f.main.t AS a
SELECT a.id, struct_pack(v := a.i) AS v FROM f.main.t AS a
SELECT a.id, [a.i, a.id] AS v FROM f.main.t AS a
SELECT a.id, a.u::VARCHAR AS v FROM f.main.t AS a
SELECT a.id, a.huge + 1 AS v FROM f.main.t AS a
SELECT a.id, TRY_CAST(a.s AS INTEGER) AS v FROM f.main.t AS a
SELECT a.id, a.b::INT AS v FROM f.main.t AS a
SELECT a.id, a.z AT TIME ZONE 'UTC' AS v FROM f.main.t AS a
SELECT a.id, to_json(a.st) AS v FROM f.main.t AS a
SELECT count(*) AS n FROM f.main.t AS a
SELECT count(a.i) AS n, count(DISTINCT a.i) AS m, sum(a.i) AS s, avg(a.i) AS v, min(a.s) AS lo, max(a.s) AS hi FROM f.main.t AS a
SELECT sum(a.d) AS s, avg(a.d) AS v, sum(a.huge) AS h FROM f.main.t AS a
SELECT stddev_samp(a.i) AS d, var_pop(a.id) AS v, median(a.id) AS m, mode(a.i) AS o FROM f.main.t AS a
SELECT bool_and(a.b) AS x, bool_or(a.b) AS y, bit_or(a.id) AS z FROM f.main.t AS a
SELECT string_agg(a.s, ',' ORDER BY a.id) AS x, array_agg(a.i ORDER BY a.id) AS y FROM f.main.t AS a
SELECT quantile_cont(a.id, 0.5) AS q, approx_count_distinct(a.id) > 0 AS p FROM f.main.t AS a
SELECT a.b, count(*) AS n FROM f.main.t AS a GROUP BY a.b ORDER BY a.b NULLS FIRST
SELECT a.b, a.k, sum(a.i) AS s FROM f.main.t AS a GROUP BY GROUPING SETS ((a.b), (a.k), ()) ORDER BY 1, 2, 3
SELECT a.k, a.b, count(*) AS n FROM f.main.t AS a GROUP BY ROLLUP (a.k, a.b) ORDER BY ALL
SELECT a.k, a.b, count(*) AS n FROM f.main.t AS a GROUP BY CUBE (a.k, a.b) ORDER BY ALL
SELECT a.k, count(*) FILTER (WHERE a.i > 0) AS n FROM f.main.t AS a GROUP BY a.k HAVING count(*) > 1 ORDER BY 1
SELECT count(*) AS n FROM f.main.empty AS e
SELECT sum(e.v) AS s, max(e.v) AS m FROM f.main.empty AS e
SELECT DISTINCT a.b, a.k FROM f.main.t AS a ORDER BY 1, 2
SELECT DISTINCT ON (a.k) a.k, a.id FROM f.main.t AS a ORDER BY a.k, a.id DESC
SELECT a.id FROM f.main.t AS a ORDER BY a.f, a.id
SELECT a.id FROM f.main.t AS a ORDER BY a.f DESC NULLS LAST, a.id
SELECT a.id FROM f.main.t AS a ORDER BY a.s COLLATE NOCASE, a.id
SELECT a.id FROM f.main.t AS a ORDER BY a.id LIMIT 2 OFFSET 1
SELECT a.id FROM f.main.t AS a ORDER BY a.id DESC LIMIT 40%
SELECT a.id, row_number() OVER (PARTITION BY a.k ORDER BY a.id) AS r FROM f.main.t AS a
SELECT a.id, rank() OVER (ORDER BY a.i) AS r, dense_rank() OVER (ORDER BY a.i) AS d FROM f.main.t AS a
SELECT a.id, sum(a.i) OVER (ORDER BY a.id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM f.main.t AS a
SELECT a.id, lag(a.s, 1, 'none') OVER (ORDER BY a.id) AS p, lead(a.s) OVER (ORDER BY a.id) AS n FROM f.main.t AS a
SELECT a.id, first_value(a.s) OVER (PARTITION BY a.k ORDER BY a.id) AS p FROM f.main.t AS a QUALIFY row_number() OVER (PARTITION BY a.k ORDER BY a.id) = 1
SELECT a.id, c.name FROM f.main.t AS a JOIN f.main.c AS c ON a.id = c.k
SELECT a.id, c.name FROM f.main.t AS a LEFT JOIN f.main.c AS c ON a.id = c.k AND c.name > 'a'
SELECT a.id, c.name FROM f.main.t AS a RIGHT JOIN f.main.c AS c ON a.id = c.k
SELECT a.id, c.name FROM f.main.t AS a FULL JOIN f.main.c AS c ON a.id = c.k
SELECT a.id, c.name FROM f.main.t AS a, f.main.c AS c
SELECT a.id FROM f.main.t AS a SEMI JOIN f.main.c AS c ON a.id = c.k
SELECT a.id FROM f.main.t AS a ANTI JOIN f.main.c AS c ON a.id = c.k
SELECT a.id, c.name FROM f.main.t AS a ASOF JOIN f.main.c AS c ON a.id >= c.k
SELECT a.id, l.m FROM f.main.t AS a, LATERAL (SELECT max(c.k) AS m FROM f.main.c AS c WHERE c.k <= a.id) AS l
SELECT a.id FROM f.main.t AS a UNION SELECT c.k FROM f.main.c AS c
SELECT a.id FROM f.main.t AS a UNION ALL SELECT c.k FROM f.main.c AS c
SELECT a.id FROM f.main.t AS a INTERSECT SELECT c.k FROM f.main.c AS c
SELECT a.id FROM f.main.t AS a EXCEPT SELECT c.k FROM f.main.c AS c
WITH x AS (SELECT a.k, sum(a.i) AS s FROM f.main.t AS a GROUP BY a.k) SELECT x.k, y.s FROM x AS x JOIN x AS y ON x.k = y.k
WITH "f.t" AS (SELECT 7 AS id) SELECT a.id, x.id AS other FROM f.main.t AS a, "f.t" AS x
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT r.n + 1 AS n FROM r AS r, f.main.c AS c WHERE r.n < 3 AND c.k = 1) SELECT r.n FROM r AS r
SELECT x.id FROM (SELECT a.id, a.i FROM f.main.t AS a WHERE a.i > 0) AS x WHERE x.i < 10
SELECT a.id, (SELECT count(*) FROM f.main.c AS c WHERE c.k = a.id) AS n FROM f.main.t AS a
SELECT unnest(a.l) AS e, a.id FROM f.main.t AS a
SELECT a.id, n.v FROM f.main.t AS a JOIN f.main.n AS n ON n.k = a.id
SELECT p.year, count(*) AS n, sum(p.v) AS s FROM f.main.parts AS p WHERE p.year > 2020 GROUP BY p.year ORDER BY 1
SELECT a.id, a.s || '!' AS v FROM f.main.t AS a
SELECT a.id, a.l || [9] AS v FROM f.main.t AS a
SELECT a.id FROM f.main.t AS a WHERE a.i > 0 AND a.i < 100
SELECT a.id, CAST(a.d AS BIGINT) AS v FROM f.main.t AS a
SELECT a.id, a.f / 0 AS v FROM f.main.t AS a
