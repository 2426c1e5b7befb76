-- Dates that are computed of constants: before the year 1, beyond 9999, in UTC, between two milliseconds, and those that fail.
select id from {a} where day > date '0001-01-01' - 400 order by id;
select id from {a} where day >= date '0001-01-01' - 1 and day < date '9999-12-31' + 400 order by id;
select id, date '0001-01-01' - 400 as d, date '9999-12-31' + 1 as e from {a} where id < 3 order by id;
select id from {a} where day = timestamp '0001-01-01 00:00:00' - interval 0 day order by id;
select id from {a} where day > timestamptz '1969-12-31 00:00:00+02' order by id;
select id from {a} where day::timestamp > timestamp '1999-12-31 23:59:59.9999' - interval 1 microsecond order by id;
select id from {a} where day between date '1969-12-31' - interval 1 month and last_day(date '2020-02-10') order by id;
select id from {a} where day < date '2000-01-31' + interval 1 month order by id;
select id from {a} where year(day) = year(date '2020-06-01') or strftime(day, '%Y') = strftime(date '2000-05-05', '%Y') order by id;
select id from {a} where d > 1.05 * 1.0 + 0.05 or d < 0.1 - 0.15 order by id;
select id, 1.10 - 0.10 as a, 0.5 * 0.5 as b, d * (1.5 - 0.5) as c from {a} order by id;
select id from {a} where id < 0 and day > date '5000000-01-01' + interval 100000000 day;
select id from {a} where id > 100 and day > make_date(2024, 2, 30);
select count(*) from {a} where day > make_date(2024, 2, 30);
select id, strftime(day, '%d.%m.%Y %j') as t, strftime('%y/%-m', day) as u from {a} order by id;
