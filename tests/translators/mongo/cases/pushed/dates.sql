year(ts)
year(day)
month(ts)
month(day)
day(ts)
dayofmonth(day)
dayofyear(ts)
dayofyear(day)
dayofweek(ts)
dayofweek(day)
weekday(ts)
isodow(ts)
isodow(day)
week(ts)
week(day)
weekofyear(day)
isoyear(ts)
isoyear(day)
yearweek(ts)
yearweek(day)
quarter(ts)
quarter(day)
hour(ts)
hour(day)
minute(ts)
second(ts)
millisecond(ts)
microsecond(ts)
decade(ts)
century(ts)
century(day)
millennium(ts)
era(ts)
days_in_month(ts)
days_in_month(day)
epoch(ts)
epoch(day)
epoch_ms(ts)
epoch_us(ts)
extract(year FROM ts)
extract(month FROM day)
extract(dow FROM ts)
extract(isodow FROM ts)
extract(doy FROM ts)
extract(week FROM ts)
extract(epoch FROM ts)
extract(quarter FROM ts)
extract(hour FROM ts)
extract(second FROM ts)
extract(millisecond FROM ts)
extract(microseconds FROM ts)
extract(decade FROM ts)
extract(century FROM ts)
extract(era FROM ts)
extract(yearweek FROM ts)
date_part('year', ts)
date_part('dow', day)
date_part('weekday', ts)
date_part('dayofweek', ts)
date_part('dayofyear', ts)
date_part('isoyear', ts)
date_part('months', ts)
date_part('epoch', ts)
date_part('millennium', ts)
datepart('minute', ts)
last_day(ts)
last_day(day)
dayname(ts)
dayname(day)
monthname(ts)
monthname(day)
date_trunc('year', ts)
date_trunc('year', day)
date_trunc('quarter', ts)
date_trunc('month', ts)
date_trunc('month', day)
date_trunc('week', ts)
date_trunc('week', day)
date_trunc('day', ts)
date_trunc('hour', ts)
date_trunc('minute', ts)
date_trunc('second', ts)
date_trunc('milliseconds', ts)
date_trunc('day', day)
date_diff('year', ts, t2)
date_diff('quarter', ts, t2)
date_diff('month', ts, t2)
date_diff('month', day, day2)
date_diff('day', ts, t2)
date_diff('day', day, day2)
date_diff('hour', ts, t2)
date_diff('minute', ts, t2)
date_diff('second', ts, t2)
date_diff('millisecond', ts, t2)
datediff('day', day, ts)
date_diff('day', ts, TIMESTAMP '2024-01-01')
date_sub('day', ts, t2)
date_sub('day', day, day2)
date_sub('hour', ts, t2)
date_sub('minute', ts, t2)
date_sub('second', ts, t2)
date_sub('millisecond', ts, t2)
date_sub('week', ts, t2)
ts + INTERVAL 3 DAY
ts - INTERVAL 3 DAY
ts + INTERVAL 1 MONTH
ts - INTERVAL 1 MONTH
ts + INTERVAL '13' MONTH
ts + INTERVAL 1 YEAR
ts - INTERVAL 4 YEAR
ts + INTERVAL 2 WEEK
ts + INTERVAL 5 HOUR
ts - INTERVAL 90 MINUTE
ts + INTERVAL 1 SECOND
ts + INTERVAL 250 MILLISECOND
ts + INTERVAL 1 QUARTER
ts + INTERVAL '-1' DAY
INTERVAL 1 DAY + ts
day + INTERVAL 1 DAY
day + INTERVAL 1 MONTH
day - INTERVAL 1 MONTH
day + INTERVAL 1 YEAR
day + INTERVAL 1 HOUR
day - day2
day + 1
day - 1
1 + day
day + 100000
day - k
day + k
ts + INTERVAL 1 DAY > t2
day + INTERVAL 1 MONTH <= day2
year(ts) = 2024
year(ts) * 100 + month(ts)
month(ts) IN (1, 2)
extract(year FROM day) - extract(year FROM day2)
date_trunc('month', ts) = TIMESTAMP '2024-02-01'
date_trunc('day', ts) = date_trunc('day', t2)
CASE WHEN year(ts) > 2000 THEN 'new' ELSE 'old' END
coalesce(year(ts), 0)
year(ts + INTERVAL 1 DAY)
CAST(ts AS DATE)
ts::DATE = day
CAST(day AS TIMESTAMP)
ts::DATE - day
monthname(ts) || ' ' || year(ts)
strftime(ts, '%Y-%m')
strftime(day, '%Y-%m-%d %H:%M:%S')
strftime(ts, '%d.%m.%y %I:%M %p, %A %B, %% day %j')
strftime(ts, '%-d/%-m/%H.%g|%f|%n')
strftime('%a %b %u %w', ts)
strftime(ts, '%U %V %G %-j %-H %-M %-S')
strftime(day, '%x %X') || strftime(ts, '%c %T')
