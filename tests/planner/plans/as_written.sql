-- A form that cannot be cut faithfully runs as it was written, over its tables.

-- query
SELECT COLUMNS('na.*') FROM crm.customers
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1, "Country": 1, "score": 1, "address": 1, "tags": 1})
  does      projection
Residual: SELECT COLUMNS('na.*') FROM "f0" AS "customers"
  not sent  the query: it has a form that DuckDB alone reads, and runs as it is written

-- query
SELECT o FROM shop.orders o, crm.customers c WHERE c._id = o.customer_id
-- plan
Fragment f0 on shop
  sends     SELECT "o"."id" AS "id", "o"."customer_id" AS "customer_id", "o"."total"::text AS "total", "o"."status" AS "status", "o"."placed_at" AS "placed_at" FROM "public"."orders" AS "o"
  does      projection
Fragment f1 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1, "Country": 1, "score": 1, "address": 1, "tags": 1})
  does      projection
Residual: SELECT o FROM "f0" o, "f1" c WHERE c._id = o.customer_id
  not sent  crm, shop: what is over several sources is computed here
  not sent  the query: it has a form that DuckDB alone reads, and runs as it is written

-- query
SELECT * FROM (shop.orders o JOIN crm.customers c ON c._id = o.customer_id)
-- plan
Fragment f0 on shop
  sends     SELECT "o"."id" AS "id", "o"."customer_id" AS "customer_id", "o"."total"::text AS "total", "o"."status" AS "status", "o"."placed_at" AS "placed_at" FROM "public"."orders" AS "o"
  does      projection
Fragment f1 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1, "Country": 1, "score": 1, "address": 1, "tags": 1})
  does      projection
Residual: SELECT * FROM ("f0" o JOIN "f1" c ON c._id = o.customer_id)
  not sent  crm, shop: what is over several sources is computed here
  not sent  the query: it has a form that DuckDB alone reads, and runs as it is written

-- query
FROM shop.orders TABLESAMPLE 10%
-- plan
Fragment f0 on shop
  sends     SELECT "orders"."id" AS "id", "orders"."customer_id" AS "customer_id", "orders"."total"::text AS "total", "orders"."status" AS "status", "orders"."placed_at" AS "placed_at" FROM "public"."orders" AS "orders"
  does      projection
Residual: FROM "f0" AS "orders" TABLESAMPLE 10%
  not sent  TABLESAMPLE SYSTEM (10 PERCENT): it samples
  not sent  the query: it has a form that DuckDB alone reads, and runs as it is written
Volatile: it samples

-- query
PIVOT shop.orders ON status IN ('open', 'paid') USING sum(total) GROUP BY customer_id
-- plan
Fragment f0 on shop
  sends     SELECT "orders"."id" AS "id", "orders"."customer_id" AS "customer_id", "orders"."total"::text AS "total", "orders"."status" AS "status", "orders"."placed_at" AS "placed_at" FROM "public"."orders" AS "orders"
  does      projection
Residual: SELECT * FROM (PIVOT "f0" AS "orders" ON status IN ('open', 'paid') USING sum(total) GROUP BY customer_id)
  not sent  the query: it has a form that DuckDB alone reads, and runs as it is written
