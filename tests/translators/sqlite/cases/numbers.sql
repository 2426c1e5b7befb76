-- rounding and signs
SELECT id, sign(n) AS x FROM s.t
SELECT id, sign(p) AS x FROM s.t
SELECT id, sign(r) AS x FROM s.t
SELECT id, floor(p) AS x FROM s.t
SELECT id, ceil(p) AS x FROM s.t
SELECT id, ceiling(p) AS x FROM s.t
SELECT id, ceiling(r) AS x FROM s.t
SELECT id, ceil(q) AS x FROM s.t
SELECT id, floor(q) AS x FROM s.t
SELECT id, trunc(q) AS x FROM s.t
SELECT id, round(q) AS x FROM s.t
SELECT id, round(p, 1) AS x FROM s.t
SELECT id, round(q, 2) AS x FROM s.t
SELECT id, round(q, 0) AS x FROM s.t
SELECT id, trunc(p, 1) AS x FROM s.t
SELECT id, floor(n) AS x FROM s.t
SELECT id, ceil(i) AS x FROM s.t
SELECT id, round(n) AS x FROM s.t
SELECT id, round(n, 2) AS x FROM s.t
SELECT id, floor(r) AS x FROM s.t
SELECT id, ceil(r) AS x FROM s.t
SELECT id, trunc(r) AS x FROM s.t
SELECT id, round(r) AS x FROM s.t
SELECT id, round(r, 1) AS x FROM s.t
SELECT id, round(r, 2) AS x FROM s.t
SELECT id, round(n / 3, 3) AS x FROM s.t
SELECT id, isnan(r) AS x FROM s.t
SELECT id, isinf(r) AS x FROM s.t
SELECT id, isfinite(r) AS x FROM s.t
SELECT id, n & 6 AS x FROM s.t
SELECT id, n | 8 AS x FROM s.t
SELECT id, xor(n, 3) AS x FROM s.t
SELECT id, ~n AS x FROM s.t
SELECT id, ~i AS x FROM s.t
SELECT id, ~n - n AS x FROM s.t
SELECT id, n - (~i // 2 - 1) AS x FROM s.t
SELECT id, n & i AS x FROM s.t
-- left
SELECT id, round(n, -1) AS x FROM s.t
-- refused left to the residual
SELECT id, round_even(r, 1) AS x FROM s.t
-- refused half-even
SELECT id, even(r) AS x FROM s.t
-- refused NaN
SELECT id, pi() AS x FROM s.t
-- refused mathematical library
SELECT id, ln(n) AS x FROM s.t
-- refused mathematical library
SELECT id, hash(n) AS x FROM s.t
-- refused its own
