-- Queries of one source go down whole where the store's meaning is DuckDB's.

-- query
SELECT * FROM shop.orders
-- plan
Fragment f0 on shop
  sends     SELECT "orders"."id" AS "id", "orders"."customer_id" AS "customer_id", "orders"."total"::text AS "total", "orders"."status" AS "status", "orders"."placed_at" AS "placed_at" FROM "public"."orders" AS "orders"
  does      projection
Residual: none, the fragment is the answer

-- query
SELECT id, total FROM shop.orders WHERE id = 7
-- plan
Fragment f0 on shop
  sends     SELECT "orders"."id" AS "id", "orders"."total"::text AS "total" FROM "public"."orders" AS "orders" WHERE ("orders"."id" = $1)
  binds     int4
  does      projection, filter
  expects   about 1 row, 24 bytes (query)
Residual: none, the fragment is the answer

-- query
SELECT status, count(*), sum(total) FROM shop.orders GROUP BY status ORDER BY 2 DESC LIMIT 3
-- plan
Fragment f0 on shop
  sends     SELECT "orders"."status" AS "status", count(*) AS "_col_1", sum("orders"."total")::numeric(38,2)::text AS "_col_2" FROM "public"."orders" AS "orders" GROUP BY "orders"."status" ORDER BY count(*) DESC NULLS LAST LIMIT 3
  does      projection, aggregate, group, order, limit
  expects   about 3 rows (query)
Residual: none, the fragment is the answer

-- query
SELECT o.id, l.sku FROM shop.orders o JOIN shop.lines l ON l.order_id = o.id WHERE l.quantity > 2
-- plan
Fragment f0 on shop
  sends     SELECT "o"."id" AS "id", "l"."sku" AS "sku" FROM "public"."orders" AS "o" JOIN "public"."lines" AS "l" ON ("l"."order_id" = "o"."id") WHERE ("l"."quantity" > 2)
  does      projection, join, filter
Residual: none, the fragment is the answer

-- query
SELECT id FROM shop.orders o WHERE EXISTS (SELECT * FROM shop.lines l WHERE l.order_id = o.id)
-- plan
Fragment f0 on shop
  sends     SELECT "o"."id" AS "id" FROM "public"."orders" AS "o" WHERE (EXISTS (SELECT "l"."order_id" AS "order_id", "l"."line" AS "line", "l"."sku" AS "sku", "l"."quantity" AS "quantity" FROM "public"."lines" AS "l" WHERE ("l"."order_id" = "o"."id")))
  does      projection, filter
Residual: none, the fragment is the answer

-- query
SELECT name, address.city FROM crm.customers WHERE country = 'PT'
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({"Country": {"$eq": "PT", "$not": {"$type": "array"}, "$type": "string"}}, {"_id": 1, "name": 1, "address": 1})
  does      projection, filter
Residual: none, the fragment is the answer

-- query
SELECT id, id FROM shop.orders
-- plan
Fragment f0 on shop
  sends     SELECT "orders"."id" AS "id", "orders"."id" AS "id_2" FROM "public"."orders" AS "orders"
  does      projection
Residual: none, the fragment is the answer

-- query
SELECT unnest(tags) AS tag, count(*) AS n FROM crm.customers GROUP BY 1 ORDER BY n DESC, tag LIMIT 3
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").aggregate([{"$set": {"c0": {"$cond": [{"$in": [{"$type": "$tags"}, ["array", "missing", "null", "undefined"]]}, "$tags", {"$toInt": {"$concat": ["foz misfit:crm.customers:tags:VARCHAR[]:", {"$type": "$tags"}, ":", {"$type": "$_id"}, ":", {"$convert": {"input": "$_id", "to": "string", "onError": "", "onNull": ""}}]}}]}}}, {"$unwind": "$c0"}, {"$group": {"_id": {"k0": {"$cond": [{"$in": [{"$type": "$c0"}, ["string", "missing", "null", "undefined"]]}, {"$ifNull": ["$c0", null]}, {"$toInt": {"$concat": ["foz misfit:crm.customers:c0:VARCHAR:", {"$type": "$c0"}, ":", {"$type": "$_id"}, ":", {"$convert": {"input": "$_id", "to": "string", "onError": "", "onNull": ""}}]}}]}}, "c1": {"$sum": 1}}}, {"$project": {"_id": 0, "c2": "$_id.k0", "c3": "$c1"}}, {"$set": {"c4": {"$cond": [{"$lte": ["$c2", null]}, 2, 0]}}}, {"$sort": {"c3": -1, "c4": 1, "c2": 1}}, {"$limit": 3}])
  does      projection, aggregate, join, group, order, limit
  expects   about 3 rows (query)
Residual: none, the fragment is the answer
