-- Subqueries, derived tables, CTEs and sides of set operations of one source go down by themselves; conditions enter them.

-- query
SELECT c.name, x.n FROM crm.customers c LEFT JOIN (SELECT customer_id, count(*) n FROM shop.orders GROUP BY customer_id) x ON x.customer_id = c._id
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Fragment f1 on shop
  sends     SELECT "orders"."customer_id" AS "customer_id", count(*) AS "n" FROM "public"."orders" AS "orders" GROUP BY "orders"."customer_id"
  does      projection, aggregate, group
Residual: SELECT "c"."name" AS "name", "x"."n" AS "n" FROM "f0" AS "c" LEFT JOIN (SELECT "f1"."customer_id" AS "customer_id", "f1"."n" AS "n" FROM "f1" AS "f1") AS "x" ON "x"."customer_id" = "c"."_id"
  not sent  crm, shop: what is over several sources is computed here

-- query
WITH big AS (SELECT * FROM shop.orders WHERE total > 100) SELECT c.name, big.id FROM big JOIN crm.customers c ON c._id = big.customer_id WHERE big.status = 'open'
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Fragment f1 on shop
  sends     SELECT "orders"."id" AS "id", "orders"."customer_id" AS "customer_id" FROM "public"."orders" AS "orders" WHERE ("orders"."total" > 100) AND ("orders"."status" = 'open'::text)
  does      projection, filter
Residual: WITH "big" AS (SELECT "f1"."id" AS "id", "f1"."customer_id" AS "customer_id" FROM "f1" AS "f1") SELECT "c"."name" AS "name", "big"."id" AS "id" FROM "big" AS "big" CROSS JOIN "f0" AS "c" WHERE "c"."_id" = "big"."customer_id"
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT name FROM crm.customers UNION ALL SELECT status FROM shop.orders WHERE id = 3
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Fragment f1 on shop
  sends     SELECT "orders"."status" AS "status" FROM "public"."orders" AS "orders" WHERE ("orders"."id" = $1)
  binds     int4
  does      projection, filter
  expects   about 1 row (query)
Residual: SELECT "f0"."name" AS "name" FROM "f0" AS "f0" UNION ALL SELECT "f1"."status" AS "status" FROM "f1" AS "f1"
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT name FROM crm.customers WHERE _id IN (SELECT customer_id FROM shop.orders WHERE total > 5)
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Fragment f1 on shop
  sends     SELECT "orders"."customer_id" AS "customer_id" FROM "public"."orders" AS "orders" WHERE ("orders"."total" > 5)
  does      projection, filter
Residual: SELECT "customers"."name" AS "name" FROM "f0" AS "customers" WHERE "customers"."_id" IN (SELECT "f1"."customer_id" AS "customer_id" FROM "f1" AS "f1")
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT x.name FROM (SELECT name, country, _id FROM crm.customers) x, shop.orders o WHERE x.country = 'PT' AND o.customer_id = x._id
-- plan
Fragment f0 on shop
  sends     SELECT "o"."customer_id" AS "customer_id" FROM "public"."orders" AS "o"
  does      projection
Fragment f1 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({"Country": {"$eq": "PT", "$not": {"$type": "array"}, "$type": "string"}}, {"_id": 1, "name": 1})
  does      projection, filter
Residual: SELECT "x"."name" AS "name" FROM (SELECT "f1"."name" AS "name", "f1"."_id" AS "_id" FROM "f1" AS "f1") AS "x", "f0" AS "o" WHERE "o"."customer_id" = "x"."_id"
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT x.n FROM (SELECT name n, row_number() OVER (ORDER BY score) r FROM crm.customers) x WHERE x.n = 'Ana'
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({"name": {"$eq": "Ana", "$not": {"$type": "array"}, "$type": "string"}}, {"_id": 1, "name": 1})
  does      projection, filter
Residual: SELECT "x"."n" AS "n" FROM (SELECT "f0"."n" AS "n" FROM "f0" AS "f0") AS "x"
  not sent  ROW_NUMBER() OVER (ORDER BY "customers"."score"): window functions need MongoDB 5.0
