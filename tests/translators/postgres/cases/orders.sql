-- the order of an index where there are no NULLs, and their place where there are
SELECT id FROM pg.g ORDER BY id DESC LIMIT 3
-- sends SELECT "g"."id" AS "id" FROM "public"."g" AS "g" ORDER BY "g"."id" DESC LIMIT 3
SELECT id, k FROM pg.g ORDER BY k DESC, id
-- sends SELECT "g"."id" AS "id", "g"."k" AS "k" FROM "public"."g" AS "g" ORDER BY "g"."k" DESC NULLS LAST, "g"."id" ASC
SELECT id, k FROM pg.g WHERE k > 1 ORDER BY k DESC, id
-- sends SELECT "g"."id" AS "id", "g"."k" AS "k" FROM "public"."g" AS "g" WHERE ("g"."k" > $1) ORDER BY "g"."k" DESC, "g"."id" ASC
SELECT id, k FROM pg.g WHERE k IS NOT NULL ORDER BY k DESC NULLS FIRST, id DESC NULLS FIRST
SELECT id, k FROM pg.g WHERE NOT (k IS NULL) AND flag ORDER BY k NULLS FIRST, id
SELECT id, k FROM pg.g WHERE k > 1 OR id < 9 ORDER BY k DESC, id
SELECT id, k FROM pg.g WHERE k > ALL (SELECT k FROM pg.nothing) ORDER BY k DESC, id
SELECT id, k FROM pg.g WHERE k >= ANY (SELECT k FROM pg.w) ORDER BY k DESC, id
SELECT k, count(*) AS n FROM pg.g WHERE k > 1 GROUP BY ROLLUP (k) ORDER BY k DESC
SELECT id, count(*) AS n FROM pg.w GROUP BY ROLLUP (id) ORDER BY id DESC
SELECT id, count(*) AS n FROM pg.w GROUP BY CUBE (id) ORDER BY id NULLS FIRST
SELECT w.id AS x, g.id AS y FROM pg.w LEFT JOIN pg.g ON g.id = w.k ORDER BY g.id DESC, w.id
SELECT w.id AS x, g.id AS y FROM pg.w LEFT JOIN pg.g ON g.id = w.k ORDER BY y NULLS FIRST, x DESC
SELECT q.i FROM (SELECT id AS i FROM pg.g ORDER BY id DESC LIMIT 5) q ORDER BY q.i DESC
SELECT name FROM pg.g ORDER BY name DESC, id LIMIT 7
SELECT t FROM pg.g WHERE t IS NOT NULL ORDER BY t DESC, id
SELECT id FROM pg.g UNION ALL SELECT k FROM pg.w ORDER BY id DESC
SELECT DISTINCT k FROM pg.g WHERE k < 4 ORDER BY k DESC
SELECT id, day FROM pg.g WHERE day BETWEEN DATE '2024-02-01' AND DATE '2024-03-01' ORDER BY day DESC, id
SELECT id, lag(k) OVER (ORDER BY k DESC, id) AS x FROM pg.g WHERE k IN (1, 2)
-- enums compare in their own type with their own values
SELECT id FROM pg.v WHERE mood = 'sad'
-- sends SELECT "v"."id" AS "id" FROM "public"."v" AS "v" WHERE ("v"."mood" = 'sad'::public.mood)
SELECT id FROM pg.v WHERE mood = 'angry'
SELECT id FROM pg.v WHERE mood <> 'angry'
SELECT id FROM pg.v WHERE mood <> 'sad'
SELECT id FROM pg.v WHERE mood IN ('sad', 'happy')
-- sends SELECT "v"."id" AS "id" FROM "public"."v" AS "v" WHERE ("v"."mood" IN ('sad'::public.mood, 'happy'::public.mood))
SELECT id FROM pg.v WHERE mood IN ('sad', 'angry')
SELECT id FROM pg.v WHERE mood NOT IN ('sad', 'angry')
SELECT id FROM pg.v WHERE mood = t OR mood > 'ok'
SELECT id FROM pg.v WHERE mood IS DISTINCT FROM 'ok'
SELECT mood, count(*) AS n FROM pg.v GROUP BY mood HAVING mood = 'ok' OR mood IS NULL ORDER BY mood
SELECT q.m FROM (SELECT mood AS m FROM pg.v) q WHERE q.m = 'sad'
SELECT id, CASE mood WHEN 'sad' THEN 1 WHEN 'angry' THEN 2 ELSE 3 END AS x FROM pg.v
SELECT id FROM pg.v WHERE mood = ANY (SELECT mood FROM pg.v WHERE id < 3)
SELECT fixed, count(*) AS n FROM pg.v GROUP BY fixed HAVING fixed = 'ab' OR fixed < 'b'
SELECT mood = 'sad' AS x, count(*) AS n FROM pg.v WHERE mood <> 'ok' GROUP BY mood
-- arrays of texts taken apart
SELECT u.x, count(*) AS n FROM pg.g, unnest(g.tags) u(x) GROUP BY u.x ORDER BY u.x DESC
SELECT DISTINCT u.x FROM pg.g, unnest(g.tags) u(x) WHERE u.x <> '' ORDER BY u.x
-- keys that are computed to constants
SELECT 0.5 * 0.5 AS x FROM pg.g ORDER BY 1
SELECT -0.5 * 0.5 AS x, id FROM pg.g ORDER BY 1, 2 DESC
SELECT id, k FROM pg.g ORDER BY CAST(2 AS INTEGER), id DESC
-- sends SELECT "g"."id" AS "id", "g"."k" AS "k" FROM "public"."g" AS "g" ORDER BY "g"."id" DESC
SELECT -((2.25 * 0.0000)) AS o, id FROM pg.g ORDER BY 1, id
