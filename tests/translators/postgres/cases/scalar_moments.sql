-- fields
SELECT id, year(day) AS x FROM pg.edges
SELECT id, year(moment) AS x FROM pg.edges
SELECT id, year(zoned) AS x FROM pg.edges
SELECT id, quarter(day) AS x FROM pg.edges
SELECT id, quarter(moment) AS x FROM pg.edges
SELECT id, quarter(zoned) AS x FROM pg.edges
SELECT id, month(day) AS x FROM pg.edges
SELECT id, month(moment) AS x FROM pg.edges
SELECT id, month(zoned) AS x FROM pg.edges
SELECT id, day(day) AS x FROM pg.edges
SELECT id, day(moment) AS x FROM pg.edges
SELECT id, day(zoned) AS x FROM pg.edges
SELECT id, dayofmonth(day) AS x FROM pg.edges
SELECT id, dayofmonth(moment) AS x FROM pg.edges
SELECT id, dayofmonth(zoned) AS x FROM pg.edges
SELECT id, dayofyear(day) AS x FROM pg.edges
SELECT id, dayofyear(moment) AS x FROM pg.edges
SELECT id, dayofyear(zoned) AS x FROM pg.edges
SELECT id, dayofweek(day) AS x FROM pg.edges
SELECT id, dayofweek(moment) AS x FROM pg.edges
SELECT id, dayofweek(zoned) AS x FROM pg.edges
SELECT id, weekday(day) AS x FROM pg.edges
SELECT id, weekday(moment) AS x FROM pg.edges
SELECT id, weekday(zoned) AS x FROM pg.edges
SELECT id, isodow(day) AS x FROM pg.edges
SELECT id, isodow(moment) AS x FROM pg.edges
SELECT id, isodow(zoned) AS x FROM pg.edges
SELECT id, week(day) AS x FROM pg.edges
SELECT id, week(moment) AS x FROM pg.edges
SELECT id, week(zoned) AS x FROM pg.edges
SELECT id, weekofyear(day) AS x FROM pg.edges
SELECT id, weekofyear(moment) AS x FROM pg.edges
SELECT id, weekofyear(zoned) AS x FROM pg.edges
SELECT id, isoyear(day) AS x FROM pg.edges
SELECT id, isoyear(moment) AS x FROM pg.edges
SELECT id, decade(day) AS x FROM pg.edges
SELECT id, decade(moment) AS x FROM pg.edges
SELECT id, century(day) AS x FROM pg.edges
SELECT id, century(moment) AS x FROM pg.edges
SELECT id, millennium(day) AS x FROM pg.edges
SELECT id, millennium(moment) AS x FROM pg.edges
SELECT id, era(day) AS x FROM pg.edges
SELECT id, era(moment) AS x FROM pg.edges
SELECT id, yearweek(day) AS x FROM pg.edges
SELECT id, yearweek(moment) AS x FROM pg.edges
SELECT id, hour(moment) AS x FROM pg.edges
SELECT id, hour(zoned) AS x FROM pg.edges
SELECT id, hour(clock) AS x FROM pg.edges
SELECT id, minute(moment) AS x FROM pg.edges
SELECT id, minute(zoned) AS x FROM pg.edges
SELECT id, minute(clock) AS x FROM pg.edges
SELECT id, second(moment) AS x FROM pg.edges
SELECT id, second(zoned) AS x FROM pg.edges
SELECT id, second(clock) AS x FROM pg.edges
SELECT id, millisecond(moment) AS x FROM pg.edges
SELECT id, millisecond(zoned) AS x FROM pg.edges
SELECT id, millisecond(clock) AS x FROM pg.edges
SELECT id, microsecond(moment) AS x FROM pg.edges
SELECT id, microsecond(zoned) AS x FROM pg.edges
SELECT id, microsecond(clock) AS x FROM pg.edges
SELECT id, extract(dow FROM moment) AS x FROM pg.edges
SELECT id, extract(doy FROM moment) AS x FROM pg.edges
SELECT id, extract(week FROM moment) AS x FROM pg.edges
SELECT id, extract(century FROM moment) AS x FROM pg.edges
SELECT id, extract(second FROM moment) AS x FROM pg.edges
SELECT id, date_part('year', day) AS x FROM pg.edges
SELECT id, datepart('hour', moment) AS x FROM pg.edges
SELECT id, date_part('doy', zoned) AS x FROM pg.edges
-- truncating
SELECT id, date_trunc('year', day) AS x FROM pg.edges
SELECT id, date_trunc('year', moment) AS x FROM pg.edges
SELECT id, date_trunc('year', zoned) AS x FROM pg.edges
SELECT id, date_trunc('quarter', day) AS x FROM pg.edges
SELECT id, date_trunc('quarter', moment) AS x FROM pg.edges
SELECT id, date_trunc('quarter', zoned) AS x FROM pg.edges
SELECT id, date_trunc('month', day) AS x FROM pg.edges
SELECT id, date_trunc('month', moment) AS x FROM pg.edges
SELECT id, date_trunc('month', zoned) AS x FROM pg.edges
SELECT id, date_trunc('week', day) AS x FROM pg.edges
SELECT id, date_trunc('week', moment) AS x FROM pg.edges
SELECT id, date_trunc('week', zoned) AS x FROM pg.edges
SELECT id, date_trunc('day', day) AS x FROM pg.edges
SELECT id, date_trunc('day', moment) AS x FROM pg.edges
SELECT id, date_trunc('day', zoned) AS x FROM pg.edges
SELECT id, date_trunc('hour', day) AS x FROM pg.edges
SELECT id, date_trunc('hour', moment) AS x FROM pg.edges
SELECT id, date_trunc('hour', zoned) AS x FROM pg.edges
SELECT id, date_trunc('minute', day) AS x FROM pg.edges
SELECT id, date_trunc('minute', moment) AS x FROM pg.edges
SELECT id, date_trunc('minute', zoned) AS x FROM pg.edges
SELECT id, date_trunc('second', day) AS x FROM pg.edges
SELECT id, date_trunc('second', moment) AS x FROM pg.edges
SELECT id, date_trunc('second', zoned) AS x FROM pg.edges
SELECT id, date_trunc('millisecond', day) AS x FROM pg.edges
SELECT id, date_trunc('millisecond', moment) AS x FROM pg.edges
SELECT id, date_trunc('millisecond', zoned) AS x FROM pg.edges
SELECT id, date_trunc('microsecond', day) AS x FROM pg.edges
SELECT id, date_trunc('microsecond', moment) AS x FROM pg.edges
SELECT id, date_trunc('microsecond', zoned) AS x FROM pg.edges
SELECT id, datetrunc('month', moment) AS x FROM pg.edges
-- epochs
SELECT id, epoch(day) AS x FROM pg.edges
SELECT id, epoch(moment) AS x FROM pg.edges
SELECT id, epoch(clock) AS x FROM pg.edges
SELECT id, epoch_ms(day) AS x FROM pg.edges
SELECT id, epoch_ms(moment) AS x FROM pg.edges
SELECT id, epoch_ms(zoned) AS x FROM pg.edges
SELECT id, epoch_us(day) AS x FROM pg.edges
SELECT id, epoch_us(moment) AS x FROM pg.edges
SELECT id, epoch_us(zoned) AS x FROM pg.edges
SELECT id, epoch_us(clock) AS x FROM pg.edges
SELECT id, julian(day) AS x FROM pg.edges
SELECT id, julian(moment) AS x FROM pg.edges
SELECT id, epoch_ms(b // 1000000) AS x FROM pg.edges
SELECT id, make_timestamp(b // 1000) AS x FROM pg.edges
SELECT id, to_timestamp(i) AS x FROM pg.edges
-- names and ends
SELECT id, dayname(day) AS x FROM pg.edges
SELECT id, dayname(moment) AS x FROM pg.edges
SELECT id, strftime(day, '%Y-%m') AS x FROM pg.edges
SELECT id, strftime(day, '%y|%j|%-j|%u|%w|%V|100%%') AS x FROM pg.edges
SELECT id, strftime(moment, '%Y-%m') AS x FROM pg.edges
SELECT id, strftime(moment, '%y|%j|%-j|%u|%w|%V|100%%') AS x FROM pg.edges
SELECT id, strftime(zoned, '%Y-%m') AS x FROM pg.edges
SELECT id, strftime(zoned, '%y|%j|%-j|%u|%w|%V|100%%') AS x FROM pg.edges
SELECT id, strftime(moment, '%d.%m.%Y %H:%M:%S.%f %I %p') AS x FROM pg.edges
SELECT id, strftime('%A %a, %B %b %-d %-m %-H %-I %-M %-S', moment) AS x FROM pg.edges
SELECT id, strftime(zoned, '%c %T %x %g') AS x FROM pg.edges
SELECT strftime(day, 'it''s "%Y"\') AS x, count(*) AS n FROM pg.edges GROUP BY 1
SELECT id, monthname(day) AS x FROM pg.edges
SELECT id, monthname(moment) AS x FROM pg.edges
SELECT id, last_day(day) AS x FROM pg.edges
SELECT id, last_day(moment) AS x FROM pg.edges
SELECT id, make_date(2000 + i2, 3, 1) AS x FROM pg.edges
SELECT id, make_date(i2, 1, 1) AS x FROM pg.edges
SELECT id, make_date(2020, abs(i2) + 1, 29) AS x FROM pg.edges WHERE id NOT IN (18, 24, 41)
SELECT id, make_date(2020, abs(i2) + 1, 29) AS x FROM pg.edges WHERE id = 18
-- raises
SELECT id FROM pg.edges WHERE isfinite(day)
SELECT id, isinf(moment) AS x FROM pg.edges
SELECT id FROM pg.edges WHERE isfinite(zoned)
SELECT id, timezone('UTC', moment) AS x FROM pg.edges
SELECT id, timezone('UTC', zoned) AS x FROM pg.edges
SELECT id, moment AT TIME ZONE 'UTC' AS x FROM pg.edges
SELECT id, zoned AT TIME ZONE 'UTC' AS x FROM pg.edges
-- differences
SELECT id, date_diff('year', day, day2) AS x FROM pg.edges
SELECT id, date_diff('year', day, moment2) AS x FROM pg.edges
SELECT id, date_diff('year', moment, day2) AS x FROM pg.edges
SELECT id, date_diff('year', moment, moment2) AS x FROM pg.edges
SELECT id, date_diff('quarter', day, day2) AS x FROM pg.edges
SELECT id, date_diff('quarter', day, moment2) AS x FROM pg.edges
SELECT id, date_diff('quarter', moment, day2) AS x FROM pg.edges
SELECT id, date_diff('quarter', moment, moment2) AS x FROM pg.edges
SELECT id, date_diff('month', day, day2) AS x FROM pg.edges
SELECT id, date_diff('month', day, moment2) AS x FROM pg.edges
SELECT id, date_diff('month', moment, day2) AS x FROM pg.edges
SELECT id, date_diff('month', moment, moment2) AS x FROM pg.edges
SELECT id, date_diff('day', day, day2) AS x FROM pg.edges
SELECT id, date_diff('day', day, moment2) AS x FROM pg.edges
SELECT id, date_diff('day', moment, day2) AS x FROM pg.edges
SELECT id, date_diff('day', moment, moment2) AS x FROM pg.edges
SELECT id, date_diff('hour', moment, moment2) AS x FROM pg.edges
SELECT id, date_diff('minute', moment, moment2) AS x FROM pg.edges
SELECT id, date_diff('second', moment, moment2) AS x FROM pg.edges
SELECT id, date_sub('day', moment, moment2) AS x FROM pg.edges
SELECT id, date_sub('hour', moment, moment2) AS x FROM pg.edges
SELECT id, date_sub('minute', moment, moment2) AS x FROM pg.edges
SELECT id, date_sub('second', moment, moment2) AS x FROM pg.edges
SELECT id, datediff('day', day, day2) AS x FROM pg.edges
SELECT id, age(moment, moment2) AS x FROM pg.edges
SELECT id, age(day, day2) AS x FROM pg.edges
SELECT id, day - day2 AS x FROM pg.edges
SELECT id, moment - moment2 AS x FROM pg.edges
SELECT id, zoned - zoned2 AS x FROM pg.edges
SELECT id FROM pg.edges WHERE moment - moment2 > INTERVAL 1 DAY
-- intervals
SELECT id, day + gap AS x FROM pg.edges
SELECT id, day + gap2 AS x FROM pg.edges
SELECT id, day + INTERVAL 1 MONTH AS x FROM pg.edges
SELECT id, day + INTERVAL 90 MINUTE AS x FROM pg.edges
SELECT id, day - gap AS x FROM pg.edges
SELECT id, day - gap2 AS x FROM pg.edges
SELECT id, day - INTERVAL 1 MONTH AS x FROM pg.edges
SELECT id, day - INTERVAL 90 MINUTE AS x FROM pg.edges
SELECT id, moment + gap AS x FROM pg.edges
SELECT id, moment + gap2 AS x FROM pg.edges
SELECT id, moment + INTERVAL 1 MONTH AS x FROM pg.edges
SELECT id, moment + INTERVAL 90 MINUTE AS x FROM pg.edges
SELECT id, moment - gap AS x FROM pg.edges
SELECT id, moment - gap2 AS x FROM pg.edges
SELECT id, moment - INTERVAL 1 MONTH AS x FROM pg.edges
SELECT id, moment - INTERVAL 90 MINUTE AS x FROM pg.edges
SELECT id, clock + gap AS x FROM pg.edges
SELECT id, clock + INTERVAL 1 HOUR AS x FROM pg.edges
SELECT id, clock - gap AS x FROM pg.edges
SELECT id, clock - INTERVAL 1 HOUR AS x FROM pg.edges
SELECT id, gap + gap2 AS x FROM pg.edges
SELECT id, gap - gap2 AS x FROM pg.edges
SELECT id, -gap AS x FROM pg.edges
SELECT id, gap * 3 AS x FROM pg.edges
SELECT id, gap * i2 AS x FROM pg.edges
SELECT id FROM pg.edges WHERE gap = gap2
SELECT id, gap < gap2 AS x FROM pg.edges
SELECT id, gap >= INTERVAL 1 MONTH AS x FROM pg.edges
SELECT id FROM pg.edges WHERE gap <> INTERVAL 30 DAY
SELECT id, gap BETWEEN gap2 AND INTERVAL 1 YEAR AS x FROM pg.edges
SELECT id, day + 3 AS x FROM pg.edges
SELECT id, day - i2 AS x FROM pg.edges
SELECT id, day + clock AS x FROM pg.edges
SELECT id, to_days(i2) AS x FROM pg.edges
SELECT id, to_weeks(i2) AS x FROM pg.edges
SELECT id, to_months(i2) AS x FROM pg.edges
SELECT id, to_quarters(i2) AS x FROM pg.edges
SELECT id, to_years(i2) AS x FROM pg.edges
SELECT id, to_decades(i2) AS x FROM pg.edges
SELECT id, to_hours(i2) AS x FROM pg.edges
SELECT id, to_minutes(i2) AS x FROM pg.edges
SELECT id, to_seconds(i2) AS x FROM pg.edges
SELECT id, moment + to_days(i2) AS x FROM pg.edges
SELECT id, day + to_months(i2) AS x FROM pg.edges
