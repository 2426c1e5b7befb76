-- The null side of an outer join keeps the conditions of the WHERE out; those of its own ON go in.

-- query
SELECT c.name, o.id FROM crm.customers c LEFT JOIN shop.orders o ON o.customer_id = c._id AND o.total > 5 WHERE c.country = 'PT'
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({"Country": {"$eq": "PT", "$not": {"$type": "array"}, "$type": "string"}}, {"_id": 1, "name": 1})
  does      projection, filter
Fragment f1 on shop
  sends     SELECT "o"."id" AS "id", "o"."customer_id" AS "customer_id" FROM "public"."orders" AS "o" WHERE ("o"."total" > 5)
  does      projection, filter
Residual: SELECT "c"."name" AS "name", "o"."id" AS "id" FROM "f0" AS "c" LEFT JOIN "f1" AS "o" ON "o"."customer_id" = "c"."_id"
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT c.name, o.id FROM crm.customers c LEFT JOIN shop.orders o ON o.customer_id = c._id WHERE o.total > 5
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Fragment f1 on shop
  sends     SELECT "o"."id" AS "id", "o"."customer_id" AS "customer_id", "o"."total"::text AS "total" FROM "public"."orders" AS "o"
  does      projection
Residual: SELECT "c"."name" AS "name", "o"."id" AS "id" FROM "f0" AS "c" LEFT JOIN "f1" AS "o" ON "o"."customer_id" = "c"."_id" WHERE "o"."total" > 5
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT c.name, o.id FROM crm.customers c RIGHT JOIN shop.orders o ON o.customer_id = c._id AND c.country = 'PT' WHERE o.total > 5
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({"Country": {"$eq": "PT", "$not": {"$type": "array"}, "$type": "string"}}, {"_id": 1, "name": 1})
  does      projection, filter
Fragment f1 on shop
  sends     SELECT "o"."id" AS "id", "o"."customer_id" AS "customer_id" FROM "public"."orders" AS "o" WHERE ("o"."total" > 5)
  does      projection, filter
Residual: SELECT "c"."name" AS "name", "o"."id" AS "id" FROM "f0" AS "c" RIGHT JOIN "f1" AS "o" ON "o"."customer_id" = "c"."_id"
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT c.name, o.id FROM crm.customers c FULL JOIN shop.orders o ON o.customer_id = c._id AND o.total > 5 WHERE c.country = 'PT'
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1, "Country": 1})
  does      projection
Fragment f1 on shop
  sends     SELECT "o"."id" AS "id", "o"."customer_id" AS "customer_id", "o"."total"::text AS "total" FROM "public"."orders" AS "o"
  does      projection
Residual: SELECT "c"."name" AS "name", "o"."id" AS "id" FROM "f0" AS "c" FULL JOIN "f1" AS "o" ON "o"."customer_id" = "c"."_id" AND "o"."total" > 5 WHERE "c"."country" = 'PT'
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT c.name, l.quantity, s.place FROM shop.lines l LEFT JOIN shop.stock s ON s.sku = l.sku AND s.amount > 3 JOIN crm.customers c ON c._id = l.sku WHERE l.quantity > 2 AND (s.place IS NULL OR s.place <> 'x')
-- plan
Fragment f0 on shop
  sends     SELECT "l"."sku" AS "l.sku", "l"."quantity" AS "l.quantity", "s"."place" AS "s.place" FROM "public"."lines" AS "l" LEFT JOIN "public"."stock" AS "s" ON (("s"."sku" = "l"."sku") AND ("s"."amount" > 3)) WHERE ("l"."quantity" > 2) AND (("s"."place" IS NULL) OR ("s"."place" <> 'x'::text))
  does      projection, join, filter
Fragment f1 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Residual: SELECT "c"."name" AS "name", "f0"."l.quantity" AS "quantity", "f0"."s.place" AS "place" FROM "f0" AS "f0" CROSS JOIN "f1" AS "c" WHERE "c"."_id" = "f0"."l.sku"
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT c.name, s.place, l.quantity FROM shop.stock s LEFT JOIN shop.lines l ON s.sku = l.sku JOIN crm.customers c ON c._id = s.sku
-- plan
Fragment f0 on shop
  sends     SELECT "s"."sku" AS "sku", "s"."place" AS "place" FROM "public"."stock" AS "s"
  does      projection
  expects   about 40000 rows, 980000 bytes (pg_stats, 3 min old)
Fragment f1 on shop
  sends     SELECT "l"."sku" AS "sku", "l"."quantity" AS "quantity" FROM "public"."lines" AS "l"
  does      projection
Fragment f2 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Residual: SELECT "c"."name" AS "name", "s"."place" AS "place", "l"."quantity" AS "quantity" FROM "f0" AS "s" LEFT JOIN "f1" AS "l" ON "s"."sku" = "l"."sku" CROSS JOIN "f2" AS "c" WHERE "c"."_id" = "s"."sku"
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT c.name, l.quantity, s.place, o.total FROM shop.orders o JOIN shop.lines l ON l.order_id = o.id JOIN crm.customers c ON c._id = o.customer_id LEFT JOIN shop.stock s ON s.sku = l.sku
-- plan
Fragment f0 on shop
  sends     SELECT "o"."customer_id" AS "o.customer_id", "o"."total"::text AS "o.total", "l"."quantity" AS "l.quantity", "s"."place" AS "s.place" FROM "public"."orders" AS "o" JOIN "public"."lines" AS "l" ON ("l"."order_id" = "o"."id") LEFT JOIN "public"."stock" AS "s" ON ("s"."sku" = "l"."sku")
  does      projection, join
Fragment f1 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Residual: SELECT "c"."name" AS "name", "f0"."l.quantity" AS "quantity", "f0"."s.place" AS "place", "f0"."o.total" AS "total" FROM "f0" AS "f0" CROSS JOIN "f1" AS "c" WHERE "c"."_id" = "f0"."o.customer_id"
  not sent  crm, shop: what is over several sources is computed here
