-- groups
SELECT count(*) AS x FROM s.g
SELECT count_star() AS x FROM s.g
SELECT count(v) AS x, count(DISTINCT v) AS y, count(DISTINCT name) AS z FROM s.g
SELECT count(*) AS x FROM s.empty
SELECT sum(v) AS x, sum(p) AS y, sum(k) AS z FROM s.g
SELECT sum(n) AS x, min(n) AS y, max(s) AS z FROM s.empty
SELECT min(v) AS a, max(v) AS b, min(name) AS c, max(name) AS d, min(d) AS e, max(p) AS f, min(f) AS g, max(flag) AS h FROM s.g
SELECT k, sum(v) AS x FROM s.g GROUP BY k
SELECT k, count(*) AS x, sum(p) AS y FROM s.g GROUP BY k ORDER BY k
SELECT name, count(*) AS x FROM s.g GROUP BY name ORDER BY x DESC, name
SELECT k, sum(v) AS x FROM s.g GROUP BY k ORDER BY sum(v) DESC, k
SELECT k, sum(v) AS x FROM s.g GROUP BY k ORDER BY x NULLS FIRST, k
SELECT k, count(*) AS x FROM s.g GROUP BY k HAVING count(*) > 1
SELECT k, sum(v) AS x FROM s.g GROUP BY k HAVING sum(v) > 9
SELECT k, sum(v) AS x FROM s.g GROUP BY k HAVING sum(v) > 9223372036854775807
SELECT k, sum(p) AS x FROM s.g GROUP BY k HAVING sum(p) >= 1.5
SELECT k FROM s.g GROUP BY k HAVING sum(v) = 2
SELECT k, sum(v) AS x FROM s.g GROUP BY k HAVING sum(v) IS NULL
SELECT k % 2 AS x, count(*) AS y FROM s.g GROUP BY 1
SELECT upper(name) AS x, count(*) AS y FROM s.g GROUP BY upper(name)
SELECT year(d) AS x, sum(v) AS y FROM s.g GROUP BY x
SELECT k, flag, count(*) AS x FROM s.g GROUP BY ALL
SELECT f, count(*) AS x FROM s.g GROUP BY f
SELECT d, max(v) AS x FROM s.g GROUP BY d
SELECT sum(v * 2) AS x FROM s.g WHERE k < 3
SELECT sum(k * v) AS x FROM s.g WHERE k < 3
SELECT sum(CASE WHEN flag THEN v ELSE 0 END) AS x FROM s.g
SELECT sum(p * (1 - p)) AS x FROM s.g
SELECT count(*) FILTER (WHERE flag) AS x, sum(v) FILTER (WHERE k = 1) AS y FROM s.g
SELECT k, max(v) FILTER (WHERE flag) AS x FROM s.g GROUP BY k
SELECT count(name) FILTER (WHERE v > 5) AS x FROM s.g
SELECT count_if(flag) AS x FROM s.g
SELECT countif(v > 5) AS x FROM s.g
SELECT bool_and(flag) AS x, bool_or(flag) AS y FROM s.g
SELECT k, bool_and(v > 5) AS x FROM s.g GROUP BY k
SELECT sum(flag::INTEGER) AS x FROM s.g
SELECT max(length(name)) AS x FROM s.g
SELECT count(*) + 1 AS x FROM s.g
SELECT max(v) - min(v) AS x FROM s.g WHERE k < 3
SELECT k, count(*) * 2 AS x FROM s.g GROUP BY k ORDER BY count(*) * 2, k
SELECT coalesce(max(n), 0) AS x FROM s.empty
SELECT DISTINCT k FROM s.g
SELECT DISTINCT k, name FROM s.g ORDER BY k, name
SELECT DISTINCT k % 2 AS x FROM s.g
SELECT DISTINCT f FROM s.g ORDER BY f DESC
SELECT DISTINCT k FROM s.g ORDER BY k LIMIT 2
SELECT count(DISTINCT k % 2) AS x FROM s.g
SELECT sum(n) AS x FROM s.t WHERE id < 6
SELECT sum(big) AS x FROM s.t
SELECT b, sum(big) AS x FROM s.t GROUP BY b
-- averages
SELECT avg(v) AS x FROM s.g
SELECT avg(p) AS x, avg(k) AS y FROM s.g
SELECT k, avg(v) AS x FROM s.g GROUP BY k
SELECT k, avg(v) AS x, sum(v) AS y FROM s.g GROUP BY k
SELECT k, avg(p) AS x, count(p) AS y FROM s.g GROUP BY k
SELECT k, avg(p) AS x, count(*) AS y FROM s.g GROUP BY k
SELECT k, avg(v) AS x, count(id) AS y FROM s.g GROUP BY k
SELECT k, avg(v) FILTER (WHERE flag) AS x FROM s.g GROUP BY k
SELECT avg(v) FILTER (WHERE v > 1000) AS x FROM s.g
SELECT avg(v * 3 + k) AS x FROM s.g WHERE v < 1000
SELECT name, avg(p + 1) AS x FROM s.g WHERE v < 1000 GROUP BY name HAVING avg(p) > 1
SELECT k FROM s.g GROUP BY k ORDER BY avg(v), k
SELECT avg(big) AS a, avg(n) AS b, avg(h) AS c, avg(q) AS d, avg(i) AS e, avg(k) AS f FROM s.t
SELECT b, avg(big) AS a, avg(n) AS b2, avg(h) AS c, avg(q) AS d, avg(i) AS e, avg(k) AS f FROM s.t GROUP BY b
SELECT avg(v) AS x FROM s.g WHERE k > 100
SELECT avg(n) AS x FROM s.empty
SELECT id, avg(v) OVER (PARTITION BY k) AS x FROM s.g
SELECT id, avg(p) OVER (PARTITION BY k ORDER BY id) AS x FROM s.g
SELECT id, avg(v) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS x FROM s.g
SELECT x.k FROM (SELECT k, avg(v) AS m FROM s.g GROUP BY k) AS x WHERE x.m > 8.5
SELECT mean(v) AS x FROM s.g
-- refused mean is left
SELECT sum(p) / 7.0 AS x, sum(v) / 4 AS y FROM s.g
SELECT k, sum(v) / count(*) AS x, sum(p) / count(p) AS y, (sum(v)) / (count(DISTINCT v)) AS z FROM s.g GROUP BY k
SELECT k, 2 * (sum(p) / count(*)) + 1 AS x FROM s.g GROUP BY k HAVING sum(p) / count(*) > 0.5
SELECT sum(n) / count(*) AS x, sum(n) / count(n) AS y FROM s.empty
SELECT sum(big) / 3 AS x, sum(h) / -2.5 AS y FROM s.t
SELECT sum(v) / count(k) AS x FROM s.g
-- refused division by zero
SELECT sum(v) / sum(k) AS x FROM s.g
-- refused too small for a sum
SELECT sum(v) FILTER (WHERE flag) / count(*) AS x FROM s.g
-- refused division by zero
SELECT sum(p) / 0 AS x FROM s.g
-- refused division by zero
SELECT avg(f) AS x FROM s.g
-- refused another order
SELECT avg(DISTINCT v) AS x FROM s.g
-- refused not as distinct
SELECT avg(m) AS x FROM s.t
-- refused sum of TIMESTAMP
SELECT n, avg(id) AS x, count(*) AS y FROM s.t GROUP BY n
-- refused whether it knows that no value is NULL
-- left
SELECT sum(f) AS x FROM s.g
-- refused another order
SELECT sum(DISTINCT v) AS x FROM s.g
-- refused halves
SELECT stddev(v) AS x FROM s.g
-- refused stddev is left
SELECT var_pop(v) AS x FROM s.g
-- refused is left
SELECT median(v) AS x FROM s.g
-- refused median is left
SELECT quantile_cont(v, 0.5) AS x FROM s.g
-- refused is left
SELECT mode(v) AS x FROM s.g
-- refused mode is left
SELECT string_agg(name, ',' ORDER BY id) AS x FROM s.g
-- refused order
SELECT list(v ORDER BY id) AS x FROM s.g
-- refused order
SELECT array_agg(v ORDER BY id) AS x FROM s.g
-- refused order
SELECT any_value(v) AS x FROM s.g
-- refused any_value is left
SELECT first(v ORDER BY id) AS x FROM s.g
-- refused order
SELECT arg_max(name, v) AS x FROM s.g
-- refused arg_max is left
SELECT min_by(name, v) AS x FROM s.g
-- refused is left
SELECT bit_and(k) AS x FROM s.g
-- refused bit_and is left
SELECT approx_count_distinct(k) AS x FROM s.g
-- refused is left
SELECT corr(v, k) AS x FROM s.g
-- refused corr is left
SELECT product(k) AS x FROM s.g
-- refused product is left
SELECT arbitrary(k) AS x FROM s.g
-- refused is left
SELECT bit_or(k) AS x FROM s.g
-- refused is left
SELECT bit_xor(k) AS x FROM s.g
-- refused is left
SELECT bitstring_agg(k) AS x FROM s.g
-- refused is left
SELECT entropy(k) AS x FROM s.g
-- refused is left
SELECT favg(k) AS x FROM s.g
-- refused is left
SELECT fsum(k) AS x FROM s.g
-- refused is left
SELECT kahan_sum(k) AS x FROM s.g
-- refused is left
SELECT sumkahan(k) AS x FROM s.g
-- refused is left
SELECT group_concat(name) AS x FROM s.g
-- refused is left
SELECT histogram(k) AS x FROM s.g
-- refused is left
SELECT kurtosis(k) AS x FROM s.g
-- refused is left
SELECT kurtosis_pop(k) AS x FROM s.g
-- refused is left
SELECT last(k) AS x FROM s.g
-- refused is left
SELECT listagg(name) AS x FROM s.g
-- refused is left
SELECT mad(k) AS x FROM s.g
-- refused is left
SELECT sem(k) AS x FROM s.g
-- refused is left
SELECT skewness(k) AS x FROM s.g
-- refused is left
SELECT stddev_pop(k) AS x FROM s.g
-- refused is left
SELECT stddev_samp(k) AS x FROM s.g
-- refused is left
SELECT var_samp(k) AS x FROM s.g
-- refused is left
SELECT variance(k) AS x FROM s.g
-- refused is left
SELECT sum_no_overflow(k) AS x FROM s.g
-- refused is left
SELECT covar_pop(v, k) AS x FROM s.g
-- refused is left
SELECT covar_samp(v, k) AS x FROM s.g
-- refused is left
SELECT regr_avgx(v, k) AS x FROM s.g
-- refused is left
SELECT regr_avgy(v, k) AS x FROM s.g
-- refused is left
SELECT regr_count(v, k) AS x FROM s.g
-- refused is left
SELECT regr_intercept(v, k) AS x FROM s.g
-- refused is left
SELECT regr_r2(v, k) AS x FROM s.g
-- refused is left
SELECT regr_slope(v, k) AS x FROM s.g
-- refused is left
SELECT regr_sxx(v, k) AS x FROM s.g
-- refused is left
SELECT regr_sxy(v, k) AS x FROM s.g
-- refused is left
SELECT regr_syy(v, k) AS x FROM s.g
-- refused is left
SELECT arg_max_null(v, k) AS x FROM s.g
-- refused is left
SELECT arg_max_nulls_last(v, k) AS x FROM s.g
-- refused is left
SELECT arg_min(v, k) AS x FROM s.g
-- refused is left
SELECT arg_min_null(v, k) AS x FROM s.g
-- refused is left
SELECT arg_min_nulls_last(v, k) AS x FROM s.g
-- refused is left
SELECT argmax(v, k) AS x FROM s.g
-- refused is left
SELECT argmin(v, k) AS x FROM s.g
-- refused is left
SELECT max_by(v, k) AS x FROM s.g
-- refused is left
SELECT quantile(k, 0.5) AS x FROM s.g
-- refused is left
SELECT quantile_disc(k, 0.5) AS x FROM s.g
-- refused is left
SELECT approx_quantile(k, 0.5) AS x FROM s.g
-- refused is left
SELECT reservoir_quantile(k, 0.5) AS x FROM s.g
-- refused is left
SELECT approx_top_k(k, 2) AS x FROM s.g
-- refused is left
SELECT histogram_exact(k, [1, 2]) AS x FROM s.g
-- refused is left
SELECT sum(v) + 1 AS x FROM s.g
-- refused too small for a sum
SELECT k, count(*) AS x FROM s.g GROUP BY ROLLUP (k)
-- refused only plain groups
SELECT k, count(*) AS x FROM s.g GROUP BY CUBE (k)
-- refused only plain groups
SELECT DISTINCT ON (k) k, v FROM s.g ORDER BY k, v
-- refused DISTINCT with on
SELECT max(u) AS x FROM s.t
-- refused only read
SELECT count(DISTINCT w) AS x FROM s.t
-- refused only read
SELECT round(r, 1) AS x, count(*) AS y FROM s.t GROUP BY 1
-- refused minus zero
