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
