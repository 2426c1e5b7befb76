-- what is not certain stays above
SELECT sum(d) AS x FROM pg.v
-- refused order
SELECT avg(d) AS x FROM pg.v
-- refused order
SELECT d * 2 AS x FROM pg.v
-- refused overflow
SELECT 1 / d AS x FROM pg.v
-- refused overflow
SELECT t::INTEGER AS x FROM pg.v
-- refused cast
SELECT try_cast(t AS INTEGER) AS x FROM pg.v
-- refused not known
SELECT d, count(*) AS n FROM pg.v GROUP BY d
-- refused floating-point
SELECT id FROM pg.v ORDER BY gap
-- refused INTERVAL
SELECT id FROM pg.v WHERE nd = 'a' GROUP BY id, nd
-- refused collation
SELECT string_agg(t, ',') AS x FROM pg.v
-- refused order of its rows
SELECT first(i) AS x FROM pg.v
-- refused order of its rows
SELECT epoch(zoned) AS x FROM pg.v
-- refused TIMESTAMP WITH TIME ZONE
SELECT a.id FROM pg.v a FULL JOIN pg.w b ON a.i < b.k
-- refused FULL
SELECT f + 1 AS x FROM pg.v
-- refused FLOAT
SELECT n38 * n38 AS x FROM pg.v WHERE loose * loose > 1
-- refused size
SELECT (SELECT sum(v.i) FROM pg.w) AS x FROM pg.v
-- refused outer query
SELECT id AS a234567890123456789012345678901234567890123456789012345678901234567890 FROM pg.v
-- refused 63 bytes
SELECT id FROM pg.v WHERE b > (SELECT max(x.b) FROM pg.v x WHERE x.s < v.s)
-- refused no index to find its rows by
SELECT id FROM pg.v WHERE b > (SELECT max(x.b) FROM pg.v x WHERE x.s = v.s AND x.b < v.b)
-- refused no index to find its rows by
SELECT id FROM pg.v WHERE b > (SELECT max(x.b) + v.b FROM pg.v x WHERE x.s = v.s + 1)
-- refused no index to find its rows by
SELECT id FROM pg.v WHERE b > (SELECT max(x.b + v.b) FROM pg.v x WHERE x.s = v.s)
-- refused no index to find its rows by
SELECT id FROM pg.v WHERE b > (SELECT x.b FROM pg.v x WHERE x.s = v.s LIMIT 1)
-- refused no index to find its rows by
SELECT id FROM pg.v WHERE EXISTS (SELECT 1 FROM pg.g WHERE g.k = v.i AND g.n > (SELECT avg(x.n4) FROM pg.v x WHERE x.s = v.s))
-- refused no index to find its rows by
SELECT id FROM pg.v WHERE n12 > CAST('1.555' AS DECIMAL(12,2))
-- refused not certain to mean the same
SELECT id FROM pg.v WHERE i > 1 % 0
-- refused computation of constants that may fail
SELECT CAST(99999 AS SMALLINT) AS x FROM pg.v
-- refused computation of constants that may fail
SELECT sqrt(-1) AS x FROM pg.v
-- refused computation of constants that may fail
SELECT make_date(3, 7, 40) AS x FROM pg.v
-- refused computation of constants that may fail
