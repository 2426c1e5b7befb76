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
