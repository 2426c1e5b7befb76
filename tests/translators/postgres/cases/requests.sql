-- how a request is written
SELECT id FROM pg.v WHERE t = 'a'
-- sends SELECT "v"."id" AS "id" FROM "public"."v" AS "v" WHERE ("v"."t" = $1)
SELECT t FROM pg.v ORDER BY t LIMIT 1
-- sends SELECT "v"."t" AS "t" FROM "public"."v" AS "v" ORDER BY "v"."t" COLLATE "C" ASC NULLS LAST LIMIT 1
SELECT sum(n12) AS x, sum(i) AS y FROM pg.v
-- sends SELECT sum("v"."n12")::numeric(38,2)::text AS "x", sum("v"."i")::numeric::text AS "y" FROM "public"."v" AS "v"
SELECT id FROM pg.v WHERE fixed = 'ab'
-- sends SELECT "v"."id" AS "id" FROM "public"."v" AS "v" WHERE ("v"."fixed" = $1)
SELECT id FROM pg.v WHERE day >= DATE '2020-01-01' AND n12 < 1.5 AND mood IN ('sad', 'ok')
-- sends SELECT "v"."id" AS "id" FROM "public"."v" AS "v" WHERE ("v"."day" >= $1) AND ("v"."n12" < $2) AND ("v"."mood" IN ('sad'::public.mood, 'ok'::public.mood))
SELECT count(*) AS n FROM pg.v WHERE t = 'a'
-- sends SELECT count(*) AS "n" FROM "public"."v" AS "v" WHERE ("v"."t" = 'a'::text)
SELECT id, i = 1 AS x FROM pg.v WHERE id = 5
-- sends SELECT "v"."id" AS "id", ("v"."i" = 1) AS "x" FROM "public"."v" AS "v" WHERE ("v"."id" = $1)
