-- Each conjunct goes to its store or stays, with the reason; a store gets the columns of what stays.

-- query
SELECT id FROM shop.orders WHERE total > 5 AND regexp_matches(status, 'o.*n')
-- plan
Fragment f0 on shop
  sends     SELECT "orders"."id" AS "id" FROM "public"."orders" AS "orders" WHERE ("orders"."total" > 5) AND ("orders"."status" COLLATE "C" ~ 'o[^\n]*n')
  does      projection, filter
Residual: none, the fragment is the answer

-- query
SELECT name FROM crm.customers WHERE country = 'PT' AND upper(name) = 'ANA'
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({"Country": {"$eq": "PT", "$not": {"$type": "array"}, "$type": "string"}, "$expr": {"$and": [{"$in": [{"$type": "$name"}, ["string", "missing", "null", "undefined"]]}, {"$regexMatch": {"input": {"$cond": [{"$eq": [{"$type": "$name"}, "string"]}, "$name", null]}, "regex": "^(?:[Aa][Nn][Aa])\\z", "options": "s"}}]}}, {"_id": 1, "name": 1})
  does      projection, filter
Residual: none, the fragment is the answer

-- query
SELECT name FROM crm.customers WHERE country = 'PT' OR score > 3
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({"$or": [{"Country": {"$eq": "PT", "$not": {"$type": "array"}, "$type": "string"}}, {"score": {"$gt": Double(3), "$not": {"$type": "array"}, "$type": ["double", "int", "long"]}}, {"score": {"$eq": NaN, "$not": {"$type": "array"}, "$type": ["double", "int", "long"]}}]}, {"_id": 1, "name": 1})
  does      projection, filter
Residual: none, the fragment is the answer

-- query
SELECT id FROM shop.orders WHERE total > 5 AND random() < 0.5
-- plan
Fragment f0 on shop
  sends     SELECT "orders"."id" AS "id" FROM "public"."orders" AS "orders" WHERE ("orders"."total" > 5)
  does      projection, filter
Residual: SELECT "orders"."id" AS "id" FROM "f0" AS "orders" WHERE RANDOM() < 0.5
  not sent  RANDOM(): it is random
Volatile: it is random
