-- the calendar
SELECT id, year(d) AS x FROM s.t
SELECT id, month(d) AS x FROM s.t
SELECT id, day(d) AS x FROM s.t
SELECT id, quarter(d) AS x FROM s.t
SELECT id, week(d) AS x FROM s.t
SELECT id, dayofweek(d) AS x FROM s.t
SELECT id, isodow(d) AS x FROM s.t
SELECT id, dayofyear(d) AS x FROM s.t
SELECT id, dayofmonth(d) AS x FROM s.t
SELECT id, weekday(d) AS x FROM s.t
SELECT id, weekofyear(d) AS x FROM s.t
SELECT id, datepart('year', d) AS x FROM s.t
SELECT id, isoyear(d) AS x FROM s.t
SELECT id, yearweek(d) AS x FROM s.t
SELECT id, decade(d) AS x FROM s.t
SELECT id, century(d) AS x FROM s.t
SELECT id, millennium(d) AS x FROM s.t
SELECT id, extract(year FROM d) AS x FROM s.t
SELECT id, date_part('month', d) AS x FROM s.t
SELECT id, extract(dow FROM d) AS x FROM s.t
SELECT id, dayname(d) AS x FROM s.t
SELECT id, monthname(d) AS x FROM s.t
SELECT id, last_day(d) AS x FROM s.t
SELECT id, year(m) AS x FROM s.t
SELECT id, month(m) AS x FROM s.t
SELECT id, week(m) AS x FROM s.t
SELECT id, dayofyear(m) AS x FROM s.t
SELECT id, dayname(m) AS x FROM s.t
SELECT id, last_day(m) AS x FROM s.t
-- the clock
SELECT id, hour(m) AS x FROM s.t
SELECT id, minute(m) AS x FROM s.t
SELECT id, second(m) AS x FROM s.t
SELECT id, millisecond(m) AS x FROM s.t
SELECT id, microsecond(m) AS x FROM s.t
SELECT id, extract(hour FROM m) AS x FROM s.t
SELECT id, epoch(d) AS x FROM s.t
SELECT id, epoch(m) AS x FROM s.t
SELECT id, epoch_us(m) AS x FROM s.t
SELECT id, epoch_us(d) AS x FROM s.t
SELECT id, epoch_ms(d) AS x FROM s.t
SELECT id, epoch_ms(m) AS x FROM s.t
-- arithmetic
SELECT id, date_trunc('year', d) AS x FROM s.t
SELECT id, datetrunc('year', m) AS x FROM s.t
SELECT id, datediff('month', m, TIMESTAMP '2000-01-15 00:00:00') AS x FROM s.t
SELECT id, date_trunc('quarter', d) AS x FROM s.t
SELECT id, date_trunc('month', d) AS x FROM s.t
SELECT id, date_trunc('week', d) AS x FROM s.t
SELECT id, date_trunc('day', d) AS x FROM s.t
SELECT id, date_trunc('month', m) AS x FROM s.t
SELECT id, date_trunc('week', m) AS x FROM s.t
SELECT id, date_trunc('day', m) AS x FROM s.t
SELECT id, date_trunc('hour', m) AS x FROM s.t
SELECT id, date_trunc('minute', m) AS x FROM s.t
SELECT id, date_trunc('second', m) AS x FROM s.t
SELECT id, date_trunc('millisecond', m) AS x FROM s.t
SELECT id, d + 1 AS x FROM s.t
SELECT id, d - 30 AS x FROM s.t
SELECT id, d + i AS x FROM s.t
-- raises
SELECT id, d - DATE '2000-01-01' AS x FROM s.t
SELECT id, date_diff('day', d, DATE '2000-01-01') AS x FROM s.t
SELECT id, date_diff('month', d, DATE '2000-01-15') AS x FROM s.t
SELECT id, date_diff('quarter', d, DATE '2000-01-15') AS x FROM s.t
SELECT id, date_diff('year', d, DATE '2000-01-15') AS x FROM s.t
SELECT id, date_diff('hour', m, m) AS x FROM s.t
SELECT id, date_diff('day', m, TIMESTAMP '2000-01-01 00:00:00') AS x FROM s.t
SELECT id, date_diff('hour', m, TIMESTAMP '2000-01-01 00:00:00') AS x FROM s.t
SELECT id, date_diff('second', TIMESTAMP '2000-01-01 00:00:00', m) AS x FROM s.t
-- left
SELECT id, d + INTERVAL 1 MONTH AS x FROM s.t
-- refused no intervals
SELECT id, m - m AS x FROM s.t
-- refused left to the residual
SELECT id, strftime(d, '%Y-%m') AS x FROM s.t
-- refused spell formats differently
SELECT id, make_date(2020, 1, k) AS x FROM s.t
-- refused has no dates
SELECT id, age(m, m) AS x FROM s.t
-- refused no intervals
SELECT id, m AT TIME ZONE 'UTC' AS x FROM s.t
-- refused no time zones
SELECT id, date_diff('week', d, d) AS x FROM s.t
-- refused not known
