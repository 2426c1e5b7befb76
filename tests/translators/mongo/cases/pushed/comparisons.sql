-- Numbers, NULL and NaN: null is below numbers in MongoDB, NaN below every number.
i = j
i <> j
i < j
i <= j
i > j
i >= j
i = 7
7 = i
i <> 7
i < 2
2 > i
i >= 2.5
i < 2.5
b = c
b < c
b >= c
i < b
b = i
b > 9007199254740992
b = 9007199254740993
b < 1.5
b <> 0.1
i < 1e0
b < 1e0
b >= 9007199254740992e0
b = x
i = x
i <= x
x = y
x <> y
x < y
x <= y
x > y
x >= y
x < 1.5
x <= 1.5
x > 1.5
x >= 1.5
x = 'nan'::DOUBLE
x < 'nan'::DOUBLE
x <= 'nan'::DOUBLE
x > 'nan'::DOUBLE
x >= 'nan'::DOUBLE
'nan'::DOUBLE > x
x <> 'nan'::DOUBLE
x < 'inf'::DOUBLE
x > '-inf'::DOUBLE
x = 0
x > 0
x < 3
d = 1.5
d < 2
d > -0.01
d = i
d >= i
d < e
d = e
d <> 3
d = b
f > 1
f = d
s = r
s <> r
s < r
s <= 'abc'
s > 'ABC'
s >= ''
s = 'a€😀b'
s = '$n'
ok = no
ok < no
ok <> TRUE
ok = FALSE
ok >= no
ts = t2
ts < t2
ts >= t2
ts > TIMESTAMP '1970-01-01'
ts < TIMESTAMP '2024-02-29 12:34:56.7895'
ts >= TIMESTAMP '2024-02-29 12:34:56.7885'
ts <= TIMESTAMP '2024-02-29 12:34:56.789'
ts = TIMESTAMP '2024-02-29 12:34:56.7895'
ts <> TIMESTAMP '2024-02-29 12:34:56.7895'
TIMESTAMP '2024-02-29 12:34:56.7895' > ts
ts > '2000-01-01'
ts = day
day < day2
day = DATE '2024-02-29'
day > '2000-01-01'
day <= ts
oid = '64b000000000000000000001'
oid < 'a'
oid <> s
oid = oid
u = '00000000-0000-0000-0000-000000000001'
u <> '00000000-0000-0000-0000-000000000001'
u = u
address.city = 'Lisboa'
address.zip > 7
address.geo.lat < 40
address.city < s
k < i
k = b
i = NULL
x < NULL
-- IS
i IS NULL
i IS NOT NULL
s IS NULL
address IS NULL
tags IS NULL
tags IS NOT NULL
address.geo.lat IS NULL
ok IS TRUE
ok IS NOT TRUE
ok IS FALSE
ok IS NOT FALSE
(i > j) IS TRUE
(i > j) IS NULL
(i > j) IS NOT NULL
(x > y) IS NOT FALSE
i IS DISTINCT FROM j
i IS NOT DISTINCT FROM j
i IS DISTINCT FROM NULL
i IS DISTINCT FROM 7
x IS DISTINCT FROM y
x IS NOT DISTINCT FROM 'nan'::DOUBLE
s IS DISTINCT FROM r
d IS NOT DISTINCT FROM 1.5
ok IS DISTINCT FROM no
ts IS NOT DISTINCT FROM t2
day IS DISTINCT FROM day2
-- IN and BETWEEN
i IN (1, 7, -7)
i NOT IN (1, 7)
i IN (1, NULL)
i NOT IN (1, NULL)
i IN (j, 7)
i NOT IN (j, 7)
i IN (j, NULL)
i IN (1.5, 7)
b IN (1, 9007199254740993)
x IN (1.5, 0, 'nan'::DOUBLE)
x NOT IN (1.5, y)
s IN ('a', 'abc', '')
s NOT IN ('a', r)
d IN (1.5, 7)
ts IN (TIMESTAMP '1970-01-01', TIMESTAMP '2024-01-01')
ts IN (TIMESTAMP '1970-01-01', TIMESTAMP '2024-02-29 12:34:56.7895')
day IN (DATE '2024-02-29')
ok IN (TRUE)
oid IN ('64b000000000000000000001', 'x')
i BETWEEN 1 AND 7
i BETWEEN 7 AND 1
i NOT BETWEEN 1 AND 7
i BETWEEN j AND 7
i NOT BETWEEN j AND NULL
i BETWEEN 0.5 AND 7
b BETWEEN i AND 100
x BETWEEN 0 AND 'inf'::DOUBLE
x BETWEEN y AND 10
x NOT BETWEEN y AND 10
s BETWEEN 'a' AND 'b'
ts BETWEEN '1970-01-01' AND '2024-01-01'
ts BETWEEN TIMESTAMP '1969-12-31 23:59:59.9985' AND TIMESTAMP '2024-02-29 12:34:56.7885'
d BETWEEN -1 AND 2.5
day BETWEEN DATE '1970-01-01' AND day2
