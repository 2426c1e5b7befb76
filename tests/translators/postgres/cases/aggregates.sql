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
