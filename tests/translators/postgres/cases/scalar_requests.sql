-- what PostgreSQL is sent for each family of functions
SELECT length(t) AS x FROM pg.edges
-- sends SELECT length("edges"."t")::int8 AS "x" FROM "public"."edges" AS "edges"
SELECT ascii(t) AS x FROM pg.edges
-- sends SELECT ascii("edges"."t") AS "x" FROM "public"."edges" AS "edges"
SELECT unicode(t) AS x FROM pg.edges
-- sends SELECT (CASE WHEN "edges"."t" = '' THEN -1 ELSE ascii("edges"."t") END) AS "x" FROM "public"."edges" AS "edges"
SELECT substring(t, 2, 3) AS x FROM pg.edges
-- sends SELECT substr("edges"."t", 2, 3) AS "x" FROM "public"."edges" AS "edges"
SELECT substring(t, -2) AS x FROM pg.edges
-- sends SELECT substr("edges"."t", (CASE WHEN (-2)::int4 < 0 THEN length("edges"."t") + (-2)::int4 + 1 ELSE (-2)::int4 END)) AS "x" FROM "public"."edges" AS "edges"
SELECT left(t, 2) AS x FROM pg.edges
-- sends SELECT "left"("edges"."t", 2) AS "x" FROM "public"."edges" AS "edges"
SELECT lpad(t, 6, '*') AS x FROM pg.edges
-- sends SELECT lpad("edges"."t", 6, '*'::text) AS "x" FROM "public"."edges" AS "edges"
SELECT repeat(t, 2) AS x FROM pg.edges
-- sends SELECT repeat("edges"."t", 2) AS "x" FROM "public"."edges" AS "edges"
SELECT replace(t, sub, 'x') AS x FROM pg.edges
-- sends SELECT replace("edges"."t", "edges"."sub", 'x'::text) AS "x" FROM "public"."edges" AS "edges"
SELECT replace(t, c, 'x') AS x FROM pg.edges
-- sends SELECT replace("edges"."t" COLLATE "C", "edges"."c", 'x'::text) AS "x" FROM "public"."edges" AS "edges"
SELECT trim(t, 'x') AS x FROM pg.edges
-- sends SELECT btrim("edges"."t", 'x'::text) AS "x" FROM "public"."edges" AS "edges"
SELECT split_part(t, ',', -1) AS x FROM pg.edges
-- sends SELECT split_part("edges"."t", ','::text, -1) AS "x" FROM "public"."edges" AS "edges"
SELECT strpos(t, sub) AS x FROM pg.edges
-- sends SELECT strpos("edges"."t", "edges"."sub")::int8 AS "x" FROM "public"."edges" AS "edges"
SELECT starts_with(t, 'a') AS x FROM pg.edges
-- sends SELECT starts_with("edges"."t", 'a'::text) AS "x" FROM "public"."edges" AS "edges"
SELECT ends_with(t, sub) AS x FROM pg.edges
-- sends SELECT ("right"("edges"."t", length("edges"."sub")) = "edges"."sub") AS "x" FROM "public"."edges" AS "edges"
SELECT contains(t, 'a') AS x FROM pg.edges
-- sends SELECT (strpos("edges"."t", 'a'::text) > 0) AS "x" FROM "public"."edges" AS "edges"
SELECT overlay(t PLACING 'x' FROM 2) AS x FROM pg.edges
-- sends SELECT overlay("edges"."t" PLACING 'x'::text FROM 2) AS "x" FROM "public"."edges" AS "edges"
SELECT t || c AS x FROM pg.edges
-- sends SELECT ("edges"."t" COLLATE "C" || "edges"."c") AS "x" FROM "public"."edges" AS "edges"
SELECT concat(t, i) AS x FROM pg.edges
-- sends SELECT concat("edges"."t", "edges"."i"::text) AS "x" FROM "public"."edges" AS "edges"
SELECT concat_ws(',', t, flag) AS x FROM pg.edges
-- sends SELECT concat_ws(','::text, "edges"."t", "edges"."flag"::text) AS "x" FROM "public"."edges" AS "edges"
SELECT md5(t) AS x FROM pg.edges
-- sends SELECT md5(convert_to("edges"."t", 'UTF8')) AS "x" FROM "public"."edges" AS "edges"
SELECT hex(b) AS x FROM pg.edges
-- sends SELECT translate(to_hex("edges"."b"), 'abcdef', 'ABCDEF') AS "x" FROM "public"."edges" AS "edges"
SELECT base64(raw) AS x FROM pg.edges
-- sends SELECT translate(encode("edges"."raw", 'base64'), chr(10), '') AS "x" FROM "public"."edges" AS "edges"
SELECT id FROM pg.edges WHERE lower(t) = 'abc'
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE (translate(lower("edges"."t" COLLATE "C"), 'İK', 'ik') = 'abc'::text)
SELECT id FROM pg.edges WHERE upper(t) IN ('A', 'B')
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE (translate(upper("edges"."t" COLLATE "C"), 'ıſ', 'IS') IN ('A'::text, 'B'::text))
SELECT id FROM pg.edges WHERE t ILIKE '%k'
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE (translate(lower("edges"."t" COLLATE "C"), 'İK', 'ik') LIKE '%k' ESCAPE '')
SELECT id FROM pg.edges WHERE lower(t) LIKE 'a%'
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE (translate(lower("edges"."t" COLLATE "C"), 'İK', 'ik') LIKE 'a%'::text ESCAPE '')
SELECT id FROM pg.edges WHERE t LIKE c
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE ("edges"."t" COLLATE "C" LIKE "edges"."c" ESCAPE '')
SELECT id FROM pg.edges WHERE regexp_matches(t, '^\d+[a-c]?')
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE ("edges"."t" COLLATE "C" ~ '^[0-9]+[a-c]?')
SELECT id FROM pg.edges WHERE regexp_full_match(t, 'a.b')
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE ("edges"."t" COLLATE "C" ~ '^(?:a[^\n]b)$')
SELECT sign(d) AS x FROM pg.edges
-- sends SELECT (CASE WHEN "edges"."d" = 'NaN' THEN 0 ELSE sign("edges"."d") END)::int2 AS "x" FROM "public"."edges" AS "edges"
SELECT ceil(n12) AS x FROM pg.edges
-- sends SELECT ceil("edges"."n12")::text AS "x" FROM "public"."edges" AS "edges"
SELECT floor(d) AS x FROM pg.edges
-- sends SELECT floor("edges"."d") AS "x" FROM "public"."edges" AS "edges"
SELECT round(d) AS x FROM pg.edges
-- sends SELECT (CASE WHEN abs("edges"."d" - trunc("edges"."d")) = 0.5 THEN trunc("edges"."d") + sign("edges"."d") ELSE round("edges"."d") END) AS "x" FROM "public"."edges" AS "edges"
SELECT round(d, 2) AS x FROM pg.edges
-- sends SELECT (CASE WHEN abs("edges"."d") < 1e306::float8 THEN (CASE WHEN abs(("edges"."d" * 1e2::float8) - trunc(("edges"."d" * 1e2::float8))) = 0.5 THEN trunc(("edges"."d" * 1e2::float8)) + sign(("edges"."d" * 1e2::float8)) ELSE round(("edges"."d" * 1e2::float8)) END) / 1e2::float8 ELSE "edges"."d" END) AS "x" FROM "public"."edges" AS "edges"
SELECT round(n12, 1) AS x FROM pg.edges
-- sends SELECT round("edges"."n12", 1)::text AS "x" FROM "public"."edges" AS "edges"
SELECT round(i, -2) AS x FROM pg.edges
-- sends SELECT round("edges"."i"::numeric, -2)::int4 AS "x" FROM "public"."edges" AS "edges"
SELECT trunc(n12) AS x FROM pg.edges
-- sends SELECT trunc("edges"."n12")::text AS "x" FROM "public"."edges" AS "edges"
SELECT sqrt(d) AS x FROM pg.edges
-- sends SELECT (CASE WHEN "edges"."d" < 0 THEN 'NaN'::float8 ELSE sqrt("edges"."d") END) AS "x" FROM "public"."edges" AS "edges"
SELECT gcd(i, i2) AS x FROM pg.edges
-- sends SELECT gcd("edges"."i"::int8, "edges"."i2"::int8) AS "x" FROM "public"."edges" AS "edges"
SELECT lcm(b, 4) AS x FROM pg.edges WHERE id = 1
-- sends SELECT lcm("edges"."b", 4::int8) AS "x" FROM "public"."edges" AS "edges" WHERE ("edges"."id" = $1)
SELECT factorial(i2) AS x FROM pg.edges WHERE id = 1
-- sends SELECT (CASE WHEN "edges"."i2" < 34 THEN factorial("edges"."i2") ELSE factorial(- "edges"."i2") END)::text AS "x" FROM "public"."edges" AS "edges" WHERE ("edges"."id" = $1)
SELECT isnan(d) AS x FROM pg.edges
-- sends SELECT ("edges"."d" = 'NaN') AS "x" FROM "public"."edges" AS "edges"
SELECT signbit(d) AS x FROM pg.edges
-- sends SELECT ("left"("edges"."d"::text, 1) = '-') AS "x" FROM "public"."edges" AS "edges"
SELECT i // i2 AS x FROM pg.edges WHERE id = 1
-- sends SELECT ("edges"."i" / "edges"."i2") AS "x" FROM "public"."edges" AS "edges" WHERE ("edges"."id" = $1)
SELECT i % i2 AS x FROM pg.edges WHERE id = 1
-- sends SELECT ("edges"."i" - "edges"."i" / "edges"."i2" * "edges"."i2") AS "x" FROM "public"."edges" AS "edges" WHERE ("edges"."id" = $1)
SELECT i % 3 AS x FROM pg.edges
-- sends SELECT ("edges"."i" % 3) AS "x" FROM "public"."edges" AS "edges"
SELECT n12 % n4 AS x FROM pg.edges
-- sends SELECT ("edges"."n12" % "edges"."n4")::numeric(12,2)::text AS "x" FROM "public"."edges" AS "edges"
SELECT i & 3 AS x FROM pg.edges
-- sends SELECT ("edges"."i" & 3) AS "x" FROM "public"."edges" AS "edges"
SELECT xor(s, s2) AS x FROM pg.edges
-- sends SELECT ("edges"."s" # "edges"."s2") AS "x" FROM "public"."edges" AS "edges"
SELECT i2 << 3 AS x FROM pg.edges WHERE id = 1
-- sends SELECT ((CASE WHEN "edges"."i2" < 0 THEN "edges"."i2" / 0 ELSE "edges"."i2" END) * 8) AS "x" FROM "public"."edges" AS "edges" WHERE ("edges"."id" = $1)
SELECT b >> 2 AS x FROM pg.edges
-- sends SELECT ("edges"."b" >> 2) AS "x" FROM "public"."edges" AS "edges"
SELECT bit_count(i) AS x FROM pg.edges
-- sends SELECT bit_count("edges"."i"::bit(32))::int2 AS "x" FROM "public"."edges" AS "edges"
SELECT greatest(i, i2) AS x FROM pg.edges
-- sends SELECT greatest("edges"."i", "edges"."i2") AS "x" FROM "public"."edges" AS "edges"
SELECT least(t, c) AS x FROM pg.edges
-- sends SELECT least("edges"."t" COLLATE "C", "edges"."c") AS "x" FROM "public"."edges" AS "edges"
SELECT radians(n4) AS x FROM pg.edges
-- sends SELECT radians("edges"."n4"::float8) AS "x" FROM "public"."edges" AS "edges"
SELECT year(day) AS x FROM pg.edges
-- sends SELECT (extract(year FROM "edges"."day")::int8 + ("edges"."day" < '0001-01-01'::timestamp)::int4) AS "x" FROM "public"."edges" AS "edges"
SELECT year(zoned) AS x FROM pg.edges
-- sends SELECT abs(extract(year FROM "edges"."zoned"))::int8 AS "x" FROM "public"."edges" AS "edges"
SELECT isoyear(day) AS x FROM pg.edges
-- sends SELECT (extract(isoyear FROM "edges"."day")::int8 + (extract(isoyear FROM "edges"."day") < 0)::int4) AS "x" FROM "public"."edges" AS "edges"
SELECT week(day) AS x FROM pg.edges
-- sends SELECT extract(week FROM "edges"."day")::int8 AS "x" FROM "public"."edges" AS "edges"
SELECT second(moment) AS x FROM pg.edges
-- sends SELECT floor(extract(second FROM "edges"."moment"))::int8 AS "x" FROM "public"."edges" AS "edges"
SELECT epoch(moment) AS x FROM pg.edges
-- sends SELECT ((extract(epoch FROM "edges"."moment") * 1000000)::float8 / 1000000) AS "x" FROM "public"."edges" AS "edges"
SELECT epoch_ms(moment) AS x FROM pg.edges
-- sends SELECT round(extract(epoch FROM "edges"."moment") * 1000)::int8 AS "x" FROM "public"."edges" AS "edges"
SELECT date_trunc('month', day) AS x FROM pg.edges
-- sends SELECT date_trunc('month', "edges"."day"::timestamp) AS "x" FROM "public"."edges" AS "edges"
SELECT date_diff('month', day, day2) AS x FROM pg.edges
-- sends SELECT (((extract(year FROM "edges"."day2")::int8 + ("edges"."day2" < '0001-01-01'::timestamp)::int4) - (extract(year FROM "edges"."day")::int8 + ("edges"."day" < '0001-01-01'::timestamp)::int4)) * 12 + extract(month FROM "edges"."day2") - extract(month FROM "edges"."day"))::int8 AS "x" FROM "public"."edges" AS "edges"
SELECT date_diff('hour', moment, moment2) AS x FROM pg.edges
-- sends SELECT ((extract(epoch FROM date_trunc('hour', "edges"."moment2")) - extract(epoch FROM date_trunc('hour', "edges"."moment"))) / 3600)::int8 AS "x" FROM "public"."edges" AS "edges"
SELECT date_sub('day', moment, moment2) AS x FROM pg.edges
-- sends SELECT trunc(extract(epoch FROM (CASE WHEN ("edges"."moment2" >= "edges"."moment") <> ("edges"."moment2" - "edges"."moment" >= '0'::interval) THEN greatest("edges"."moment", "edges"."moment2") + '280000 years'::interval - "edges"."moment" ELSE "edges"."moment2" - "edges"."moment" END)) / 86400)::int8 AS "x" FROM "public"."edges" AS "edges"
SELECT dayname(day) AS x FROM pg.edges
-- sends SELECT to_char("edges"."day"::timestamp, 'FMDay') AS "x" FROM "public"."edges" AS "edges"
SELECT last_day(day) AS x FROM pg.edges
-- sends SELECT (date_trunc('month', "edges"."day"::timestamp) + '1 month -1 day'::interval)::date AS "x" FROM "public"."edges" AS "edges"
SELECT make_date(i2, 1, 1) AS x FROM pg.edges
-- sends SELECT make_date("edges"."i2" - ("edges"."i2" < 1)::int4, 1, 1) AS "x" FROM "public"."edges" AS "edges"
SELECT age(moment, moment2) AS x FROM pg.edges
-- sends SELECT age("edges"."moment", "edges"."moment2") AS "x" FROM "public"."edges" AS "edges"
SELECT moment - moment2 AS x FROM pg.edges
-- sends SELECT (CASE WHEN ("edges"."moment" >= "edges"."moment2") <> ("edges"."moment" - "edges"."moment2" >= '0'::interval) THEN greatest("edges"."moment2", "edges"."moment") + '280000 years'::interval - "edges"."moment2" ELSE "edges"."moment" - "edges"."moment2" END) AS "x" FROM "public"."edges" AS "edges"
SELECT gap * 2 AS x FROM pg.edges
-- sends SELECT ("edges"."gap" * 2) AS "x" FROM "public"."edges" AS "edges"
SELECT clock + gap AS x FROM pg.edges
-- sends SELECT ("edges"."clock" + "edges"."gap") AS "x" FROM "public"."edges" AS "edges"
SELECT to_days(i2) AS x FROM pg.edges
-- sends SELECT ("edges"."i2" * '1 day'::interval) AS "x" FROM "public"."edges" AS "edges"
SELECT zoned AT TIME ZONE 'UTC' AS x FROM pg.edges
-- sends SELECT timezone('UTC', "edges"."zoned") AS "x" FROM "public"."edges" AS "edges"
SELECT make_timestamp(b) AS x FROM pg.edges WHERE id = 1
-- sends SELECT ('1970-01-01'::timestamp + make_interval(days => ("edges"."b" / 86400000000)::int4) + ("edges"."b" % 86400000000) * '1 microsecond'::interval) AS "x" FROM "public"."edges" AS "edges" WHERE ("edges"."id" = $1)
SELECT id FROM pg.edges WHERE gap > INTERVAL 1 DAY
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE ("edges"."gap" > '1 day'::interval)
SELECT d::INTEGER AS x FROM pg.edges WHERE id = 1
-- sends SELECT "edges"."d"::int4 AS "x" FROM "public"."edges" AS "edges" WHERE ("edges"."id" = $1)
SELECT n12::DECIMAL(5,1) AS x FROM pg.edges WHERE id = 1
-- sends SELECT "edges"."n12"::numeric(5,1)::text AS "x" FROM "public"."edges" AS "edges" WHERE ("edges"."id" = $1)
SELECT flag::INTEGER AS x FROM pg.edges
-- sends SELECT "edges"."flag"::int4 AS "x" FROM "public"."edges" AS "edges"
SELECT i::BOOLEAN AS x FROM pg.edges
-- sends SELECT ("edges"."i" <> 0) AS "x" FROM "public"."edges" AS "edges"
SELECT n12::VARCHAR AS x FROM pg.edges
-- sends SELECT "edges"."n12"::numeric(12,2)::text AS "x" FROM "public"."edges" AS "edges"
SELECT day::VARCHAR AS x FROM pg.edges
-- sends SELECT replace("edges"."day"::text, ' BC', ' (BC)') AS "x" FROM "public"."edges" AS "edges"
SELECT moment::VARCHAR AS x FROM pg.edges
-- sends SELECT (CASE WHEN "edges"."moment" < '0001-01-01' THEN split_part("edges"."moment"::text, ' ', 1) || ' (BC) ' || split_part("edges"."moment"::text, ' ', 2) ELSE "edges"."moment"::text END) AS "x" FROM "public"."edges" AS "edges"
SELECT zoned::DATE AS x FROM pg.edges
-- sends SELECT "edges"."zoned"::date AS "x" FROM "public"."edges" AS "edges"
SELECT len(li) AS x FROM pg.edges
-- sends SELECT cardinality((CASE WHEN array_ndims("edges"."li") > 1 THEN array_append("edges"."li", NULL) ELSE "edges"."li"[:] END))::int8 AS "x" FROM "public"."edges" AS "edges"
SELECT li[1] AS x FROM pg.edges
-- sends SELECT (CASE WHEN array_ndims("edges"."li") > 1 THEN array_append("edges"."li", NULL) ELSE "edges"."li"[:] END)[1] AS "x" FROM "public"."edges" AS "edges"
SELECT li[1:2] AS x FROM pg.edges
-- sends SELECT ((CASE WHEN array_ndims("edges"."li") > 1 THEN array_append("edges"."li", NULL) ELSE "edges"."li"[:] END)[1:2]) AS "x", coalesce(array_ndims(((CASE WHEN array_ndims("edges"."li") > 1 THEN array_append("edges"."li", NULL) ELSE "edges"."li"[:] END)[1:2])) > 1, false) FROM "public"."edges" AS "edges"
SELECT list_position(li, 3) AS x FROM pg.edges
-- sends SELECT array_position((CASE WHEN array_ndims("edges"."li") > 1 THEN array_append("edges"."li", NULL) ELSE "edges"."li"[:] END), 3) AS "x" FROM "public"."edges" AS "edges"
SELECT list_sum(li) AS x FROM pg.edges
-- sends SELECT (SELECT sum(x)::numeric FROM unnest((CASE WHEN array_ndims("edges"."li") > 1 THEN array_append("edges"."li", NULL) ELSE "edges"."li"[:] END)) AS e(x))::text AS "x" FROM "public"."edges" AS "edges"
SELECT id FROM pg.edges WHERE list_contains(li, 1)
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE ("edges"."li" @> ARRAY[1])
SELECT id FROM pg.edges WHERE li && li2
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE ("edges"."li" && "edges"."li2")
SELECT id FROM pg.edges WHERE list_contains(lt, sub)
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE (CASE WHEN "edges"."sub" IS NOT NULL THEN ("edges"."lt" @> ARRAY["edges"."sub"]) END)
SELECT id FROM pg.edges WHERE doc ->> 'a' = 'x'
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE (("edges"."doc" ->> 'a') = 'x'::text)
SELECT id FROM pg.edges WHERE doc ->> 'a' IS NULL
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE (("edges"."doc" ->> 'a') IS NULL)
SELECT id FROM pg.edges WHERE ((doc -> 'a') ->> 'b') = 'x'
-- sends SELECT "edges"."id" AS "id" FROM "public"."edges" AS "edges" WHERE ((("edges"."doc" -> 'a') ->> 'b') = 'x'::text)
