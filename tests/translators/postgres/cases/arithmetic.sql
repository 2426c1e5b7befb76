-- arithmetic
SELECT id, i + 1 AS a, i - s AS b, i * -1 AS c, -i AS d, abs(i) AS e, s + 1 AS f, s - s AS g, b - 1 AS h FROM pg.v WHERE b < 100
SELECT id, i // 2 AS a, i // -2 AS b, i % 3 AS c, s % 2 AS d, b // 10 AS e FROM pg.v
SELECT id, n12 + 1 AS a, n12 - n15 AS b, n12 * n4 AS c, n12 * i AS d, -n12 AS e, abs(n12) AS f, n12 * 0.5 AS g FROM pg.v WHERE id < 90
SELECT id, n12 + n38 AS a, n4 * n4 * n4 AS b, 100.00 * n4 AS c, (1 - n4) * (1 + n4) AS d FROM pg.v
SELECT id, i / 2 AS a, n12 / 3 AS b, i / 7.0 AS c, i / s AS d, n12 / n4 AS e, b / 3 AS f FROM pg.v
SELECT id, i * 0.5e0 AS a, n4 * 1.5e0 + 2 AS b, i / 3 * 100 AS c FROM pg.v
SELECT id, CASE WHEN i > 1 THEN n12 ELSE 0 END AS a, CASE i WHEN 1 THEN 'one' WHEN 2 THEN 'two' END AS b FROM pg.v
SELECT id, coalesce(i, 0) AS a, coalesce(s, 1, 2) AS b, nullif(i, 1) AS c, coalesce(n12, i) AS d, coalesce(n12, d) AS e FROM pg.v
SELECT id, CASE WHEN flag THEN s ELSE 1 END AS a, CASE WHEN flag THEN 1 ELSE 2.5 END AS b, if(flag, i, b) AS c FROM pg.v
SELECT id, i::BIGINT AS a, i::DECIMAL(12, 2) AS b, i::DOUBLE AS c, n12::DOUBLE AS e, n38::DOUBLE AS f, f::DOUBLE AS g, i::VARCHAR AS h FROM pg.v
