-- integers
SELECT id, n + 1 AS x FROM s.t
SELECT id, 1 - i AS x FROM s.t
-- raises
SELECT id, n - id AS x FROM s.t
SELECT id, i * 2 AS x FROM s.t
-- raises
SELECT id, n * i AS x FROM s.t
SELECT id, -i AS x FROM s.t
-- raises
SELECT id, -n AS x FROM s.t
SELECT id, i + k AS x FROM s.t
-- raises
SELECT id, k + 1 AS x FROM s.t
-- raises
SELECT id, n // 2 AS x FROM s.t
SELECT id, n // -2 AS x FROM s.t
SELECT id, i // 3 AS x FROM s.t
SELECT id, n % 3 AS x FROM s.t
SELECT id, n + (1 + 10) AS x FROM s.t
SELECT id, n - (3 * -4) AS x FROM s.t
SELECT id, n % -3 AS x FROM s.t
SELECT id, i % 4 AS x FROM s.t
SELECT id, mod(n, 5) AS x FROM s.t
SELECT id, abs(i - 1) AS x FROM s.t
-- raises
SELECT id, abs(n) AS x FROM s.t
SELECT id, n // (i * 0 + 2) AS x FROM s.t
SELECT id, n % nullif(i, 0) AS x FROM s.t
SELECT id, nullif(n, n) // (k - k) AS x FROM s.t
SELECT id, nullif(n, n) % (k - k) AS x FROM s.t
SELECT id, (n + 1) * (i - 2) AS x FROM s.t
-- raises
SELECT id, CASE WHEN i > 0 THEN n + i END AS x FROM s.t
SELECT id, CASE WHEN i BETWEEN -99 AND 99 THEN -i END AS x FROM s.t
SELECT id, CASE WHEN i BETWEEN -99 AND 99 THEN i * 2 - 1 END AS x FROM s.t
SELECT id, CASE WHEN i BETWEEN -99 AND 99 THEN (n + 1) * (i - 2) END AS x FROM s.t
SELECT id, CASE WHEN k < 100 THEN k + 1 END AS x FROM s.t
SELECT id, n - CASE WHEN b THEN 1 ELSE 0 END AS x FROM s.t
SELECT id, -CASE WHEN b THEN n ELSE 0 END AS x FROM s.t
-- what DuckDB raises for
SELECT id, big + 1 AS x FROM s.t
-- raises
SELECT id, big - 10 AS x FROM s.t
-- raises
SELECT id, big * 2 AS x FROM s.t
-- raises
SELECT id, -big AS x FROM s.t
-- raises
SELECT id, abs(big) AS x FROM s.t
-- raises
SELECT id, n // i AS x FROM s.t
-- raises
SELECT id, n % i AS x FROM s.t
-- raises
SELECT id, big // -1 AS x FROM s.t
-- raises
SELECT id, n // 0 AS x FROM s.t
-- raises
SELECT id, n + (2147483647 + 1) AS x FROM s.t
-- refused Constants that may fail
-- decimals
SELECT id, p + 1 AS x FROM s.t
SELECT id, p + 0.5 AS x FROM s.t
SELECT id, p - q AS x FROM s.t
SELECT id, q - p AS x FROM s.t
SELECT id, p * 2 AS x FROM s.t
SELECT id, q * q AS x FROM s.t
SELECT id, p * q AS x FROM s.t
SELECT id, 1 - q AS x FROM s.t
SELECT id, p * (1 - q) AS x FROM s.t
SELECT id, CASE WHEN p < 1000 THEN p * (1 - q) * (1 + q) END AS x FROM s.t
SELECT id, p * (1 - q) * (1 + q) AS x FROM s.t
-- raises
SELECT id, -p AS x FROM s.t
SELECT id, abs(p) AS x FROM s.t
SELECT id, p % 2 AS x FROM s.t
SELECT id, q % 0.5 AS x FROM s.t
SELECT id, q + (0.06 - 0.01) AS x FROM s.t
SELECT id, q + (1.5 + 2) AS x FROM s.t
SELECT id, p / 2 AS x FROM s.t
SELECT id, q / 0.25 AS x FROM s.t
SELECT id, h * 1.0 AS x FROM s.t
-- floating-point numbers: none that may come to NaN
SELECT id, r + 1 AS x FROM s.t
SELECT id, r - 0.5 AS x FROM s.t
SELECT id, r * 2 AS x FROM s.t
SELECT id, r / 4 AS x FROM s.t
SELECT id, r / 0.1 AS x FROM s.t
SELECT id, 1 - r AS x FROM s.t
SELECT id, n * 0.5::DOUBLE AS x FROM s.t
SELECT id, n / 3 AS x FROM s.t
SELECT id, i / 7 AS x FROM s.t
SELECT id, n + r AS x FROM s.t
SELECT id, r + i AS x FROM s.t
SELECT id, -r AS x FROM s.t
SELECT id, abs(r) AS x FROM s.t
SELECT id, p / 3 AS x FROM s.t
SELECT id, n / 2 + i / 3 AS x FROM s.t
SELECT id, CAST(n AS DOUBLE) * CAST(i AS DOUBLE) AS x FROM s.t
-- left
SELECT id, r + r AS x FROM s.t
-- refused NaN as NULL
SELECT id, r * r AS x FROM s.t
-- refused NaN as NULL
SELECT id, r * 0 AS x FROM s.t
-- refused NaN as NULL
SELECT id, n / i AS x FROM s.t
-- refused division by zero
SELECT id, n / 0 AS x FROM s.t
-- refused division by zero
SELECT id, big * p AS x FROM s.t
-- refused too small
SELECT id, n + q AS x FROM s.t
-- refused too small
SELECT id, h + h AS x FROM s.t
-- refused too small
SELECT id, r % 2 AS x FROM s.t
-- refused for integers only
SELECT id, n ** 2 AS x FROM s.t
-- refused mathematical library
SELECT id, sqrt(n) AS x FROM s.t
-- refused NaN
SELECT id, n << 2 AS x FROM s.t
-- refused shifts beyond
SELECT id, bit_count(n) AS x FROM s.t
-- refused no such function
SELECT id, gcd(n, 3) AS x FROM s.t
-- refused no such function
SELECT id, sin(r) AS x FROM s.t
-- refused mathematical library
