-- What is ordered and limited is read ordered and limited, though the store cannot compute the outputs.

-- query
SELECT upper(name), score + 1 AS next FROM crm.customers WHERE country = 'PT' ORDER BY score DESC LIMIT 3
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").aggregate([{"$match": {"Country": {"$eq": "PT", "$not": {"$type": "array"}, "$type": "string"}}}, {"$set": {"c0": {"$cond": [{"$eq": ["$score", NaN]}, -1, 0]}}}, {"$sort": {"c0": 1, "score": -1}}, {"$limit": 3}, {"$project": {"_id": 1, "name": 1, "score": 1}}])
  does      projection, filter, order, limit
  expects   about 3 rows (query)
Residual: SELECT UPPER("f0"."customers.name") AS "_col_0", "f0"."customers.score" + 1 AS "next" FROM "f0" AS "f0" ORDER BY "f0"."customers.score" DESC
  not sent  UPPER("customers"."name"): UPPER is not translated to MongoDB

-- query
SELECT upper(name) AS u FROM crm.customers ORDER BY u LIMIT 3
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Residual: SELECT UPPER("customers"."name") AS "u" FROM "f0" AS "customers" ORDER BY "u" LIMIT 3
  not sent  UPPER("customers"."name"): UPPER is not translated to MongoDB

-- query
SELECT regexp_extract(status, '[a-z]+') AS word FROM shop.orders ORDER BY id LIMIT 3 OFFSET 2
-- plan
Fragment f0 on shop
  sends     SELECT "orders"."status" AS "orders.status", "orders"."id" AS "orders.id" FROM "public"."orders" AS "orders" ORDER BY "orders"."id" ASC NULLS LAST LIMIT 3 OFFSET 2
  does      projection, order, limit, offset
  expects   about 3 rows (query)
Residual: SELECT REGEXP_EXTRACT("f0"."orders.status", '[a-z]+') AS "word" FROM "f0" AS "f0" ORDER BY "f0"."orders.id"
  not sent  REGEXP_EXTRACT("orders"."status", '[a-z]+'): REGEXP_EXTRACT is not pushed: PostgreSQL finds the longest match where DuckDB takes the first

-- query
SELECT id FROM shop.orders WHERE placed_at < DATE '2020-03-31' - INTERVAL 1 MONTH
-- plan
Fragment f0 on shop
  sends     SELECT "orders"."id" AS "id" FROM "public"."orders" AS "orders" WHERE ("orders"."placed_at" < '2020-02-29 00:00:00'::timestamp)
  does      projection, filter
Residual: none, the fragment is the answer
