-- The conditions of inner joins move to the WHERE; beside a RIGHT or FULL join they stay.

-- given
SELECT c.name, o.id FROM crm.customers c JOIN shop.orders o ON o.customer_id = c._id
-- becomes
SELECT "c"."name" AS "name", "o"."id" AS "id" FROM "crm"."crm"."customers" AS "c" CROSS JOIN "shop"."public"."orders" AS "o" WHERE "o"."customer_id" = "c"."_id"

-- given
SELECT c.name, o.id FROM crm.customers c JOIN shop.orders o ON o.customer_id = c._id AND o.total > 5 WHERE c.country = 'PT'
-- becomes
SELECT "c"."name" AS "name", "o"."id" AS "id" FROM "crm"."crm"."customers" AS "c" CROSS JOIN "shop"."public"."orders" AS "o" WHERE "o"."customer_id" = "c"."_id" AND "o"."total" > 5 AND "c"."country" = 'PT'

-- given
SELECT c.name, o.id, l.sku FROM crm.customers c JOIN shop.orders o ON o.customer_id = c._id LEFT JOIN shop.lines l ON l.order_id = o.id AND l.quantity > 4
-- becomes
SELECT "c"."name" AS "name", "o"."id" AS "id", "l"."sku" AS "sku" FROM "crm"."crm"."customers" AS "c" CROSS JOIN "shop"."public"."orders" AS "o" LEFT JOIN "shop"."public"."lines" AS "l" ON "l"."order_id" = "o"."id" AND "l"."quantity" > 4 WHERE "o"."customer_id" = "c"."_id"

-- given
SELECT c.name, o.id, l.sku FROM crm.customers c LEFT JOIN shop.orders o ON o.customer_id = c._id JOIN shop.lines l ON l.order_id = o.id OR o.id IS NULL
-- becomes
SELECT "c"."name" AS "name", "o"."id" AS "id", "l"."sku" AS "sku" FROM "crm"."crm"."customers" AS "c" LEFT JOIN "shop"."public"."orders" AS "o" ON "o"."customer_id" = "c"."_id" CROSS JOIN "shop"."public"."lines" AS "l" WHERE "l"."order_id" = "o"."id" OR "o"."id" IS NULL

-- given
SELECT o.id FROM shop.orders o WHERE EXISTS (SELECT 1 FROM shop.lines l JOIN crm.customers c ON c._id = o.customer_id WHERE l.order_id = o.id)
-- becomes
SELECT "o"."id" AS "id" FROM "shop"."public"."orders" AS "o" WHERE EXISTS(SELECT 1 AS "1" FROM "shop"."public"."lines" AS "l" CROSS JOIN "crm"."crm"."customers" AS "c" WHERE "c"."_id" = "o"."customer_id" AND "l"."order_id" = "o"."id")

-- given
SELECT c.name, o.id, l.sku FROM crm.customers c JOIN shop.orders o ON o.customer_id = c._id RIGHT JOIN shop.lines l ON l.order_id = o.id
-- becomes
unchanged

-- given
SELECT c.name, o.id, l.sku FROM crm.customers c JOIN shop.orders o ON o.customer_id = c._id FULL JOIN shop.lines l ON l.order_id = o.id
-- becomes
unchanged

-- given
SELECT c.name, o.id FROM crm.customers c LEFT JOIN shop.orders o ON o.customer_id = c._id AND o.total > 5
-- becomes
unchanged

-- given
SELECT c.name FROM crm.customers c SEMI JOIN shop.orders o ON o.customer_id = c._id
-- becomes
unchanged

-- given
SELECT c.name FROM crm.customers c ANTI JOIN shop.orders o ON o.customer_id = c._id
-- becomes
unchanged

-- given
SELECT c.name, o.id FROM crm.customers c CROSS JOIN shop.orders o
-- becomes
unchanged
