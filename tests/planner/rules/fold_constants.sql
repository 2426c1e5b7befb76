-- Dates moved by intervals and sums of decimals are the values that DuckDB computes, of its types.

-- given
SELECT id FROM shop.orders WHERE placed_at >= DATE '2024-03-31' - INTERVAL 1 MONTH
-- becomes
SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."placed_at" >= CAST('2024-02-29 00:00:00' AS TIMESTAMP)

-- given
SELECT id FROM shop.orders WHERE placed_at < DATE '2023-02-28' + INTERVAL 1 YEAR
-- becomes
SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."placed_at" < CAST('2024-02-28 00:00:00' AS TIMESTAMP)

-- given
SELECT id FROM shop.orders WHERE placed_at < TIMESTAMP '2024-01-01 12:30:00' + INTERVAL 90 MINUTE
-- becomes
SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."placed_at" < CAST('2024-01-01 14:00:00' AS TIMESTAMP)

-- given
SELECT id, DATE '2024-02-29' + INTERVAL 4 YEAR AS d FROM shop.orders
-- becomes
SELECT "orders"."id" AS "id", CAST('2028-02-29 00:00:00' AS TIMESTAMP) AS "d" FROM "shop"."public"."orders" AS "orders"

-- given
SELECT id FROM shop.orders WHERE total BETWEEN 0.06 - 0.01 AND 0.06 + 0.01
-- becomes
SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."total" BETWEEN CAST('0.05' AS DECIMAL(4, 2)) AND CAST('0.07' AS DECIMAL(4, 2))

-- given
SELECT id, 0.06 - 0.01 AS a, 9.9 + 0.1 AS b, 1.005 - 2.1 AS c FROM shop.orders
-- becomes
SELECT "orders"."id" AS "id", CAST('0.05' AS DECIMAL(4, 2)) AS "a", CAST('10.0' AS DECIMAL(3, 1)) AS "b", CAST('-1.095' AS DECIMAL(5, 3)) AS "c" FROM "shop"."public"."orders" AS "orders"

-- given
SELECT id FROM shop.orders WHERE id > 1 + 1
-- becomes
unchanged

-- given
SELECT id, 1.5 + 1 AS a, 1.5e0 + 0.5 AS b FROM shop.orders
-- becomes
unchanged

-- given
SELECT id, 12345678901234567.5 + 0.5 AS a FROM shop.orders
-- becomes
unchanged

-- given
SELECT id, placed_at + INTERVAL 1 DAY AS d FROM shop.orders
-- becomes
unchanged

-- given
SELECT id, DATE '9999-12-31' + INTERVAL 1 DAY AS d FROM shop.orders
-- becomes
unchanged

-- given
SELECT id, DATE '2024-01-31' + 1 AS d FROM shop.orders
-- becomes
unchanged

-- given
SELECT id, total + 0.5 AS t FROM shop.orders
-- becomes
unchanged
