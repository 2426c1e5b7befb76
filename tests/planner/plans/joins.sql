-- Across sources: each relation is read with what holds for it alone; relations of one source that join by key are joined there.

-- query
SELECT c.name, o.total FROM shop.orders o JOIN crm.customers c ON c._id = o.customer_id WHERE o.status = 'open' AND c.country = 'PT'
-- plan
Fragment f0 on shop
  sends     SELECT "o"."customer_id" AS "customer_id", "o"."total"::text AS "total" FROM "public"."orders" AS "o" WHERE ("o"."status" = 'open'::text)
  does      projection, filter
Fragment f1 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({"Country": {"$eq": "PT", "$not": {"$type": "array"}, "$type": "string"}}, {"_id": 1, "name": 1})
  does      projection, filter
Residual: SELECT "c"."name" AS "name", "o"."total" AS "total" FROM "f0" AS "o" CROSS JOIN "f1" AS "c" WHERE "c"."_id" = "o"."customer_id"
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT c.name, l.sku FROM crm.customers c JOIN shop.orders o ON o.customer_id = c._id JOIN shop.lines l ON l.order_id = o.id WHERE o.total + l.quantity > 4
-- plan
Fragment f0 on shop
  sends     SELECT "o"."customer_id" AS "o.customer_id", "l"."sku" AS "l.sku" FROM "public"."orders" AS "o" JOIN "public"."lines" AS "l" ON ("l"."order_id" = "o"."id") WHERE (("o"."total" + "l"."quantity") > 4)
  does      projection, join, filter
Fragment f1 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Residual: SELECT "c"."name" AS "name", "f0"."l.sku" AS "sku" FROM "f1" AS "c" CROSS JOIN "f0" AS "f0" WHERE "f0"."o.customer_id" = "c"."_id"
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT c.name, a.sku, b.sku FROM crm.customers c, shop.lines a, shop.lines b WHERE a.sku = b.sku AND c._id = a.sku
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Fragment f1 on shop
  sends     SELECT "a"."sku" AS "sku" FROM "public"."lines" AS "a"
  does      projection
Fragment f2 on shop
  sends     SELECT "b"."sku" AS "sku" FROM "public"."lines" AS "b"
  does      projection
Residual: SELECT "c"."name" AS "name", "a"."sku" AS "sku", "b"."sku" AS "sku" FROM "f0" AS "c", "f1" AS "a", "f2" AS "b" WHERE "a"."sku" = "b"."sku" AND "c"."_id" = "a"."sku"
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT c.name, o.id FROM crm.customers c JOIN shop.orders o ON o.customer_id = c._id WHERE o.id IN (SELECT order_id FROM shop.lines WHERE quantity > 9)
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Fragment f1 on shop
  sends     SELECT "o"."id" AS "id", "o"."customer_id" AS "customer_id" FROM "public"."orders" AS "o" WHERE ("o"."id" IN (SELECT "lines"."order_id" AS "order_id" FROM "public"."lines" AS "lines" WHERE ("lines"."quantity" > 9)))
  does      projection, filter
Residual: SELECT "c"."name" AS "name", "o"."id" AS "id" FROM "f0" AS "c" CROSS JOIN "f1" AS "o" WHERE "o"."customer_id" = "c"."_id"
  not sent  crm, shop: what is over several sources is computed here
