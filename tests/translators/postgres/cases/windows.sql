-- places
SELECT id, row_number() OVER (ORDER BY id) AS x FROM pg.g
SELECT id, row_number() OVER (PARTITION BY k ORDER BY id DESC) AS x FROM pg.g
SELECT id, row_number() OVER (PARTITION BY flag, k ORDER BY t, id) AS x FROM pg.g
SELECT id, row_number() OVER (ORDER BY id) AS x FROM pg.nothing
SELECT id, rank() OVER (ORDER BY id) AS x FROM pg.g
SELECT id, rank() OVER (PARTITION BY k ORDER BY id DESC) AS x FROM pg.g
SELECT id, rank() OVER (PARTITION BY flag, k ORDER BY t, id) AS x FROM pg.g
SELECT id, rank() OVER (ORDER BY k) AS x FROM pg.g
SELECT id, rank() OVER (ORDER BY k DESC NULLS FIRST) AS x FROM pg.g
SELECT id, rank() OVER (PARTITION BY flag ORDER BY t) AS x FROM pg.g
SELECT id, rank() OVER (PARTITION BY t ORDER BY d DESC, n) AS x FROM pg.g
SELECT id, rank() OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, rank() OVER (ORDER BY id) AS x FROM pg.nothing
SELECT id, dense_rank() OVER (ORDER BY id) AS x FROM pg.g
SELECT id, dense_rank() OVER (PARTITION BY k ORDER BY id DESC) AS x FROM pg.g
SELECT id, dense_rank() OVER (PARTITION BY flag, k ORDER BY t, id) AS x FROM pg.g
SELECT id, dense_rank() OVER (ORDER BY k) AS x FROM pg.g
SELECT id, dense_rank() OVER (ORDER BY k DESC NULLS FIRST) AS x FROM pg.g
SELECT id, dense_rank() OVER (PARTITION BY flag ORDER BY t) AS x FROM pg.g
SELECT id, dense_rank() OVER (PARTITION BY t ORDER BY d DESC, n) AS x FROM pg.g
SELECT id, dense_rank() OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, dense_rank() OVER (ORDER BY id) AS x FROM pg.nothing
SELECT id, percent_rank() OVER (ORDER BY id) AS x FROM pg.g
SELECT id, percent_rank() OVER (PARTITION BY k ORDER BY id DESC) AS x FROM pg.g
SELECT id, percent_rank() OVER (PARTITION BY flag, k ORDER BY t, id) AS x FROM pg.g
SELECT id, percent_rank() OVER (ORDER BY k) AS x FROM pg.g
SELECT id, percent_rank() OVER (ORDER BY k DESC NULLS FIRST) AS x FROM pg.g
SELECT id, percent_rank() OVER (PARTITION BY flag ORDER BY t) AS x FROM pg.g
SELECT id, percent_rank() OVER (PARTITION BY t ORDER BY d DESC, n) AS x FROM pg.g
SELECT id, percent_rank() OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, percent_rank() OVER (ORDER BY id) AS x FROM pg.nothing
SELECT id, cume_dist() OVER (ORDER BY id) AS x FROM pg.g
SELECT id, cume_dist() OVER (PARTITION BY k ORDER BY id DESC) AS x FROM pg.g
SELECT id, cume_dist() OVER (PARTITION BY flag, k ORDER BY t, id) AS x FROM pg.g
SELECT id, cume_dist() OVER (ORDER BY k) AS x FROM pg.g
SELECT id, cume_dist() OVER (ORDER BY k DESC NULLS FIRST) AS x FROM pg.g
SELECT id, cume_dist() OVER (PARTITION BY flag ORDER BY t) AS x FROM pg.g
SELECT id, cume_dist() OVER (PARTITION BY t ORDER BY d DESC, n) AS x FROM pg.g
SELECT id, cume_dist() OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, cume_dist() OVER (ORDER BY id) AS x FROM pg.nothing
SELECT id, ntile(3) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, ntile(3) OVER (PARTITION BY k ORDER BY id DESC) AS x FROM pg.g
SELECT id, ntile(3) OVER (PARTITION BY flag, k ORDER BY t, id) AS x FROM pg.g
SELECT id, ntile(3) OVER (ORDER BY id) AS x FROM pg.nothing
SELECT id, ntile(1) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, ntile(1) OVER (PARTITION BY k ORDER BY id DESC) AS x FROM pg.g
SELECT id, ntile(1) OVER (PARTITION BY flag, k ORDER BY t, id) AS x FROM pg.g
SELECT id, ntile(1) OVER (ORDER BY id) AS x FROM pg.nothing
SELECT id, ntile(100) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, ntile(100) OVER (PARTITION BY k ORDER BY id DESC) AS x FROM pg.g
SELECT id, ntile(100) OVER (PARTITION BY flag, k ORDER BY t, id) AS x FROM pg.g
SELECT id, ntile(100) OVER (ORDER BY id) AS x FROM pg.nothing
-- neighbours
SELECT id, lag(k) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(n) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(t) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(name) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(d) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(day) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(moment) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(flag) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(u) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(big) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(k, 2) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, lag(k, 0) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(k, -1) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(k, 3, 0) OVER (ORDER BY id DESC) AS x FROM pg.g
SELECT id, lag(n, 1, 7) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(s, 1, -3) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(k, 1, k) OVER (PARTITION BY t ORDER BY id) AS x FROM pg.g
SELECT id, lag(t, 1, 'none') OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(k, 100) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(k, 1, NULL) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lag(k + 1) OVER (ORDER BY t, id) AS x FROM pg.g
SELECT id, lag(day, 1, DATE '2000-01-01') OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(k) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(n) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(t) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(name) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(d) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(day) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(moment) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(flag) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(u) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(big) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(k, 2) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, lead(k, 0) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(k, -1) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(k, 3, 0) OVER (ORDER BY id DESC) AS x FROM pg.g
SELECT id, lead(n, 1, 7) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(s, 1, -3) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(k, 1, k) OVER (PARTITION BY t ORDER BY id) AS x FROM pg.g
SELECT id, lead(t, 1, 'none') OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(k, 100) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(k, 1, NULL) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, lead(k + 1) OVER (ORDER BY t, id) AS x FROM pg.g
SELECT id, lead(day, 1, DATE '2000-01-01') OVER (ORDER BY id) AS x FROM pg.g
-- ends of a frame
SELECT id, first_value(k) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, first_value(k) OVER (PARTITION BY flag ORDER BY id DESC) AS x FROM pg.g
SELECT id, first_value(k) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS x FROM pg.g
SELECT id, first_value(k) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS x FROM pg.g
SELECT id, first_value(k) OVER (PARTITION BY k ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING) AS x FROM pg.g
SELECT id, first_value(k) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS x FROM pg.g
SELECT id, last_value(k) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, last_value(k) OVER (PARTITION BY flag ORDER BY id DESC) AS x FROM pg.g
SELECT id, last_value(k) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS x FROM pg.g
SELECT id, last_value(k) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS x FROM pg.g
SELECT id, last_value(k) OVER (PARTITION BY k ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING) AS x FROM pg.g
SELECT id, last_value(k) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS x FROM pg.g
SELECT id, nth_value(k, 2) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, nth_value(k, 2) OVER (PARTITION BY flag ORDER BY id DESC) AS x FROM pg.g
SELECT id, nth_value(k, 2) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS x FROM pg.g
SELECT id, nth_value(k, 2) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS x FROM pg.g
SELECT id, nth_value(k, 2) OVER (PARTITION BY k ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING) AS x FROM pg.g
SELECT id, nth_value(k, 2) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS x FROM pg.g
SELECT id, first_value(t) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, first_value(t) OVER (PARTITION BY flag ORDER BY id DESC) AS x FROM pg.g
SELECT id, first_value(t) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS x FROM pg.g
SELECT id, first_value(t) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS x FROM pg.g
SELECT id, first_value(t) OVER (PARTITION BY k ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING) AS x FROM pg.g
SELECT id, first_value(t) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS x FROM pg.g
SELECT id, last_value(n) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, last_value(n) OVER (PARTITION BY flag ORDER BY id DESC) AS x FROM pg.g
SELECT id, last_value(n) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS x FROM pg.g
SELECT id, last_value(n) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS x FROM pg.g
SELECT id, last_value(n) OVER (PARTITION BY k ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING) AS x FROM pg.g
SELECT id, last_value(n) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS x FROM pg.g
SELECT id, nth_value(day, 1) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, nth_value(day, 1) OVER (PARTITION BY flag ORDER BY id DESC) AS x FROM pg.g
SELECT id, nth_value(day, 1) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS x FROM pg.g
SELECT id, nth_value(day, 1) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS x FROM pg.g
SELECT id, nth_value(day, 1) OVER (PARTITION BY k ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING) AS x FROM pg.g
SELECT id, nth_value(day, 1) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS x FROM pg.g
-- aggregates over windows
SELECT id, count(*) OVER () AS x FROM pg.g
SELECT id, count(*) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, count(*) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, count(*) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, count(*) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, count(k) OVER () AS x FROM pg.g
SELECT id, count(k) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, count(k) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, count(k) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, count(k) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, sum(k) OVER () AS x FROM pg.g
SELECT id, sum(k) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, sum(k) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, sum(k) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, sum(k) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, sum(n) OVER () AS x FROM pg.g
SELECT id, sum(n) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, sum(n) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, sum(n) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, sum(n) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, min(k) OVER () AS x FROM pg.g
SELECT id, min(k) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, min(k) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, min(k) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, min(k) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, max(t) OVER () AS x FROM pg.g
SELECT id, max(t) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, max(t) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, max(t) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, max(t) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, avg(k) OVER () AS x FROM pg.g
SELECT id, avg(k) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, avg(k) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, avg(k) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, avg(k) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, avg(n) OVER () AS x FROM pg.g
SELECT id, avg(n) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, avg(n) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, avg(n) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, avg(n) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, avg(big) OVER () AS x FROM pg.g
SELECT id, avg(big) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, avg(big) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, avg(big) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, avg(big) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, bool_and(flag) OVER () AS x FROM pg.g
SELECT id, bool_and(flag) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, bool_and(flag) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, bool_and(flag) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, bool_and(flag) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, bool_or(flag) OVER () AS x FROM pg.g
SELECT id, bool_or(flag) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, bool_or(flag) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, bool_or(flag) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, bool_or(flag) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, min(d) OVER () AS x FROM pg.g
SELECT id, min(d) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, min(d) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, min(d) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, min(d) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, max(day) OVER () AS x FROM pg.g
SELECT id, max(day) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, max(day) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, max(day) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, max(day) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, bit_xor(k) OVER () AS x FROM pg.g
SELECT id, bit_xor(k) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, bit_xor(k) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, bit_xor(k) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, bit_xor(k) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, sum(k) FILTER (WHERE flag) OVER () AS x FROM pg.g
SELECT id, sum(k) FILTER (WHERE flag) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, sum(k) FILTER (WHERE flag) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, sum(k) FILTER (WHERE flag) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, sum(k) FILTER (WHERE flag) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, count(*) FILTER (WHERE n > 0) OVER () AS x FROM pg.g
SELECT id, count(*) FILTER (WHERE n > 0) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, count(*) FILTER (WHERE n > 0) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, count(*) FILTER (WHERE n > 0) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, count(*) FILTER (WHERE n > 0) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, count_if(flag) OVER () AS x FROM pg.g
SELECT id, count_if(flag) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, count_if(flag) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, count_if(flag) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, count_if(flag) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, min(name) OVER () AS x FROM pg.g
SELECT id, min(name) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, min(name) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, min(name) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, min(name) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, sum(big) OVER () AS x FROM pg.g
SELECT id, sum(big) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, sum(big) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, sum(big) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, sum(big) OVER (ORDER BY t) AS x FROM pg.g
SELECT id, avg(price) OVER () AS x FROM pg.g
SELECT id, avg(price) OVER (PARTITION BY k) AS x FROM pg.g
SELECT id, avg(price) OVER (ORDER BY id) AS x FROM pg.g
SELECT id, avg(price) OVER (PARTITION BY flag ORDER BY id) AS x FROM pg.g
SELECT id, avg(price) OVER (ORDER BY t) AS x FROM pg.g
-- forms
SELECT id, sum(k) OVER w AS a, rank() OVER w AS b, lag(k) OVER w AS c FROM pg.g WINDOW w AS (PARTITION BY flag ORDER BY id)
SELECT id, sum(k) OVER (w ORDER BY id) AS a, count(*) OVER w AS b FROM pg.g WINDOW w AS (PARTITION BY flag)
SELECT id, sum(k) OVER (w ROWS 1 PRECEDING) AS a FROM pg.g WINDOW w AS (PARTITION BY flag ORDER BY id)
SELECT id, max(n) OVER b AS x FROM pg.g WINDOW a AS (PARTITION BY k), b AS (a ORDER BY id)
SELECT id FROM pg.g QUALIFY row_number() OVER (PARTITION BY k ORDER BY id) = 1
SELECT id, k FROM pg.g QUALIFY rank() OVER (PARTITION BY flag ORDER BY k) <= 2 AND id > 5 ORDER BY id
SELECT id, row_number() OVER (ORDER BY t, id) AS r FROM pg.g QUALIFY r BETWEEN 3 AND 9 ORDER BY r DESC LIMIT 4 OFFSET 1
SELECT k, count(*) AS n FROM pg.g GROUP BY k QUALIFY row_number() OVER (ORDER BY count(*) DESC, k) <= 2
SELECT DISTINCT flag FROM pg.g QUALIFY row_number() OVER (PARTITION BY k ORDER BY id) = 1 ORDER BY flag
SELECT id, name FROM pg.g QUALIFY count(*) OVER (PARTITION BY name) > 9 ORDER BY n DESC, id
SELECT id FROM pg.g WHERE flag QUALIFY sum(k) OVER (ORDER BY id) > 10 ORDER BY k, id
SELECT id FROM pg.g QUALIFY t = max(t) OVER (PARTITION BY k)
SELECT id, list FROM pg.g QUALIFY row_number() OVER (PARTITION BY k ORDER BY id) = 2
SELECT k, sum(count(*)) OVER (ORDER BY k) AS x, sum(sum(n)) OVER () AS y, rank() OVER (ORDER BY count(*) DESC) AS z FROM pg.g GROUP BY k
SELECT k, avg(n) AS a, lag(avg(n)) OVER (ORDER BY k) AS b FROM pg.g GROUP BY k
SELECT k, max(sum(k)) OVER (PARTITION BY k) AS x FROM pg.g GROUP BY k
SELECT DISTINCT k, count(*) OVER (PARTITION BY k) AS n FROM pg.g ORDER BY n, k
SELECT id, k FROM pg.g ORDER BY rank() OVER (ORDER BY k DESC), id
SELECT id, n - lag(n) OVER (ORDER BY id) AS step, 2 * rank() OVER (ORDER BY k) + 1 AS r FROM pg.g
SELECT q.id FROM (SELECT id, row_number() OVER (PARTITION BY flag ORDER BY n, id) AS r FROM pg.g) q WHERE q.r = 1
SELECT q.x, count(*) AS c FROM (SELECT ntile(4) OVER (ORDER BY id) AS x FROM pg.g) q GROUP BY q.x ORDER BY q.x
SELECT a.id, row_number() OVER (ORDER BY a.id, b.id) AS r FROM pg.g a JOIN pg.w b ON a.k = b.k
SELECT id, CASE WHEN lag(k) OVER (ORDER BY id) = k THEN 'same' ELSE 'other' END AS x FROM pg.g
SELECT id, coalesce(lag(t) OVER (ORDER BY id), 'first') AS x FROM pg.g
SELECT id, sum(k) OVER (PARTITION BY k % 2 ORDER BY id) AS x FROM pg.g
SELECT id, rank() OVER (PARTITION BY day ORDER BY name) AS x FROM pg.g
WITH c AS (SELECT id, dense_rank() OVER (ORDER BY name) AS r FROM pg.g) SELECT c.r, min(c.id) AS m FROM c GROUP BY c.r ORDER BY c.r
SELECT id FROM pg.g WHERE id IN (SELECT max(w.id) OVER (PARTITION BY w.k) FROM pg.w)
SELECT id, sum(k) OVER (ORDER BY id) AS x FROM pg.g WHERE k > 1 UNION ALL SELECT id, count(*) OVER () FROM pg.w
SELECT id, first(k) OVER (ORDER BY id) AS a, last(k) OVER (ORDER BY id) AS b FROM pg.g
SELECT id, percent_rank() OVER (ORDER BY k) * 2 AS x, cume_dist() OVER (ORDER BY t) / 3 AS y FROM pg.g
-- what stays above
SELECT id, row_number() OVER () AS x FROM pg.g
-- refused order of the rows
SELECT id, lag(k) OVER (PARTITION BY flag) AS x FROM pg.g
-- refused order of the rows
SELECT id, sum(k) OVER (ROWS 1 PRECEDING) AS x FROM pg.g
-- refused order of the rows
SELECT id, sum(d) OVER (ORDER BY id) AS x FROM pg.g
-- refused order
SELECT id, avg(d) OVER () AS x FROM pg.g
-- refused average of DOUBLE
SELECT id, count(DISTINCT k) OVER () AS x FROM pg.g
-- refused DISTINCT
SELECT id, lag(k IGNORE NULLS) OVER (ORDER BY id) AS x FROM pg.g
-- refused IGNORE NULLS
SELECT id, first_value(k IGNORE NULLS) OVER (ORDER BY id) AS x FROM pg.g
-- refused IGNORE NULLS
SELECT id, string_agg(t, ',' ORDER BY id) OVER () AS x FROM pg.g
-- refused ORDER BY
SELECT id, list(k) OVER (ORDER BY id) AS x FROM pg.g
-- refused over a window
SELECT id, lag(k, s) OVER (ORDER BY id) AS x FROM pg.g
-- refused number of rows
SELECT id, lag(k, 1, 1.5) OVER (ORDER BY id) AS x FROM pg.g
-- refused another type
SELECT id, lag(s, 1, 100000) OVER (ORDER BY id) AS x FROM pg.g
-- refused another type
SELECT id, nth_value(k, 0) OVER (ORDER BY id) AS x FROM pg.g
-- refused number of rows
SELECT id, ntile(k) OVER (ORDER BY id) AS x FROM pg.g
-- refused number of rows
SELECT id, rank() OVER (PARTITION BY d) AS x FROM pg.g
-- refused floating-point
SELECT id, count(*) OVER (ORDER BY n RANGE 1 PRECEDING) AS x FROM pg.g
-- refused RANGE of this distance
SELECT id, count(*) OVER (ORDER BY d RANGE 1 PRECEDING) AS x FROM pg.g
-- refused RANGE of this distance
SELECT id, median(k) OVER () AS x FROM pg.g
-- refused window
SELECT id, stddev(k) OVER () AS x FROM pg.g
-- refused over a window
SELECT id, min(u) OVER () AS x FROM pg.g
-- refused UUID
SELECT id, rank() OVER (ORDER BY 1) AS x FROM pg.g
-- refused constant
SELECT id, fill(k) OVER (ORDER BY id) AS x FROM pg.g
-- refused fill
SELECT DISTINCT ON (k) k, id FROM pg.g QUALIFY row_number() OVER (ORDER BY id) > 3 ORDER BY k, id
-- refused QUALIFY
