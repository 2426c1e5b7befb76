-- A LIMIT or OFFSET that is an integer under a cast becomes the integer.

-- given
SELECT id FROM shop.orders ORDER BY id LIMIT CAST(2 AS BIGINT)
-- becomes
SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders" ORDER BY "id" LIMIT 2

-- given
SELECT id FROM shop.orders ORDER BY id LIMIT CAST(2 AS INTEGER) OFFSET CAST(1 AS BIGINT)
-- becomes
SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders" ORDER BY "id" LIMIT 2 OFFSET 1

-- given
SELECT x.id FROM (SELECT id FROM shop.orders ORDER BY id LIMIT CAST(2 AS BIGINT)) x
-- becomes
SELECT "x"."id" AS "id" FROM (SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders" ORDER BY "id" LIMIT 2) AS "x"

-- given
SELECT id FROM shop.orders ORDER BY id LIMIT 2 OFFSET 1
-- becomes
unchanged

-- given
SELECT id FROM shop.orders ORDER BY id LIMIT 40 PERCENT
-- becomes
unchanged

-- given
SELECT id FROM shop.orders ORDER BY id LIMIT CAST('2' AS BIGINT)
-- becomes
unchanged
