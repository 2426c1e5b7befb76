-- Integers: beyond their type the query ends, in DuckDB and in MongoDB.
i + j
i - j
i * j
i + 1
1 - i
i * 2
i + 2147483648
b + c
b - c
b * c
b + 1
b - 1
b * -1
i + b
b * i
k + k
k * k
k - 1
k + i
-i
-b
-k
-x
-d
- - i
i // j
i // 2
i // 0
i // -1
b // c
b // 7
b // -1
i // b
i % j
i % 3
i % -3
i % 0
b % c
b % 10
b % -1
k % 7
-- Division is of doubles, and by zero an infinity.
i / j
i / 2
i / 0
b / c
b / 3
x / y
x / 0
x / i
0 / x
1 / x
d / 2
d / e
d / i
i / d
-- Doubles
x + y
x - y
x * y
x + i
x * b
x - 1
x + 0.1
x * 1.1
x + y + 1
(x + y) + (x - y)
x + (y + 0.1)
x * (y * 3)
x * 3 * y
0.1e0 + x + 0.2e0
x % y
x % 2
x % 0
x // y
x // 2
x + d
d * x
-x * y
-- Decimals
d + e
d - e
d * e
d + 1
d + i
d * 2
d * i
d - 0.5
e * e
d % e
d % 2
d % 0
d + d + d
e + k
1.5 + i
i * 0.1
2.5 - d
d * e + 1
-d - e
-- Mixed and nested
(i + 1) * 2 - j
i * (j + 1)
(i + j) % 7
(x + 1) / (y - 1)
i + 1 > j
i * 2 = j + 1
x / y > 1
d * 2 >= e
b % 2 = 0
address.zip + 1
address.geo.lat * 2
100.0 % d
7 // j
7 % j
7 // b
-- Where one operand ends the query, so it does beside NULL and beside what is decided already.
j + -i
(j + 0) * (i * i)
s || (b * b)::VARCHAR
i > 0 AND 1 // j > 0
i > 0 OR 1 // j > 0
NOT (i > 0 AND 1 // j > 0)
CASE WHEN i > 0 AND 1 // j > 0 THEN 1 END
(i > 0 OR 1 // j > 0) IS TRUE
i BETWEEN 1 // j AND 1000
i IN (1, 1 // j)
CASE WHEN i IN (1, 1 // j) THEN 1 END
IF(i BETWEEN 1 AND 1 // j, 1, 2)
