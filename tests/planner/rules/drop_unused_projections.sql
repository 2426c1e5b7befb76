-- Derived tables and CTEs lose the columns that nobody reads, and keep their rows.

-- given
SELECT x.id FROM (SELECT id, total, status FROM shop.orders) x
-- becomes
SELECT "x"."id" AS "id" FROM (SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders") AS "x"

-- given
WITH x AS (SELECT id, status, total FROM shop.orders) SELECT a.id, b.status FROM x a JOIN x b ON a.id = b.id
-- becomes
WITH "x" AS (SELECT "orders"."id" AS "id", "orders"."status" AS "status" FROM "shop"."public"."orders" AS "orders") SELECT "a"."id" AS "id", "b"."status" AS "status" FROM "x" AS "a" JOIN "x" AS "b" ON "a"."id" = "b"."id"

-- given
SELECT count(*) FROM (SELECT id, status FROM shop.orders) x
-- becomes
SELECT COUNT(*) AS "_col_0" FROM (SELECT 1 AS _ FROM "shop"."public"."orders" AS "orders") AS "x"

-- given
SELECT x.sku FROM (SELECT sku, count(*) AS n, sum(quantity) AS q FROM shop.lines GROUP BY sku) x
-- becomes
SELECT "x"."sku" AS "sku" FROM (SELECT "lines"."sku" AS "sku" FROM "shop"."public"."lines" AS "lines" GROUP BY "lines"."sku") AS "x"

-- given
SELECT x.id FROM (SELECT id, row_number() OVER (ORDER BY total, id) AS n FROM shop.orders) x
-- becomes
SELECT "x"."id" AS "id" FROM (SELECT "orders"."id" AS "id" FROM "shop"."public"."orders" AS "orders") AS "x"

-- given
SELECT x.status FROM (SELECT DISTINCT status, total FROM shop.orders) x
-- becomes
unchanged

-- given
SELECT x.a FROM (SELECT id AS a, customer_id AS b FROM shop.orders UNION SELECT order_id, sku FROM shop.lines) x
-- becomes
unchanged

-- given
SELECT x.a FROM (SELECT id AS a, customer_id AS b FROM shop.orders UNION ALL SELECT order_id, sku FROM shop.lines) x
-- becomes
SELECT "x"."a" AS "a" FROM (SELECT "orders"."id" AS "a" FROM "shop"."public"."orders" AS "orders" UNION ALL SELECT "lines"."order_id" AS "order_id" FROM "shop"."public"."lines" AS "lines") AS "x"

-- given
SELECT x.id FROM (SELECT id, total FROM shop.orders ORDER BY total, id LIMIT 2) x
-- becomes
unchanged

-- given
SELECT x.m FROM (SELECT max(total) AS m, count(*) AS n FROM shop.orders) x
-- becomes
SELECT "x"."m" AS "m" FROM (SELECT MAX("orders"."total") AS "m" FROM "shop"."public"."orders" AS "orders") AS "x"

-- given
SELECT c.name FROM crm.customers c LEFT JOIN (SELECT customer_id, total FROM shop.orders) x ON x.customer_id = c._id
-- becomes
SELECT "c"."name" AS "name" FROM "crm"."crm"."customers" AS "c" LEFT JOIN (SELECT "orders"."customer_id" AS "customer_id" FROM "shop"."public"."orders" AS "orders") AS "x" ON "x"."customer_id" = "c"."_id"

-- given
SELECT x.id FROM (SELECT id FROM shop.orders) x
-- becomes
unchanged

-- given
SELECT x.id, x.total FROM (SELECT id, total FROM shop.orders) x
-- becomes
unchanged
