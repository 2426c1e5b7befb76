-- Keys that are constants once they are computed: neither a position nor an order.
select id, v from {a} order by month(date '2024-02-01'), id desc;
select v, id from {a} order by day(date '2024-02-02') desc, id;
select id, v from {a} order by date '1970-01-01' + 2, id desc;
select id, v from {a} order by 0.5 + 1.5, id desc;
select v, id, current_date > day as past from {a} order by current_date, id desc;
select k, count(*) as n from {a} group by k, month(date '2024-02-01') order by k;
select k, count(*) as n from {a} group by k, date '1970-01-01' + 2 order by k;
select k, count(*) as n from {a} group by k, 0.5 + 1.5 order by k;
select count(*) as n from {a} group by date '1970-01-01' + 1;
select count(*) as n from {empty} group by date '1970-01-01' + 1;
select count(*) as n from {empty} group by current_date;
select current_date is null as d, k, count(*) as n from {a} group by 1, 2 order by 2;
select date '1970-01-01' + 1 as d, k, count(*) as n from {a} group by 1, 2 order by 2, 1;
select count(*) as n from {empty} group by month(date '2024-02-01');
select id, row_number() over (order by month(date '2024-02-01'), id desc) as r from {a} order by id;
select distinct on (date '1970-01-01' + 1) id from {a} order by date '1970-01-01' + 1, id desc;
select id, v from {a} union all select id, v from {b} order by month(date '2024-02-01'), 1, 2;
