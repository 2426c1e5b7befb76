-- What a fragment is expected to give, where statistics or the query's own form tell it. The statistics were taken three minutes ago.

-- query
SELECT sku FROM shop.stock
-- plan
Fragment f0 on shop
  sends     SELECT "stock"."sku" AS "sku" FROM "public"."stock" AS "stock"
  does      projection
  expects   about 40000 rows, 640000 bytes (pg_stats, 3 min old)
Residual: none, the fragment is the answer

-- query
SELECT sku FROM shop.stock WHERE place = 'Lisbon'
-- plan
Fragment f0 on shop
  sends     SELECT "stock"."sku" AS "sku" FROM "public"."stock" AS "stock" WHERE ("stock"."place" = 'Lisbon'::text)
  does      projection, filter
  expects   about 20000 rows, 320000 bytes (pg_stats, 3 min old)
Residual: none, the fragment is the answer

-- query
SELECT sku, amount FROM shop.stock WHERE amount > 100 AND place IS NULL
-- plan
Fragment f0 on shop
  sends     SELECT "stock"."sku" AS "sku", "stock"."amount" AS "amount" FROM "public"."stock" AS "stock" WHERE ("stock"."amount" > 100) AND ("stock"."place" IS NULL)
  does      projection, filter
  expects   about 3322 rows, 66440 bytes (pg_stats, 3 min old)
Residual: none, the fragment is the answer

-- query
SELECT * FROM shop.stock WHERE sku = 'a-1'
-- plan
Fragment f0 on shop
  sends     SELECT "stock"."sku" AS "sku", "stock"."place" AS "place", "stock"."amount" AS "amount" FROM "public"."stock" AS "stock" WHERE ("stock"."sku" = $1)
  binds     text
  does      projection, filter
  expects   about 1 row, 28 bytes (pg_stats, 3 min old)
Residual: none, the fragment is the answer

-- query
SELECT place, sum(amount) FROM shop.stock GROUP BY place
-- plan
Fragment f0 on shop
  sends     SELECT "stock"."place" AS "place", sum("stock"."amount")::numeric::text AS "_col_1" FROM "public"."stock" AS "stock" GROUP BY "stock"."place"
  does      projection, aggregate, group
  expects   about 4 rows, 98 bytes (pg_stats, 3 min old)
Residual: none, the fragment is the answer

-- query
SELECT sku FROM shop.stock WHERE amount % 7 = 2
-- plan
Fragment f0 on shop
  sends     SELECT "stock"."sku" AS "sku" FROM "public"."stock" AS "stock" WHERE (("stock"."amount" % 7) = 2)
  does      projection, filter
  expects   about 200 rows, 3200 bytes (pg_stats, 1 condition guessed, 3 min old)
Residual: none, the fragment is the answer

-- query
SELECT s.sku, c.name FROM shop.stock s JOIN crm.customers c ON c."Country" = s.place WHERE s.amount <= 10
-- plan
Fragment f0 on shop
  sends     SELECT "s"."sku" AS "sku", "s"."place" AS "place" FROM "public"."stock" AS "s" WHERE ("s"."amount" <= 10)
  does      projection, filter
  expects   about 13378 rows, 327761 bytes (pg_stats, 3 min old)
Fragment f1 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1, "Country": 1})
  does      projection
Residual: SELECT "s"."sku" AS "sku", "c"."name" AS "name" FROM "f0" AS "s" CROSS JOIN "f1" AS "c" WHERE "c"."country" = "s"."place"
  not sent  crm, shop: what is over several sources is computed here

-- query
SELECT count(*) FROM crm.customers
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "score": 1})
  does      projection
Residual: SELECT COUNT(*) AS "_col_0" FROM "f0" AS "customers"
  not sent  COUNT(*): an aggregate of everything needs MongoDB 6.0

-- query
SELECT name FROM crm.customers LIMIT 5
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1}).limit(5)
  does      projection, limit
  expects   about 5 rows (query)
Residual: none, the fragment is the answer

-- query
SELECT name FROM crm.customers
-- plan
Fragment f0 on crm
  sends     db.getSiblingDB("crm").getCollection("customers").find({}, {"_id": 1, "name": 1})
  does      projection
Residual: none, the fragment is the answer
