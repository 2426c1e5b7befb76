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
SELECT "orders"."id" AS "id", CAST('2.5' AS DECIMAL(12, 1)) AS "a", 1.5e0 + 0.5 AS "b" FROM "shop"."public"."orders" AS "orders"

-- given
SELECT id, 12345678901234567.5 + 0.5 AS a FROM shop.orders
-- becomes
SELECT "orders"."id" AS "id", CAST('12345678901234568.0' AS DECIMAL(19, 1)) AS "a" FROM "shop"."public"."orders" AS "orders"

-- given
SELECT id, placed_at + INTERVAL 1 DAY AS d FROM shop.orders
-- becomes
unchanged

-- given
SELECT id, DATE '9999-12-31' + INTERVAL 1 DAY AS d FROM shop.orders
-- becomes
SELECT "orders"."id" AS "id", CAST('10000-01-01 00:00:00' AS TIMESTAMP) AS "d" FROM "shop"."public"."orders" AS "orders"

-- given
SELECT id, DATE '2024-01-31' + 1 AS d FROM shop.orders
-- becomes
SELECT "orders"."id" AS "id", CAST('2024-02-01' AS DATE) AS "d" FROM "shop"."public"."orders" AS "orders"

-- given
SELECT id, total + 0.5 AS t FROM shop.orders
-- becomes
unchanged

-- given
SELECT id FROM shop.orders WHERE placed_at >= date_trunc('month', DATE '2024-05-17') AND placed_at < last_day(DATE '2024-05-17')
-- becomes
SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."placed_at" >= CAST('2024-05-01 00:00:00' AS TIMESTAMP) AND "orders"."placed_at" < CAST('2024-05-31' AS DATE)

-- given
SELECT id FROM shop.orders WHERE placed_at > TIMESTAMPTZ '2024-05-17 12:00:00+02' - INTERVAL 30 DAY
-- becomes
SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."placed_at" > CAST('2024-04-17 10:00:00+00' AS TIMESTAMPTZ)

-- given
SELECT id FROM shop.orders WHERE placed_at > TIMESTAMPTZ '2024-05-17 12:00:00+02'
-- becomes
SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."placed_at" > CAST('2024-05-17 10:00:00+00' AS TIMESTAMPTZ)

-- given
SELECT id FROM shop.orders WHERE year(placed_at) = year(DATE '2024-05-17') AND status = strftime(DATE '2024-05-17', '%Y-%m')
-- becomes
SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders" WHERE YEAR("orders"."placed_at") = CAST('2024' AS BIGINT) AND "orders"."status" = CAST('2024-05' AS TEXT)

-- given
SELECT id FROM shop.orders WHERE placed_at > make_date(2024, 2, 30) AND placed_at > make_date(2024, 2, 28) + 2
-- becomes
SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."placed_at" > MAKE_DATE(2024, 2, 30) AND "orders"."placed_at" > CAST('2024-03-01' AS DATE)

-- given
SELECT id FROM shop.orders WHERE placed_at > DATE '2024-05-17' AND id > 2 * (3 + 4) AND status = 'a' || 'b'
-- becomes
unchanged
