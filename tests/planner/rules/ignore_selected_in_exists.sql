-- What an EXISTS selects is not read, unless it decides whether there is a row.

-- given
SELECT o.id FROM shop.orders o WHERE EXISTS (SELECT l.sku FROM shop.lines l WHERE l.order_id = o.id)
-- becomes
SELECT "o"."id" AS "id" FROM "shop"."public"."orders" AS "o" WHERE EXISTS(SELECT 1 AS "1" FROM "shop"."public"."lines" AS "l" WHERE "l"."order_id" = "o"."id")

-- given
SELECT o.id FROM shop.orders o WHERE NOT EXISTS (SELECT * FROM shop.lines l WHERE l.order_id = o.id AND l.quantity > 4)
-- becomes
SELECT "o"."id" AS "id" FROM "shop"."public"."orders" AS "o" WHERE NOT EXISTS(SELECT 1 AS "1" FROM "shop"."public"."lines" AS "l" WHERE "l"."order_id" = "o"."id" AND "l"."quantity" > 4)

-- given
SELECT c.name FROM crm.customers c WHERE EXISTS (SELECT o.total + 1 FROM shop.orders o WHERE o.customer_id = c._id)
-- becomes
SELECT "c"."name" AS "name" FROM "crm"."crm"."customers" AS "c" WHERE EXISTS(SELECT 1 AS "1" FROM "shop"."public"."orders" AS "o" WHERE "o"."customer_id" = "c"."_id")

-- given
SELECT o.id FROM shop.orders o WHERE EXISTS (SELECT count(*) FROM shop.lines l WHERE l.order_id = o.id)
-- becomes
unchanged

-- given
SELECT o.id FROM shop.orders o WHERE EXISTS (SELECT max(l.quantity) FROM shop.lines l WHERE l.order_id = o.id HAVING max(l.quantity) > 4)
-- becomes
unchanged

-- given
SELECT o.id FROM shop.orders o WHERE EXISTS (SELECT l.sku FROM shop.lines l WHERE l.order_id = o.id GROUP BY l.sku HAVING count(*) > 1)
-- becomes
unchanged

-- given
SELECT o.id FROM shop.orders o WHERE EXISTS (SELECT l.sku FROM shop.lines l WHERE l.order_id = o.id LIMIT 0)
-- becomes
unchanged

-- given
SELECT o.id FROM shop.orders o WHERE EXISTS (SELECT l.sku FROM shop.lines l WHERE l.order_id = o.id ORDER BY l.line OFFSET 1)
-- becomes
unchanged

-- given
SELECT o.id FROM shop.orders o WHERE EXISTS (SELECT unnest(c.tags) FROM crm.customers c WHERE c._id = o.customer_id)
-- becomes
unchanged

-- given
SELECT o.id FROM shop.orders o WHERE EXISTS (SELECT l.sku FROM shop.lines l WHERE l.order_id = o.id UNION ALL SELECT c.name FROM crm.customers c)
-- becomes
unchanged

-- given
SELECT o.id FROM shop.orders o WHERE o.id IN (SELECT l.order_id FROM shop.lines l)
-- becomes
unchanged
