-- how a request is written
SELECT id FROM pg.v WHERE t = 'a'
-- sends SELECT "v"."id" AS "id" FROM "public"."v" AS "v" WHERE ("v"."t" = 'a'::text)
SELECT t FROM pg.v ORDER BY t LIMIT 1
-- sends SELECT "v"."t" AS "t" FROM "public"."v" AS "v" ORDER BY "v"."t" COLLATE "C" ASC NULLS LAST LIMIT 1
SELECT sum(n12) AS x, sum(i) AS y FROM pg.v
-- sends SELECT sum("v"."n12")::numeric(38,2)::text AS "x", sum("v"."i")::numeric::text AS "y" FROM "public"."v" AS "v"
SELECT id FROM pg.v WHERE fixed = 'ab'
-- sends SELECT "v"."id" AS "id" FROM "public"."v" AS "v" WHERE ("v"."fixed" = 'ab'::bpchar)
