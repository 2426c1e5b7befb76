-- places
SELECT id, row_number() OVER (ORDER BY id) AS x FROM s.g
SELECT id, row_number() OVER (PARTITION BY k ORDER BY id DESC) AS x FROM s.g
SELECT id, rank() OVER (ORDER BY v) AS x FROM s.g
SELECT id, rank() OVER (PARTITION BY k ORDER BY v DESC NULLS LAST) AS x FROM s.g
SELECT id, dense_rank() OVER (ORDER BY name NULLS FIRST) AS x FROM s.g
SELECT id, percent_rank() OVER (ORDER BY v) AS x FROM s.g
SELECT id, cume_dist() OVER (PARTITION BY flag ORDER BY v) AS x FROM s.g
SELECT id, ntile(3) OVER (ORDER BY id) AS x FROM s.g
SELECT id, row_number() OVER (ORDER BY id) AS x FROM s.empty
SELECT id, rank() OVER (PARTITION BY k) AS x FROM s.g
SELECT id, rank() OVER (ORDER BY upper(name), v) AS x FROM s.g
-- neighbours
SELECT id, lag(v) OVER (ORDER BY id) AS x FROM s.g
SELECT id, lead(name) OVER (PARTITION BY k ORDER BY id) AS x FROM s.g
SELECT id, lag(v, 2) OVER (ORDER BY id) AS x FROM s.g
SELECT id, lead(v, 1, 0) OVER (ORDER BY id) AS x FROM s.g
SELECT id, lag(name, 1, 'none') OVER (ORDER BY id) AS x FROM s.g
SELECT id, lag(d) OVER (ORDER BY id) AS x FROM s.g
SELECT id, lag(p) OVER (ORDER BY id) AS x FROM s.g
SELECT id, first_value(v) OVER (PARTITION BY k ORDER BY id) AS x FROM s.g
SELECT id, last_value(v) OVER (PARTITION BY k ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS x FROM s.g
SELECT id, nth_value(name, 2) OVER (ORDER BY id) AS x FROM s.g
SELECT id, v - lag(v) OVER (ORDER BY id) AS x FROM s.g WHERE k < 3
-- aggregates and frames
SELECT id, count(*) OVER () AS x FROM s.g
SELECT id, count(v) OVER (PARTITION BY k) AS x FROM s.g
SELECT id, sum(v) OVER (ORDER BY id) AS x FROM s.g
SELECT id, sum(v) OVER (PARTITION BY k) AS x FROM s.g
SELECT id, sum(p) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS x FROM s.g
SELECT id, sum(v) OVER (ORDER BY k) AS x FROM s.g
SELECT id, sum(k) OVER (ORDER BY k GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) AS x FROM s.g
SELECT id, min(v) OVER (PARTITION BY k) AS x FROM s.g
SELECT id, max(name) OVER (ORDER BY id ROWS 2 PRECEDING) AS x FROM s.g
SELECT id, count(*) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS x FROM s.g
SELECT id, count(*) OVER (ORDER BY v GROUPS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW) AS x FROM s.g
SELECT id, sum(v) OVER (ORDER BY k RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE TIES) AS x FROM s.g
SELECT id, count(*) FILTER (WHERE flag) OVER (PARTITION BY k) AS x FROM s.g
SELECT id, bool_or(flag) OVER (PARTITION BY k) AS x FROM s.g
SELECT id, sum(v) OVER w AS x, count(*) OVER w AS y FROM s.g WINDOW w AS (PARTITION BY k ORDER BY id)
SELECT k, sum(v) AS x, rank() OVER (ORDER BY count(*) DESC) AS y FROM s.g GROUP BY k
SELECT k, rank() OVER (ORDER BY sum(v)) AS x FROM s.g GROUP BY k
SELECT id, row_number() OVER (ORDER BY v, id) AS x FROM s.g ORDER BY x LIMIT 3
SELECT id FROM s.g QUALIFY row_number() OVER (PARTITION BY k ORDER BY id) = 1
SELECT id, v FROM s.g QUALIFY rank() OVER (PARTITION BY k ORDER BY v DESC NULLS LAST) <= 1 ORDER BY id
-- left
SELECT id, row_number() OVER () AS x FROM s.g
-- refused order of the rows
SELECT id, lag(v) OVER () AS x FROM s.g
-- refused order of the rows
SELECT id, sum(f) OVER (PARTITION BY k) AS x FROM s.g
-- refused another order
SELECT id, count(DISTINCT v) OVER (PARTITION BY k) AS x FROM s.g
-- refused DISTINCT in an aggregate over a window
SELECT id, sum(v) OVER (ORDER BY k RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS x FROM s.g
-- refused RANGE of a distance
SELECT id, lag(v IGNORE NULLS) OVER (ORDER BY id) AS x FROM s.g
-- refused IGNORE NULLS
SELECT id, string_agg(name) OVER (ORDER BY id) AS x FROM s.g
-- refused string_agg is left
SELECT id, rank() OVER (ORDER BY p RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS x FROM s.g
-- refused RANGE of a distance
