-- signs and whole parts
SELECT id, abs(s) AS x FROM pg.edges WHERE id NOT IN (25)
SELECT id, abs(s) AS x FROM pg.edges WHERE id = 25
-- raises
SELECT id, abs(i2) AS x FROM pg.edges
SELECT id, abs(b2) AS x FROM pg.edges
SELECT id, abs(f) AS x FROM pg.edges
SELECT id, abs(d) AS x FROM pg.edges
SELECT id, abs(n4) AS x FROM pg.edges
SELECT id, abs(n12) AS x FROM pg.edges
SELECT id, abs(n38) AS x FROM pg.edges
SELECT id, sign(s) AS x FROM pg.edges
SELECT id, sign(i2) AS x FROM pg.edges
SELECT id, sign(b2) AS x FROM pg.edges
SELECT id, sign(f) AS x FROM pg.edges
SELECT id, sign(d) AS x FROM pg.edges
SELECT id, sign(n4) AS x FROM pg.edges
SELECT id, sign(n12) AS x FROM pg.edges
SELECT id, sign(n38) AS x FROM pg.edges
SELECT id, ceil(s) AS x FROM pg.edges
SELECT id, ceil(i2) AS x FROM pg.edges
SELECT id, ceil(b2) AS x FROM pg.edges
SELECT id, ceil(f) AS x FROM pg.edges
SELECT id, ceil(d) AS x FROM pg.edges
SELECT id, ceil(n4) AS x FROM pg.edges
SELECT id, ceil(n12) AS x FROM pg.edges
SELECT id, ceil(n38) AS x FROM pg.edges
SELECT id, floor(s) AS x FROM pg.edges
SELECT id, floor(i2) AS x FROM pg.edges
SELECT id, floor(b2) AS x FROM pg.edges
SELECT id, floor(f) AS x FROM pg.edges
SELECT id, floor(d) AS x FROM pg.edges
SELECT id, floor(n4) AS x FROM pg.edges
SELECT id, floor(n12) AS x FROM pg.edges
SELECT id, floor(n38) AS x FROM pg.edges
SELECT id, trunc(s) AS x FROM pg.edges
SELECT id, trunc(i2) AS x FROM pg.edges
SELECT id, trunc(b2) AS x FROM pg.edges
SELECT id, trunc(f) AS x FROM pg.edges
SELECT id, trunc(d) AS x FROM pg.edges
SELECT id, trunc(n4) AS x FROM pg.edges
SELECT id, trunc(n12) AS x FROM pg.edges
SELECT id, trunc(n38) AS x FROM pg.edges
SELECT id, round(s) AS x FROM pg.edges
SELECT id, round(i2) AS x FROM pg.edges
SELECT id, round(b2) AS x FROM pg.edges
SELECT id, round(d) AS x FROM pg.edges
SELECT id, round(n4) AS x FROM pg.edges
SELECT id, round(n12) AS x FROM pg.edges
SELECT id, round(n38) AS x FROM pg.edges
SELECT id, ceiling(n9) AS x FROM pg.edges
SELECT id, -n12 AS x FROM pg.edges
SELECT id, -d AS x FROM pg.edges
SELECT id, -f AS x FROM pg.edges
SELECT id, @n4 AS x FROM pg.edges
SELECT id, sign(n20) AS x FROM pg.edges
-- rounding to places
SELECT id, round(n12, 0) AS x FROM pg.edges
SELECT id, round(n12, 1) AS x FROM pg.edges
SELECT id, round(n12, 2) AS x FROM pg.edges
SELECT id, round(n12, 5) AS x FROM pg.edges
SELECT id, round(n38, 0) AS x FROM pg.edges
SELECT id, round(n38, 1) AS x FROM pg.edges
SELECT id, round(n38, 2) AS x FROM pg.edges
SELECT id, round(n38, 5) AS x FROM pg.edges
SELECT id, round(i, 0) AS x FROM pg.edges
SELECT id, round(i, 1) AS x FROM pg.edges
SELECT id, round(i, 2) AS x FROM pg.edges
SELECT id, round(i, 5) AS x FROM pg.edges
SELECT id, round(n4, 0) AS x FROM pg.edges
SELECT id, round(n4, 1) AS x FROM pg.edges
SELECT id, round(n4, 2) AS x FROM pg.edges
SELECT id, round(n4, 5) AS x FROM pg.edges
SELECT id, trunc(n12, 0) AS x FROM pg.edges
SELECT id, trunc(n12, 1) AS x FROM pg.edges
SELECT id, trunc(n12, 2) AS x FROM pg.edges
SELECT id, trunc(n12, 5) AS x FROM pg.edges
SELECT id, trunc(n38, 0) AS x FROM pg.edges
SELECT id, trunc(n38, 1) AS x FROM pg.edges
SELECT id, trunc(n38, 2) AS x FROM pg.edges
SELECT id, trunc(n38, 5) AS x FROM pg.edges
SELECT id, trunc(i, 0) AS x FROM pg.edges
SELECT id, trunc(i, 1) AS x FROM pg.edges
SELECT id, trunc(i, 2) AS x FROM pg.edges
SELECT id, trunc(i, 5) AS x FROM pg.edges
SELECT id, trunc(n4, 0) AS x FROM pg.edges
SELECT id, trunc(n4, 1) AS x FROM pg.edges
SELECT id, trunc(n4, 2) AS x FROM pg.edges
SELECT id, trunc(n4, 5) AS x FROM pg.edges
SELECT id, round(d, 0) AS x FROM pg.edges
SELECT id, round(d, 1) AS x FROM pg.edges
SELECT id, round(d, 2) AS x FROM pg.edges
SELECT id, round(d, 3) AS x FROM pg.edges
SELECT id, round(d, 6) AS x FROM pg.edges
SELECT id, round(d, 9) AS x FROM pg.edges
SELECT id, round(i2, -1) AS x FROM pg.edges
SELECT id, round(i2, -2) AS x FROM pg.edges
SELECT id, round(n12, -1) AS x FROM pg.edges
SELECT id, round(n12, -2) AS x FROM pg.edges
SELECT id, round(n38, -1) AS x FROM pg.edges
SELECT id, round(n38, -2) AS x FROM pg.edges
SELECT id, trunc(i2, -1) AS x FROM pg.edges
SELECT id, trunc(i2, -2) AS x FROM pg.edges
SELECT id, trunc(n12, -1) AS x FROM pg.edges
SELECT id, trunc(n12, -2) AS x FROM pg.edges
SELECT id, trunc(n38, -1) AS x FROM pg.edges
SELECT id, trunc(n38, -2) AS x FROM pg.edges
SELECT id, round(s2, -2) AS x FROM pg.edges WHERE id NOT IN (3, 10)
SELECT id, round(s2, -2) AS x FROM pg.edges WHERE id = 3
-- raises
SELECT id, round(b2, -3) AS x FROM pg.edges WHERE id NOT IN (3, 17, 24, 28)
SELECT id, round(b2, -3) AS x FROM pg.edges WHERE id = 3
-- raises
SELECT id, trunc(b, -1) AS x FROM pg.edges
SELECT id, round(n12 * n4, 1) AS x FROM pg.edges
SELECT id, round(round(d, 3), 1) AS x FROM pg.edges
-- roots, divisors and floats
SELECT id, sqrt(d) AS x FROM pg.edges
SELECT id, sqrt(f) AS x FROM pg.edges
SELECT id, sqrt(n12) AS x FROM pg.edges
SELECT id, sqrt(i2) AS x FROM pg.edges
SELECT id, sqrt(n38) AS x FROM pg.edges
SELECT id, pi() AS x FROM pg.edges
SELECT id, pi() * n4 AS x FROM pg.edges
SELECT id, radians(n4) AS x FROM pg.edges
SELECT id, radians(i2) AS x FROM pg.edges
SELECT id, gcd(i, i3) AS x FROM pg.edges
SELECT id, gcd(b2, i2) AS x FROM pg.edges
SELECT id, gcd(0, i2) AS x FROM pg.edges
SELECT id, lcm(i2, s) AS x FROM pg.edges
SELECT id, lcm(i2, 0) AS x FROM pg.edges
SELECT id, factorial(i2) AS x FROM pg.edges WHERE id NOT IN (2, 3, 5, 8, 11, 21, 22, 27, 33, 34, 39, 43)
SELECT id, factorial(i2) AS x FROM pg.edges WHERE id = 2
-- raises
SELECT id FROM pg.edges WHERE isnan(d)
SELECT id, isnan(f) AS x FROM pg.edges
SELECT id FROM pg.edges WHERE isinf(d)
SELECT id, isinf(f) AS x FROM pg.edges
SELECT id, isfinite(d) AS x FROM pg.edges
SELECT id FROM pg.edges WHERE isfinite(f)
SELECT id FROM pg.edges WHERE signbit(d)
SELECT id FROM pg.edges WHERE signbit(f)
-- arithmetic
SELECT id, i + i2 AS x FROM pg.edges WHERE id NOT IN (33, 47)
SELECT id, i + i2 AS x FROM pg.edges WHERE id = 33
-- raises
SELECT id, i + s2 AS x FROM pg.edges WHERE id NOT IN (33, 35, 36)
SELECT id, i + s2 AS x FROM pg.edges WHERE id = 33
-- raises
SELECT id, i + 1 AS x FROM pg.edges WHERE id NOT IN (47)
SELECT id, i + 1 AS x FROM pg.edges WHERE id = 47
-- raises
SELECT id, i - i2 AS x FROM pg.edges WHERE id NOT IN (12, 28, 36)
SELECT id, i - i2 AS x FROM pg.edges WHERE id = 12
-- raises
SELECT id, i - s2 AS x FROM pg.edges WHERE id NOT IN (12, 47)
SELECT id, i - s2 AS x FROM pg.edges WHERE id = 12
-- raises
SELECT id, i - 1 AS x FROM pg.edges WHERE id NOT IN (12, 33, 35, 36)
SELECT id, i - 1 AS x FROM pg.edges WHERE id = 12
-- raises
SELECT id, i * i2 AS x FROM pg.edges WHERE id NOT IN (12, 28, 33, 36, 47)
SELECT id, i * i2 AS x FROM pg.edges WHERE id = 12
-- raises
SELECT id, i * s2 AS x FROM pg.edges WHERE id NOT IN (2, 12, 20, 21, 33, 35, 36, 39, 47)
SELECT id, i * s2 AS x FROM pg.edges WHERE id = 2
-- raises
SELECT id, i * 1 AS x FROM pg.edges
SELECT id, s + i2 AS x FROM pg.edges
SELECT id, s + s2 AS x FROM pg.edges WHERE id NOT IN (3, 38)
SELECT id, s + s2 AS x FROM pg.edges WHERE id = 3
-- raises
SELECT id, s + 1 AS x FROM pg.edges
SELECT id, s - i2 AS x FROM pg.edges
SELECT id, s - s2 AS x FROM pg.edges WHERE id NOT IN (10, 25)
SELECT id, s - s2 AS x FROM pg.edges WHERE id = 10
-- raises
SELECT id, s - 1 AS x FROM pg.edges WHERE id NOT IN (25)
SELECT id, s - 1 AS x FROM pg.edges WHERE id = 25
-- raises
SELECT id, s * i2 AS x FROM pg.edges
SELECT id, s * s2 AS x FROM pg.edges WHERE id NOT IN (3, 4, 6, 8, 10, 16, 20, 21, 34, 38, 39, 43, 44, 47)
SELECT id, s * s2 AS x FROM pg.edges WHERE id = 3
-- raises
SELECT id, s * 1 AS x FROM pg.edges
SELECT id, b + i2 AS x FROM pg.edges WHERE id NOT IN (8, 28, 40)
SELECT id, b + i2 AS x FROM pg.edges WHERE id = 8
-- raises
SELECT id, b + s2 AS x FROM pg.edges WHERE id NOT IN (17, 41)
SELECT id, b + s2 AS x FROM pg.edges WHERE id = 17
-- raises
SELECT id, b + 1 AS x FROM pg.edges
SELECT id, b - i2 AS x FROM pg.edges WHERE id NOT IN (41, 43)
SELECT id, b - i2 AS x FROM pg.edges WHERE id = 41
-- raises
SELECT id, b - s2 AS x FROM pg.edges WHERE id NOT IN (8, 33, 40, 43)
SELECT id, b - s2 AS x FROM pg.edges WHERE id = 8
-- raises
SELECT id, b - 1 AS x FROM pg.edges WHERE id NOT IN (8, 9, 41)
SELECT id, b - 1 AS x FROM pg.edges WHERE id = 8
-- raises
SELECT id, b * i2 AS x FROM pg.edges WHERE id NOT IN (8, 28, 40, 41, 43)
SELECT id, b * i2 AS x FROM pg.edges WHERE id = 8
-- raises
SELECT id, b * s2 AS x FROM pg.edges WHERE id NOT IN (8, 17, 33, 40, 41, 43)
SELECT id, b * s2 AS x FROM pg.edges WHERE id = 8
-- raises
SELECT id, b * 1 AS x FROM pg.edges
SELECT id, i // i2 AS x FROM pg.edges WHERE id NOT IN (33, 35, 45)
SELECT id, i // i2 AS x FROM pg.edges WHERE id = 33
-- raises
SELECT id, i // s2 AS x FROM pg.edges WHERE id NOT IN (28)
SELECT id, i // s2 AS x FROM pg.edges WHERE id = 28
-- raises
SELECT id, i // 3 AS x FROM pg.edges
SELECT id, i // -1 AS x FROM pg.edges WHERE id NOT IN (12, 33, 35, 36)
SELECT id, i // -1 AS x FROM pg.edges WHERE id = 12
-- raises
SELECT id, i // -7 AS x FROM pg.edges
SELECT id, i % i2 AS x FROM pg.edges WHERE id NOT IN (33, 35, 45)
SELECT id, i % i2 AS x FROM pg.edges WHERE id = 33
-- raises
SELECT id, i % s2 AS x FROM pg.edges WHERE id NOT IN (28)
SELECT id, i % s2 AS x FROM pg.edges WHERE id = 28
-- raises
SELECT id, i % 3 AS x FROM pg.edges
SELECT id, i % -1 AS x FROM pg.edges WHERE id NOT IN (12, 33, 35, 36)
SELECT id, i % -1 AS x FROM pg.edges WHERE id = 12
-- raises
SELECT id, i % -7 AS x FROM pg.edges
SELECT id, s // i2 AS x FROM pg.edges WHERE id NOT IN (35, 45)
SELECT id, s // i2 AS x FROM pg.edges WHERE id = 35
-- raises
SELECT id, s // s2 AS x FROM pg.edges WHERE id NOT IN (28)
SELECT id, s // s2 AS x FROM pg.edges WHERE id = 28
-- raises
SELECT id, s // 3 AS x FROM pg.edges
SELECT id, s // -1 AS x FROM pg.edges WHERE id NOT IN (25)
SELECT id, s // -1 AS x FROM pg.edges WHERE id = 25
-- raises
SELECT id, s // -7 AS x FROM pg.edges
SELECT id, s % i2 AS x FROM pg.edges WHERE id NOT IN (35, 45)
SELECT id, s % i2 AS x FROM pg.edges WHERE id = 35
-- raises
SELECT id, s % s2 AS x FROM pg.edges WHERE id NOT IN (28)
SELECT id, s % s2 AS x FROM pg.edges WHERE id = 28
-- raises
SELECT id, s % 3 AS x FROM pg.edges
SELECT id, s % -1 AS x FROM pg.edges WHERE id NOT IN (25)
SELECT id, s % -1 AS x FROM pg.edges WHERE id = 25
-- raises
SELECT id, s % -7 AS x FROM pg.edges
SELECT id, b // i2 AS x FROM pg.edges WHERE id NOT IN (8, 35, 45)
SELECT id, b // i2 AS x FROM pg.edges WHERE id = 8
-- raises
SELECT id, b // s2 AS x FROM pg.edges WHERE id NOT IN (28)
SELECT id, b // s2 AS x FROM pg.edges WHERE id = 28
-- raises
SELECT id, b // 3 AS x FROM pg.edges
SELECT id, b // -1 AS x FROM pg.edges WHERE id NOT IN (8, 9, 41)
SELECT id, b // -1 AS x FROM pg.edges WHERE id = 8
-- raises
SELECT id, b // -7 AS x FROM pg.edges
SELECT id, b % i2 AS x FROM pg.edges WHERE id NOT IN (8, 35, 45)
SELECT id, b % i2 AS x FROM pg.edges WHERE id = 8
-- raises
SELECT id, b % s2 AS x FROM pg.edges WHERE id NOT IN (28)
SELECT id, b % s2 AS x FROM pg.edges WHERE id = 28
-- raises
SELECT id, b % 3 AS x FROM pg.edges
SELECT id, b % -1 AS x FROM pg.edges WHERE id NOT IN (8, 9, 41)
SELECT id, b % -1 AS x FROM pg.edges WHERE id = 8
-- raises
SELECT id, b % -7 AS x FROM pg.edges
SELECT id, n12 + n4 AS x FROM pg.edges
SELECT id, n12 + i2 AS x FROM pg.edges
SELECT id, n12 + 2 AS x FROM pg.edges
SELECT id, n12 + 0.5 AS x FROM pg.edges
SELECT id, n12 - n4 AS x FROM pg.edges
SELECT id, n12 - i2 AS x FROM pg.edges
SELECT id, n12 - 2 AS x FROM pg.edges
SELECT id, n12 - 0.5 AS x FROM pg.edges
SELECT id, n12 * n4 AS x FROM pg.edges
SELECT id, n12 * i2 AS x FROM pg.edges
SELECT id, n12 * 2 AS x FROM pg.edges
SELECT id, n12 * 0.5 AS x FROM pg.edges
SELECT id, n12 % n4 AS x FROM pg.edges
SELECT id, n12 % i2 AS x FROM pg.edges WHERE id NOT IN (45)
SELECT id, n12 % i2 AS x FROM pg.edges WHERE id = 45
-- raises
SELECT id, n12 % 2 AS x FROM pg.edges
SELECT id, n12 % 0.5 AS x FROM pg.edges
SELECT id, n38 + n4 AS x FROM pg.edges WHERE id NOT IN (22, 43)
SELECT id, n38 + n4 AS x FROM pg.edges WHERE id = 22
-- raises
SELECT id, n38 + i2 AS x FROM pg.edges WHERE id NOT IN (22)
SELECT id, n38 + i2 AS x FROM pg.edges WHERE id = 22
-- raises
SELECT id, n38 + 2 AS x FROM pg.edges WHERE id NOT IN (43)
SELECT id, n38 + 2 AS x FROM pg.edges WHERE id = 43
-- raises
SELECT id, n38 + 0.5 AS x FROM pg.edges WHERE id NOT IN (43)
SELECT id, n38 + 0.5 AS x FROM pg.edges WHERE id = 43
-- raises
SELECT id, n38 - n4 AS x FROM pg.edges WHERE id NOT IN (1)
SELECT id, n38 - n4 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38 - i2 AS x FROM pg.edges WHERE id NOT IN (1, 43)
SELECT id, n38 - i2 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38 - 2 AS x FROM pg.edges WHERE id NOT IN (1, 22)
SELECT id, n38 - 2 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38 - 0.5 AS x FROM pg.edges WHERE id NOT IN (1, 22)
SELECT id, n38 - 0.5 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38 * n4 AS x FROM pg.edges WHERE id NOT IN (1, 22, 43, 45)
SELECT id, n38 * n4 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38 * i2 AS x FROM pg.edges WHERE id NOT IN (1, 43)
SELECT id, n38 * i2 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38 * 2 AS x FROM pg.edges WHERE id NOT IN (1, 22, 43)
SELECT id, n38 * 2 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38 * 0.5 AS x FROM pg.edges WHERE id NOT IN (1, 22, 43)
SELECT id, n38 * 0.5 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38 % n4 AS x FROM pg.edges
SELECT id, n38 % i2 AS x FROM pg.edges WHERE id NOT IN (35, 45)
SELECT id, n38 % i2 AS x FROM pg.edges WHERE id = 35
-- raises
SELECT id, n38 % 2 AS x FROM pg.edges
SELECT id, n38 % 0.5 AS x FROM pg.edges
SELECT id, n4 + n4 AS x FROM pg.edges
SELECT id, n4 + i2 AS x FROM pg.edges
SELECT id, n4 + 2 AS x FROM pg.edges
SELECT id, n4 + 0.5 AS x FROM pg.edges
SELECT id, n4 - n4 AS x FROM pg.edges
SELECT id, n4 - i2 AS x FROM pg.edges
SELECT id, n4 - 2 AS x FROM pg.edges
SELECT id, n4 - 0.5 AS x FROM pg.edges
SELECT id, n4 * n4 AS x FROM pg.edges
SELECT id, n4 * i2 AS x FROM pg.edges
SELECT id, n4 * 2 AS x FROM pg.edges
SELECT id, n4 * 0.5 AS x FROM pg.edges
SELECT id, n4 % n4 AS x FROM pg.edges
SELECT id, n4 % i2 AS x FROM pg.edges WHERE id NOT IN (35, 45)
SELECT id, n4 % i2 AS x FROM pg.edges WHERE id = 35
-- raises
SELECT id, n4 % 2 AS x FROM pg.edges
SELECT id, n4 % 0.5 AS x FROM pg.edges
SELECT id, i / i2 AS x FROM pg.edges
SELECT id, i / n4 AS x FROM pg.edges
SELECT id, i / 3 AS x FROM pg.edges
SELECT id, n12 / i2 AS x FROM pg.edges
SELECT id, n12 / n4 AS x FROM pg.edges
SELECT id, n12 / 3 AS x FROM pg.edges
SELECT id, s / i2 AS x FROM pg.edges
SELECT id, s / n4 AS x FROM pg.edges
SELECT id, s / 3 AS x FROM pg.edges
SELECT id, mod(i, 5) AS x FROM pg.edges
SELECT id, mod(n12, n4) AS x FROM pg.edges
SELECT id, n20 * n20 AS x FROM pg.edges WHERE id NOT IN (6, 7, 20, 33, 39, 43, 45, 46)
SELECT id, n20 * n20 AS x FROM pg.edges WHERE id = 6
-- raises
SELECT id, n18 * n18 AS x FROM pg.edges WHERE id NOT IN (2, 5, 11, 12, 13, 20, 25, 27, 34, 36, 48)
SELECT id, n18 * n18 AS x FROM pg.edges WHERE id = 2
-- raises
SELECT id, n38 + n38 AS x FROM pg.edges WHERE id NOT IN (1, 22, 43)
SELECT id, n38 + n38 AS x FROM pg.edges WHERE id = 1
-- raises
-- bits
SELECT id, i & i3 AS x FROM pg.edges
SELECT id, i & s2 AS x FROM pg.edges
SELECT id, i & 255 AS x FROM pg.edges
SELECT id, i & -2 AS x FROM pg.edges
SELECT id, i | i3 AS x FROM pg.edges
SELECT id, i | s2 AS x FROM pg.edges
SELECT id, i | 255 AS x FROM pg.edges
SELECT id, i | -2 AS x FROM pg.edges
SELECT id, s & i3 AS x FROM pg.edges
SELECT id, s & s2 AS x FROM pg.edges
SELECT id, s & 255 AS x FROM pg.edges
SELECT id, s & -2 AS x FROM pg.edges
SELECT id, s | i3 AS x FROM pg.edges
SELECT id, s | s2 AS x FROM pg.edges
SELECT id, s | 255 AS x FROM pg.edges
SELECT id, s | -2 AS x FROM pg.edges
SELECT id, b & i3 AS x FROM pg.edges
SELECT id, b & s2 AS x FROM pg.edges
SELECT id, b & 255 AS x FROM pg.edges
SELECT id, b & -2 AS x FROM pg.edges
SELECT id, b | i3 AS x FROM pg.edges
SELECT id, b | s2 AS x FROM pg.edges
SELECT id, b | 255 AS x FROM pg.edges
SELECT id, b | -2 AS x FROM pg.edges
SELECT id, xor(i, i3) AS x FROM pg.edges
SELECT id, xor(i, b) AS x FROM pg.edges
SELECT id, xor(i, 7) AS x FROM pg.edges
SELECT id, xor(s, i3) AS x FROM pg.edges
SELECT id, xor(s, b) AS x FROM pg.edges
SELECT id, xor(s, 7) AS x FROM pg.edges
SELECT id, ~i AS x FROM pg.edges
SELECT id, ~s AS x FROM pg.edges
SELECT id, ~b AS x FROM pg.edges
SELECT id, bit_count(i) AS x FROM pg.edges
SELECT id, bit_count(s) AS x FROM pg.edges
SELECT id, bit_count(b) AS x FROM pg.edges
SELECT id, i >> 0 AS x FROM pg.edges
SELECT id, i >> 1 AS x FROM pg.edges
SELECT id, i >> 5 AS x FROM pg.edges
SELECT id, s >> 0 AS x FROM pg.edges
SELECT id, s >> 1 AS x FROM pg.edges
SELECT id, s >> 5 AS x FROM pg.edges
SELECT id, b >> 0 AS x FROM pg.edges
SELECT id, b >> 1 AS x FROM pg.edges
SELECT id, b >> 5 AS x FROM pg.edges
SELECT id, i2 << 0 AS x FROM pg.edges WHERE id NOT IN (2, 3, 5, 8, 11, 21, 22, 27, 33, 34, 39, 43)
SELECT id, i2 << 0 AS x FROM pg.edges WHERE id = 2
-- raises
SELECT id, i2 << 1 AS x FROM pg.edges WHERE id NOT IN (2, 3, 5, 8, 11, 21, 22, 27, 33, 34, 39, 43)
SELECT id, i2 << 1 AS x FROM pg.edges WHERE id = 2
-- raises
SELECT id, i2 << 4 AS x FROM pg.edges WHERE id NOT IN (2, 3, 5, 8, 11, 21, 22, 27, 33, 34, 39, 43)
SELECT id, i2 << 4 AS x FROM pg.edges WHERE id = 2
-- raises
SELECT id, s2 << 0 AS x FROM pg.edges WHERE id NOT IN (1, 2, 11, 13, 15, 17, 19, 20, 23, 33, 34, 35, 36, 37, 40, 41, 43, 44, 47, 48)
SELECT id, s2 << 0 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, s2 << 1 AS x FROM pg.edges WHERE id NOT IN (1, 2, 3, 10, 11, 13, 15, 17, 19, 20, 23, 33, 34, 35, 36, 37, 40, 41, 43, 44, 47, 48)
SELECT id, s2 << 1 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, s2 << 4 AS x FROM pg.edges WHERE id NOT IN (1, 2, 3, 10, 11, 13, 15, 17, 19, 20, 21, 23, 33, 34, 35, 36, 37, 40, 41, 43, 44, 47, 48)
SELECT id, s2 << 4 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, b2 << 0 AS x FROM pg.edges WHERE id NOT IN (1, 2, 3, 5, 7, 11, 12, 14, 16, 18, 19, 22, 25, 27, 29, 30, 32, 33, 34, 38, 40, 42, 45, 47, 48)
SELECT id, b2 << 0 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, b2 << 1 AS x FROM pg.edges WHERE id NOT IN (1, 2, 3, 5, 7, 11, 12, 14, 16, 17, 18, 19, 22, 24, 25, 27, 28, 29, 30, 32, 33, 34, 38, 40, 42, 45, 47, 48)
SELECT id, b2 << 1 AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, b2 << 4 AS x FROM pg.edges WHERE id NOT IN (1, 2, 3, 5, 7, 11, 12, 14, 16, 17, 18, 19, 22, 24, 25, 27, 28, 29, 30, 32, 33, 34, 38, 40, 42, 45, 47, 48)
SELECT id, b2 << 4 AS x FROM pg.edges WHERE id = 1
-- raises
-- choices
SELECT id, greatest(i, i2, i3) AS x FROM pg.edges
SELECT id, least(i, b) AS x FROM pg.edges
SELECT id, greatest(n12, n4) AS x FROM pg.edges
SELECT id, greatest(i, n4) AS x FROM pg.edges
SELECT id, least(d, d2) AS x FROM pg.edges
SELECT id, greatest(d, f) AS x FROM pg.edges
SELECT id, greatest(t, t2) AS x FROM pg.edges
SELECT id, least(t, c, 'b') AS x FROM pg.edges
SELECT id, greatest(day, day2) AS x FROM pg.edges
SELECT id, least(moment, day) AS x FROM pg.edges
SELECT id, greatest(zoned, zoned2) AS x FROM pg.edges
SELECT id, greatest(clock, clock2) AS x FROM pg.edges
SELECT id FROM pg.edges WHERE greatest(flag, i > 0)
SELECT id, least(u, u) AS x FROM pg.edges
SELECT id, greatest(1, i2) AS x FROM pg.edges
SELECT id, least(NULL, i) AS x FROM pg.edges
SELECT id, greatest(i, NULL, 5) AS x FROM pg.edges
SELECT id, least(s, 1) AS x FROM pg.edges
SELECT id, coalesce(t, c, 'none') AS x FROM pg.edges
SELECT id, coalesce(n4, i2) AS x FROM pg.edges
SELECT id, coalesce(day, moment) AS x FROM pg.edges
SELECT id, coalesce(gap, gap2) AS x FROM pg.edges
SELECT id, nullif(t, 'a') AS x FROM pg.edges
SELECT id, nullif(i2, 0) AS x FROM pg.edges
SELECT id, nullif(n4, i2) AS x FROM pg.edges
SELECT id, nullif(d, 0) AS x FROM pg.edges
SELECT id, if(flag, t, t2) AS x FROM pg.edges
SELECT id, if(i2 > 0, n4, i2) AS x FROM pg.edges
SELECT id, CASE WHEN flag THEN day END AS x FROM pg.edges
SELECT id, CASE i2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE t END AS x FROM pg.edges
SELECT id, CASE WHEN t > c THEN t ELSE c END AS x FROM pg.edges
SELECT id, ifnull(i, 0) AS x FROM pg.edges
SELECT id, CASE WHEN gap > gap2 THEN gap ELSE gap2 END AS x FROM pg.edges
SELECT id, i IN (1, 2, i2) AS x FROM pg.edges
SELECT id FROM pg.edges WHERE i2 BETWEEN s AND s2
SELECT id FROM pg.edges WHERE t BETWEEN sub AND t2
