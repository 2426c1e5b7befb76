-- Conditions on a derived table or a CTE move into it, as deep as they can.

-- given
SELECT x.n FROM (SELECT id AS n, status FROM shop.orders) x WHERE x.n > 2 AND x.status = 'open'
-- becomes
SELECT "x"."n" AS "n" FROM (SELECT "orders"."id" AS "n", "orders"."status" AS "status" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."id" > 2 AND "orders"."status" = 'open') AS "x"

-- given
WITH x AS (SELECT id AS n FROM shop.orders) SELECT x.n FROM x WHERE x.n > 2
-- becomes
WITH "x" AS (SELECT "orders"."id" AS "n" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."id" > 2) SELECT "x"."n" AS "n" FROM "x" AS "x"

-- given
SELECT y.m FROM (SELECT x.n AS m FROM (SELECT id AS n FROM shop.orders) x) y WHERE y.m IN (1, 5)
-- becomes
SELECT "y"."m" AS "m" FROM (SELECT "x"."n" AS "m" FROM (SELECT "orders"."id" AS "n" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."id" IN (1, 5)) AS "x") AS "y"

-- given
SELECT x.a FROM (SELECT id AS a FROM shop.orders UNION ALL SELECT order_id FROM shop.lines) x WHERE x.a = 1
-- becomes
SELECT "x"."a" AS "a" FROM (SELECT "orders"."id" AS "a" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."id" = 1 UNION ALL SELECT "lines"."order_id" AS "order_id" FROM "shop"."public"."lines" AS "lines" WHERE "lines"."order_id" = 1) AS "x"

-- given
SELECT x.n, c.name FROM (SELECT id AS n, customer_id AS k FROM shop.orders) x JOIN crm.customers c ON c._id = x.k WHERE x.n < 3
-- becomes
SELECT "x"."n" AS "n", "c"."name" AS "name" FROM (SELECT "orders"."id" AS "n", "orders"."customer_id" AS "k" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."id" < 3) AS "x" JOIN "crm"."crm"."customers" AS "c" ON "c"."_id" = "x"."k"

-- given
SELECT c.name, x.n FROM crm.customers c LEFT JOIN (SELECT id AS n, customer_id AS k FROM shop.orders) x ON x.k = c._id AND x.n > 1
-- becomes
SELECT "c"."name" AS "name", "x"."n" AS "n" FROM "crm"."crm"."customers" AS "c" LEFT JOIN (SELECT "orders"."id" AS "n", "orders"."customer_id" AS "k" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."id" > 1) AS "x" ON "x"."k" = "c"."_id"

-- given
SELECT x.n FROM (SELECT id AS n, status AS s FROM shop.orders) x WHERE x.s IS NULL
-- becomes
SELECT "x"."n" AS "n" FROM (SELECT "orders"."id" AS "n", "orders"."status" AS "s" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."status" IS NULL) AS "x"

-- given
SELECT c.name, x.n FROM crm.customers c LEFT JOIN (SELECT id AS n, customer_id AS k FROM shop.orders) x ON x.k = c._id WHERE x.n IS NULL
-- becomes
unchanged

-- given
SELECT c.name, x.n FROM crm.customers c FULL JOIN (SELECT id AS n, customer_id AS k FROM shop.orders) x ON x.k = c._id WHERE x.n > 1
-- becomes
unchanged

-- given
SELECT x.n FROM (SELECT id AS n FROM shop.orders ORDER BY id LIMIT 2) x WHERE x.n > 1
-- becomes
unchanged

-- given
SELECT x.s FROM (SELECT status AS s, count(*) AS n FROM shop.orders GROUP BY status) x WHERE x.n > 1
-- becomes
unchanged

-- given
SELECT x.m FROM (SELECT max(total) AS m FROM shop.orders) x WHERE x.m > 100
-- becomes
unchanged

-- given
SELECT x.n FROM (SELECT id AS n, row_number() OVER (ORDER BY id) AS r FROM shop.orders) x WHERE x.n > 2
-- becomes
unchanged

-- given
SELECT x.s FROM (SELECT DISTINCT status AS s FROM shop.orders) x WHERE x.s = 'open'
-- becomes
unchanged

-- given
SELECT x.n FROM (SELECT id + 1 AS n FROM shop.orders) x WHERE x.n > 2
-- becomes
unchanged

-- given
WITH x AS (SELECT id AS n FROM shop.orders) SELECT a.n FROM x a, x b WHERE a.n > 2 AND b.n = 1
-- becomes
unchanged

-- given
SELECT x.t FROM (SELECT unnest(tags) AS t, name AS n FROM crm.customers) x WHERE x.n = 'Ana'
-- becomes
unchanged

-- given
SELECT x.a FROM (SELECT id AS a FROM shop.orders UNION SELECT order_id FROM shop.lines) x WHERE x.a = 1
-- becomes
unchanged

-- given
SELECT x.a FROM (SELECT id AS a FROM shop.orders UNION ALL SELECT quantity FROM shop.lines) x WHERE x.a = 5
-- becomes
unchanged

-- given
SELECT x.a FROM (SELECT id AS a, total AS b FROM shop.orders UNION ALL BY NAME SELECT quantity AS b, order_id AS a FROM shop.lines) x WHERE x.a = 1
-- becomes
SELECT "x"."a" AS "a" FROM (SELECT "orders"."id" AS "a", "orders"."total" AS "b" FROM "shop"."public"."orders" AS "orders" WHERE "orders"."id" = 1 UNION ALL SELECT "lines"."order_id" AS "a", "lines"."quantity" AS "b" FROM "shop"."public"."lines" AS "lines" WHERE "lines"."order_id" = 1) AS "x"

-- given
SELECT x.n FROM (SELECT id AS n FROM shop.orders) x WHERE x.n > (SELECT min(l.order_id) FROM shop.lines l WHERE l.order_id = x.n) - 1
-- becomes
unchanged
