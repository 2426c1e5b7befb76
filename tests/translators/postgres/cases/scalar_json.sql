-- members of jsonb
SELECT id FROM pg.edges WHERE doc ->> 'a' = 'a'
SELECT id FROM pg.edges WHERE doc ->> 'a' = 'x y'
SELECT id FROM pg.edges WHERE doc ->> '$.a' = 'é'
SELECT id FROM pg.edges WHERE json_extract_string(doc, '$.b') = 'true'
SELECT id FROM pg.edges WHERE json_extract_string(doc, 'c') = 'null'
SELECT id FROM pg.edges WHERE doc ->> 'a' <> 'a'
SELECT id FROM pg.edges WHERE doc ->> 'a' IN ('', 'a', 'false')
SELECT id FROM pg.edges WHERE doc ->> 'A' IS NULL
SELECT id FROM pg.edges WHERE doc ->> 'a' IS NOT NULL
SELECT id FROM pg.edges WHERE (doc -> 'a') IS NULL
SELECT id FROM pg.edges WHERE ((doc -> 'a') ->> 'b') = 'a'
SELECT id FROM pg.edges WHERE ((doc -> '$.a') ->> '$.b') IS NOT NULL
SELECT id FROM pg.edges WHERE doc ->> 'a' IS DISTINCT FROM 'a'
SELECT id FROM pg.edges WHERE doc ->> 'a' NOT IN ('a', 'é')
