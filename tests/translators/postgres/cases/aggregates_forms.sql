-- over all rows
SELECT count(*) AS x FROM pg.g
SELECT count() AS x FROM pg.g
SELECT count_star() AS x FROM pg.g
SELECT count(k) AS x FROM pg.g
SELECT count(DISTINCT k) AS x FROM pg.g
SELECT count(DISTINCT t) AS x FROM pg.g
SELECT count(DISTINCT (k, flag)) AS x FROM pg.g
SELECT count((k, n)) AS x FROM pg.g
SELECT count(DISTINCT d) AS x FROM pg.g
SELECT count_if(flag) AS x FROM pg.g
SELECT countif(k > 2) AS x FROM pg.g
SELECT sum(k) AS x FROM pg.g
SELECT sum(s) AS x FROM pg.g
SELECT sum(big) AS x FROM pg.g
SELECT sum(n) AS x FROM pg.g
SELECT sum(DISTINCT n) AS x FROM pg.g
SELECT sum(k * n) AS x FROM pg.g
SELECT sum(k ORDER BY id) AS x FROM pg.g
SELECT avg(k) AS x FROM pg.g
SELECT avg(n) AS x FROM pg.g
SELECT avg(price) AS x FROM pg.g
SELECT avg(big) AS x FROM pg.g
SELECT avg(DISTINCT k) AS x FROM pg.g
SELECT mean(k) AS x FROM pg.g
SELECT min(k) AS x FROM pg.g
SELECT max(k) AS x FROM pg.g
SELECT min(n) AS x FROM pg.g
SELECT max(price) AS x FROM pg.g
SELECT min(d) AS x FROM pg.g
SELECT max(d) AS x FROM pg.g
SELECT min(t) AS x FROM pg.g
SELECT max(t) AS x FROM pg.g
SELECT min(name) AS x FROM pg.g
SELECT min(day) AS x FROM pg.g
SELECT max(moment) AS x FROM pg.g
SELECT min(flag) AS x FROM pg.g
SELECT max(flag) AS x FROM pg.g
SELECT min(u) AS x FROM pg.g
SELECT max(u) AS x FROM pg.g
SELECT min(raw) AS x FROM pg.g
SELECT max(raw) AS x FROM pg.g
SELECT bool_and(flag) AS x FROM pg.g
SELECT bool_or(flag) AS x FROM pg.g
SELECT bool_and(k > 1) AS x FROM pg.g
SELECT bit_and(k) AS x FROM pg.g
SELECT bit_or(s) AS x FROM pg.g
SELECT bit_xor(big) AS x FROM pg.g
SELECT bit_xor(k) AS x FROM pg.g
SELECT bit_or(DISTINCT k) AS x FROM pg.g
SELECT string_agg(t, ',' ORDER BY id) AS x FROM pg.g
SELECT string_agg(name, '' ORDER BY id DESC) AS x FROM pg.g
SELECT group_concat(t ORDER BY id) AS x FROM pg.g
SELECT listagg(t, '; ' ORDER BY k DESC, id) AS x FROM pg.g
SELECT string_agg(DISTINCT t, '|' ORDER BY t) AS x FROM pg.g
SELECT string_agg(DISTINCT name, ',' ORDER BY name DESC) AS x FROM pg.g
SELECT string_agg(t, ',' ORDER BY t) AS x FROM pg.g
SELECT string_agg(t || '!', ',' ORDER BY n NULLS FIRST, id) AS x FROM pg.g
SELECT list(k ORDER BY id) AS x FROM pg.g
SELECT array_agg(n ORDER BY id DESC) AS x FROM pg.g
SELECT list(t ORDER BY t, id) AS x FROM pg.g
SELECT array_agg(DISTINCT k ORDER BY k) AS x FROM pg.g
SELECT list(DISTINCT t ORDER BY t DESC NULLS FIRST) AS x FROM pg.g
SELECT list(day ORDER BY id) AS x FROM pg.g
SELECT list(flag ORDER BY id) AS x FROM pg.g
SELECT list(u ORDER BY id) AS x FROM pg.g
SELECT list(d ORDER BY id) AS x FROM pg.g
SELECT list(name ORDER BY name DESC, id) AS x FROM pg.g
SELECT list(moment ORDER BY id) AS x FROM pg.g
SELECT list(big ORDER BY id) AS x FROM pg.g
SELECT first(k ORDER BY id) AS x FROM pg.g
SELECT last(k ORDER BY id) AS x FROM pg.g
SELECT first(t ORDER BY id DESC) AS x FROM pg.g
SELECT last(n ORDER BY day, id) AS x FROM pg.g
SELECT any_value(k ORDER BY id) AS x FROM pg.g
SELECT any_value(t ORDER BY id DESC) AS x FROM pg.g
SELECT arbitrary(n ORDER BY id) AS x FROM pg.g
SELECT first(day ORDER BY id) AS x FROM pg.g
SELECT first(n ORDER BY n) AS x FROM pg.g
SELECT last(name ORDER BY name) AS x FROM pg.g
SELECT arg_min(k, id) AS x FROM pg.g
SELECT arg_max(t, id) AS x FROM pg.g
SELECT argmin(n, code) AS x FROM pg.g
SELECT argmax(k, code) AS x FROM pg.g
SELECT min_by(day, id) AS x FROM pg.g
SELECT max_by(name, id) AS x FROM pg.g
SELECT arg_max(flag, code) AS x FROM pg.g
SELECT arg_min(name, u) AS x FROM pg.g
SELECT median(k) AS x FROM pg.g
SELECT median(s) AS x FROM pg.g
SELECT quantile_cont(k, 0.5) AS x FROM pg.g
SELECT quantile_cont(k, 0) AS x FROM pg.g
SELECT quantile_cont(s, 1) AS x FROM pg.g
SELECT quantile_disc(k, 0.5) AS x FROM pg.g
SELECT quantile_disc(n, 0.25) AS x FROM pg.g
SELECT quantile_disc(t, 0.75) AS x FROM pg.g
SELECT quantile_disc(d, 0.5) AS x FROM pg.g
SELECT quantile_disc(day, 0.9) AS x FROM pg.g
SELECT quantile_disc(big, 0.1) AS x FROM pg.g
SELECT quantile_disc(k, 0.07) AS x FROM pg.g
SELECT quantile(n, 0.95) AS x FROM pg.g
SELECT quantile_disc(n, 1) AS x FROM pg.g
SELECT quantile_disc(k, 0) AS x FROM pg.g
SELECT quantile_disc(name, 0.333) AS x FROM pg.g
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY k) AS x FROM pg.g
SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY n) AS x FROM pg.g
-- over groups
SELECT k, count(*) AS x FROM pg.g GROUP BY k
SELECT k, count() AS x FROM pg.g GROUP BY k
SELECT k, count_star() AS x FROM pg.g GROUP BY k
SELECT k, count(k) AS x FROM pg.g GROUP BY k
SELECT k, count(DISTINCT k) AS x FROM pg.g GROUP BY k
SELECT k, count(DISTINCT t) AS x FROM pg.g GROUP BY k
SELECT k, count(DISTINCT (k, flag)) AS x FROM pg.g GROUP BY k
SELECT k, count((k, n)) AS x FROM pg.g GROUP BY k
SELECT k, count(DISTINCT d) AS x FROM pg.g GROUP BY k
SELECT k, count_if(flag) AS x FROM pg.g GROUP BY k
SELECT k, countif(k > 2) AS x FROM pg.g GROUP BY k
SELECT k, sum(k) AS x FROM pg.g GROUP BY k
SELECT k, sum(s) AS x FROM pg.g GROUP BY k
SELECT k, sum(big) AS x FROM pg.g GROUP BY k
SELECT k, sum(n) AS x FROM pg.g GROUP BY k
SELECT k, sum(DISTINCT n) AS x FROM pg.g GROUP BY k
SELECT k, sum(k * n) AS x FROM pg.g GROUP BY k
SELECT k, sum(k ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, avg(k) AS x FROM pg.g GROUP BY k
SELECT k, avg(n) AS x FROM pg.g GROUP BY k
SELECT k, avg(price) AS x FROM pg.g GROUP BY k
SELECT k, avg(big) AS x FROM pg.g GROUP BY k
SELECT k, avg(DISTINCT k) AS x FROM pg.g GROUP BY k
SELECT k, mean(k) AS x FROM pg.g GROUP BY k
SELECT k, min(k) AS x FROM pg.g GROUP BY k
SELECT k, max(k) AS x FROM pg.g GROUP BY k
SELECT k, min(n) AS x FROM pg.g GROUP BY k
SELECT k, max(price) AS x FROM pg.g GROUP BY k
SELECT k, min(d) AS x FROM pg.g GROUP BY k
SELECT k, max(d) AS x FROM pg.g GROUP BY k
SELECT k, min(t) AS x FROM pg.g GROUP BY k
SELECT k, max(t) AS x FROM pg.g GROUP BY k
SELECT k, min(name) AS x FROM pg.g GROUP BY k
SELECT k, min(day) AS x FROM pg.g GROUP BY k
SELECT k, max(moment) AS x FROM pg.g GROUP BY k
SELECT k, min(flag) AS x FROM pg.g GROUP BY k
SELECT k, max(flag) AS x FROM pg.g GROUP BY k
SELECT k, min(u) AS x FROM pg.g GROUP BY k
SELECT k, max(u) AS x FROM pg.g GROUP BY k
SELECT k, min(raw) AS x FROM pg.g GROUP BY k
SELECT k, max(raw) AS x FROM pg.g GROUP BY k
SELECT k, bool_and(flag) AS x FROM pg.g GROUP BY k
SELECT k, bool_or(flag) AS x FROM pg.g GROUP BY k
SELECT k, bool_and(k > 1) AS x FROM pg.g GROUP BY k
SELECT k, bit_and(k) AS x FROM pg.g GROUP BY k
SELECT k, bit_or(s) AS x FROM pg.g GROUP BY k
SELECT k, bit_xor(big) AS x FROM pg.g GROUP BY k
SELECT k, bit_xor(k) AS x FROM pg.g GROUP BY k
SELECT k, bit_or(DISTINCT k) AS x FROM pg.g GROUP BY k
SELECT k, string_agg(t, ',' ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, string_agg(name, '' ORDER BY id DESC) AS x FROM pg.g GROUP BY k
SELECT k, group_concat(t ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, listagg(t, '; ' ORDER BY k DESC, id) AS x FROM pg.g GROUP BY k
SELECT k, string_agg(DISTINCT t, '|' ORDER BY t) AS x FROM pg.g GROUP BY k
SELECT k, string_agg(DISTINCT name, ',' ORDER BY name DESC) AS x FROM pg.g GROUP BY k
SELECT k, string_agg(t, ',' ORDER BY t) AS x FROM pg.g GROUP BY k
SELECT k, string_agg(t || '!', ',' ORDER BY n NULLS FIRST, id) AS x FROM pg.g GROUP BY k
SELECT k, list(k ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, array_agg(n ORDER BY id DESC) AS x FROM pg.g GROUP BY k
SELECT k, list(t ORDER BY t, id) AS x FROM pg.g GROUP BY k
SELECT k, array_agg(DISTINCT k ORDER BY k) AS x FROM pg.g GROUP BY k
SELECT k, list(DISTINCT t ORDER BY t DESC NULLS FIRST) AS x FROM pg.g GROUP BY k
SELECT k, list(day ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, list(flag ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, list(u ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, list(d ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, list(name ORDER BY name DESC, id) AS x FROM pg.g GROUP BY k
SELECT k, list(moment ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, list(big ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, first(k ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, last(k ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, first(t ORDER BY id DESC) AS x FROM pg.g GROUP BY k
SELECT k, last(n ORDER BY day, id) AS x FROM pg.g GROUP BY k
SELECT k, any_value(k ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, any_value(t ORDER BY id DESC) AS x FROM pg.g GROUP BY k
SELECT k, arbitrary(n ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, first(day ORDER BY id) AS x FROM pg.g GROUP BY k
SELECT k, first(n ORDER BY n) AS x FROM pg.g GROUP BY k
SELECT k, last(name ORDER BY name) AS x FROM pg.g GROUP BY k
SELECT k, arg_min(k, id) AS x FROM pg.g GROUP BY k
SELECT k, arg_max(t, id) AS x FROM pg.g GROUP BY k
SELECT k, argmin(n, code) AS x FROM pg.g GROUP BY k
SELECT k, argmax(k, code) AS x FROM pg.g GROUP BY k
SELECT k, min_by(day, id) AS x FROM pg.g GROUP BY k
SELECT k, max_by(name, id) AS x FROM pg.g GROUP BY k
SELECT k, arg_max(flag, code) AS x FROM pg.g GROUP BY k
SELECT k, arg_min(name, u) AS x FROM pg.g GROUP BY k
SELECT k, median(k) AS x FROM pg.g GROUP BY k
SELECT k, median(s) AS x FROM pg.g GROUP BY k
SELECT k, quantile_cont(k, 0.5) AS x FROM pg.g GROUP BY k
SELECT k, quantile_cont(k, 0) AS x FROM pg.g GROUP BY k
SELECT k, quantile_cont(s, 1) AS x FROM pg.g GROUP BY k
SELECT k, quantile_disc(k, 0.5) AS x FROM pg.g GROUP BY k
SELECT k, quantile_disc(n, 0.25) AS x FROM pg.g GROUP BY k
SELECT k, quantile_disc(t, 0.75) AS x FROM pg.g GROUP BY k
SELECT k, quantile_disc(d, 0.5) AS x FROM pg.g GROUP BY k
SELECT k, quantile_disc(day, 0.9) AS x FROM pg.g GROUP BY k
SELECT k, quantile_disc(big, 0.1) AS x FROM pg.g GROUP BY k
SELECT k, quantile_disc(k, 0.07) AS x FROM pg.g GROUP BY k
SELECT k, quantile(n, 0.95) AS x FROM pg.g GROUP BY k
SELECT k, quantile_disc(n, 1) AS x FROM pg.g GROUP BY k
SELECT k, quantile_disc(k, 0) AS x FROM pg.g GROUP BY k
SELECT k, quantile_disc(name, 0.333) AS x FROM pg.g GROUP BY k
SELECT k, percentile_cont(0.5) WITHIN GROUP (ORDER BY k) AS x FROM pg.g GROUP BY k
SELECT k, percentile_disc(0.9) WITHIN GROUP (ORDER BY n) AS x FROM pg.g GROUP BY k
-- with a condition
SELECT flag, count(*) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, count(k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, count(DISTINCT k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, count(DISTINCT t) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, count(DISTINCT (k, flag)) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, count((k, n)) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, count(DISTINCT d) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, count_if(flag) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, countif(k > 2) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, sum(k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, sum(s) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, sum(big) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, sum(n) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, sum(DISTINCT n) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, sum(k * n) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, sum(k ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, avg(k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, avg(n) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, avg(price) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, avg(big) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, avg(DISTINCT k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, min(k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, max(k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, min(n) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, max(price) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, min(d) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, max(d) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, min(t) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, max(t) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, min(name) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, min(day) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, max(moment) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, min(flag) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, max(flag) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, min(u) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, max(u) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, min(raw) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, max(raw) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, bool_and(flag) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, bool_or(flag) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, bool_and(k > 1) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, bit_and(k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, bit_or(s) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, bit_xor(big) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, bit_xor(k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, bit_or(DISTINCT k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, string_agg(t, ',' ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, string_agg(name, '' ORDER BY id DESC) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, group_concat(t ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, listagg(t, '; ' ORDER BY k DESC, id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, string_agg(DISTINCT t, '|' ORDER BY t) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, string_agg(DISTINCT name, ',' ORDER BY name DESC) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, string_agg(t, ',' ORDER BY t) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, string_agg(t || '!', ',' ORDER BY n NULLS FIRST, id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, list(k ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, array_agg(n ORDER BY id DESC) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, list(t ORDER BY t, id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, array_agg(DISTINCT k ORDER BY k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, list(DISTINCT t ORDER BY t DESC NULLS FIRST) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, list(day ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, list(flag ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, list(u ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, list(d ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, list(name ORDER BY name DESC, id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, list(moment ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, list(big ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, first(k ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, last(k ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, first(t ORDER BY id DESC) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, last(n ORDER BY day, id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, any_value(k ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, any_value(t ORDER BY id DESC) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, arbitrary(n ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, first(day ORDER BY id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, first(n ORDER BY n) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, last(name ORDER BY name) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, arg_min(k, id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, arg_max(t, id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, argmin(n, code) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, argmax(k, code) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, min_by(day, id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, max_by(name, id) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, arg_max(flag, code) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, arg_min(name, u) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, median(k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, median(s) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_cont(k, 0.5) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_cont(k, 0) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_cont(s, 1) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_disc(k, 0.5) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_disc(n, 0.25) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_disc(t, 0.75) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_disc(d, 0.5) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_disc(day, 0.9) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_disc(big, 0.1) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_disc(k, 0.07) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile(n, 0.95) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_disc(n, 1) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_disc(k, 0) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, quantile_disc(name, 0.333) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, percentile_cont(0.5) WITHIN GROUP (ORDER BY k) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
SELECT flag, percentile_disc(0.9) WITHIN GROUP (ORDER BY n) FILTER (WHERE id % 3 <> 1) AS x FROM pg.g GROUP BY flag
-- over nothing
SELECT count(*) AS x FROM pg.nothing
SELECT count(k) AS x FROM pg.nothing
SELECT count(DISTINCT t) AS x FROM pg.nothing
SELECT count_if(flag) AS x FROM pg.nothing
SELECT sum(k) AS x FROM pg.nothing
SELECT sum(n) AS x FROM pg.nothing
SELECT avg(k) AS x FROM pg.nothing
SELECT avg(n) AS x FROM pg.nothing
SELECT min(t) AS x FROM pg.nothing
SELECT max(k) AS x FROM pg.nothing
SELECT min(flag) AS x FROM pg.nothing
SELECT bool_and(flag) AS x FROM pg.nothing
SELECT bit_and(k) AS x FROM pg.nothing
SELECT bit_xor(k) AS x FROM pg.nothing
SELECT string_agg(t, ',' ORDER BY id) AS x FROM pg.nothing
SELECT list(k ORDER BY id) AS x FROM pg.nothing
SELECT first(k ORDER BY id) AS x FROM pg.nothing
SELECT any_value(t ORDER BY id) AS x FROM pg.nothing
SELECT arg_min(t, id) AS x FROM pg.nothing
SELECT median(k) AS x FROM pg.nothing
SELECT quantile_disc(k, 0.5) AS x FROM pg.nothing
SELECT quantile_disc(k, 0.3) AS x FROM pg.nothing
SELECT sum(k) FILTER (WHERE flag) AS x FROM pg.nothing
SELECT k, count(*) AS x FROM pg.nothing GROUP BY k
SELECT k, sum(k) AS x FROM pg.nothing GROUP BY k
SELECT k, list(k ORDER BY id) AS x FROM pg.nothing GROUP BY k
SELECT count_if(flag) AS x FROM pg.g WHERE id < 0
SELECT min(u) AS x FROM pg.g WHERE id < 0
SELECT max(raw) AS x FROM pg.g WHERE id < 0
SELECT avg(n) AS x FROM pg.g WHERE id < 0
SELECT median(k) AS x FROM pg.g WHERE id < 0
-- beside each other
SELECT k, count(*) AS a, sum(n) AS b, avg(n) AS c, min(t) AS d, max(day) AS e, string_agg(name, '-' ORDER BY id) AS f FROM pg.g GROUP BY k HAVING count(*) > 5 ORDER BY k
SELECT flag, t, sum(k) AS x FROM pg.g GROUP BY flag, t HAVING sum(k) IS NOT NULL AND max(n) > 0 ORDER BY flag, t
SELECT name, count(*) AS x FROM pg.g GROUP BY name HAVING min(t ORDER BY id) < 'b' ORDER BY name
SELECT k % 2 AS p, day, max(n) AS x FROM pg.g GROUP BY k % 2, day ORDER BY p, day
SELECT CASE WHEN k > 2 THEN 'many' ELSE 'few' END AS c, count(*) AS n FROM pg.g GROUP BY c ORDER BY c
SELECT count(*) + sum(k) AS a, sum(n) / count(n) AS b, coalesce(sum(k) FILTER (WHERE id < 0), 0) AS c FROM pg.g
SELECT k, sum(n) AS x FROM pg.g GROUP BY ALL ORDER BY ALL
SELECT k, flag, count(*) AS x FROM pg.g GROUP BY ALL ORDER BY ALL DESC
SELECT count(DISTINCT k) AS a, count(DISTINCT flag) AS b, sum(DISTINCT k) AS c FROM pg.g
SELECT sum(x.a) AS s FROM (SELECT k, count(*) AS a FROM pg.g GROUP BY k) x
SELECT a.k, sum(b.id) AS x FROM pg.g a JOIN pg.w b ON a.k = b.k GROUP BY a.k ORDER BY a.k
SELECT u, raw, count(*) AS n FROM pg.g GROUP BY u, raw
SELECT moment, count(*) AS n FROM pg.g GROUP BY moment ORDER BY moment
-- what stays above
SELECT stddev(k) AS x FROM pg.g
-- refused floating point
SELECT stddev_pop(n) AS x FROM pg.g
-- refused floating point
SELECT stddev_samp(k) AS x FROM pg.g
-- refused floating point
SELECT variance(k) AS x FROM pg.g
-- refused floating point
SELECT var_pop(k) AS x FROM pg.g
-- refused floating point
SELECT var_samp(k) AS x FROM pg.g
-- refused floating point
SELECT sem(k) AS x FROM pg.g
-- refused floating point
SELECT corr(k, s) AS x FROM pg.g
-- refused floating point
SELECT covar_pop(k, s) AS x FROM pg.g
-- refused floating point
SELECT covar_samp(k, s) AS x FROM pg.g
-- refused floating point
SELECT skewness(k) AS x FROM pg.g
-- refused floating point
SELECT kurtosis(k) AS x FROM pg.g
-- refused floating point
SELECT kurtosis_pop(k) AS x FROM pg.g
-- refused floating point
SELECT regr_avgx(k, s) AS x FROM pg.g
-- refused floating point
SELECT regr_avgy(k, s) AS x FROM pg.g
-- refused floating point
SELECT regr_intercept(k, s) AS x FROM pg.g
-- refused floating point
SELECT regr_r2(k, s) AS x FROM pg.g
-- refused floating point
SELECT regr_slope(k, s) AS x FROM pg.g
-- refused floating point
SELECT regr_sxx(k, s) AS x FROM pg.g
-- refused floating point
SELECT regr_sxy(k, s) AS x FROM pg.g
-- refused floating point
SELECT regr_syy(k, s) AS x FROM pg.g
-- refused floating point
SELECT regr_count(k, s) AS x FROM pg.g
-- refused unsigned
SELECT product(k) AS x FROM pg.g
-- refused floating point
SELECT fsum(d) AS x FROM pg.g
-- refused order
SELECT kahan_sum(d) AS x FROM pg.g
-- refused order
SELECT sumkahan(d) AS x FROM pg.g
-- refused order
SELECT favg(d) AS x FROM pg.g
-- refused order
SELECT sum(d) AS x FROM pg.g
-- refused order
SELECT avg(d) AS x FROM pg.g
-- refused order
SELECT approx_count_distinct(k) AS x FROM pg.g
-- refused estimate
SELECT approx_quantile(k, 0.5) AS x FROM pg.g
-- refused estimate
SELECT approx_top_k(k, 2) AS x FROM pg.g
-- refused estimate
SELECT reservoir_quantile(k, 0.5) AS x FROM pg.g
-- refused estimate
SELECT entropy(k) AS x FROM pg.g
-- refused no such aggregate
SELECT mad(k) AS x FROM pg.g
-- refused no such aggregate
SELECT histogram(k) AS x FROM pg.g
-- refused no such aggregate
SELECT histogram_exact(k, [1, 2]) AS x FROM pg.g
-- refused no such aggregate
SELECT bitstring_agg(k) AS x FROM pg.g
-- refused no such aggregate
SELECT mode(t) AS x FROM pg.g
-- refused equally frequent
SELECT arg_max_null(k, id) AS x FROM pg.g
-- refused open
SELECT arg_min_null(k, id) AS x FROM pg.g
-- refused open
SELECT arg_max_nulls_last(k, id) AS x FROM pg.g
-- refused open
SELECT arg_min_nulls_last(k, id) AS x FROM pg.g
-- refused open
SELECT sum_no_overflow(k) AS x FROM pg.g
-- refused internal
SELECT first(k) AS x FROM pg.g
-- refused order
SELECT last(k) AS x FROM pg.g
-- refused order
SELECT any_value(k) AS x FROM pg.g
-- refused order
SELECT arbitrary(k) AS x FROM pg.g
-- refused order
SELECT list(k) AS x FROM pg.g
-- refused order
SELECT array_agg(t) AS x FROM pg.g
-- refused order
SELECT string_agg(t, ',') AS x FROM pg.g
-- refused order
SELECT group_concat(t) AS x FROM pg.g
-- refused order
SELECT arg_min(k, n) AS x FROM pg.g
-- refused open
SELECT arg_max(t, name) AS x FROM pg.g
-- refused open
SELECT string_agg(k, ',' ORDER BY id) AS x FROM pg.g
-- refused INTEGER
SELECT list(list ORDER BY id) AS x FROM pg.g
-- refused only read
SELECT median(n) AS x FROM pg.g
-- refused last digit
SELECT median(d) AS x FROM pg.g
-- refused last digit
SELECT median(big) AS x FROM pg.g
-- refused last digit
SELECT quantile_cont(k, 0.3) AS x FROM pg.g
-- refused last digit
SELECT quantile_disc(k, -0.5) AS x FROM pg.g
-- refused between 0 and 1
SELECT quantile_disc(k, [0.1, 0.5]) AS x FROM pg.g
-- refused between 0 and 1
SELECT max(k, 2) AS x FROM pg.g
-- refused count
SELECT min(t, 3) AS x FROM pg.g
-- refused count
SELECT arg_max(k, id, 2) AS x FROM pg.g
-- refused count
SELECT sum(DISTINCT d) AS x FROM pg.g
-- refused order
SELECT bit_and(k::HUGEINT) AS x FROM pg.g
-- refused HUGEINT
SELECT mode() WITHIN GROUP (ORDER BY k) AS x FROM pg.g
-- refused WITHIN GROUP
SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY k DESC) AS x FROM pg.g
-- refused ascending
