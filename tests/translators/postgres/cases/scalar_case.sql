-- as values
SELECT id, lower(t) AS x FROM pg.edges
SELECT id, upper(t) AS x FROM pg.edges
SELECT id, lower(c) AS x FROM pg.edges
SELECT id, upper(a) AS x FROM pg.edges
SELECT id, lcase(t2) AS x FROM pg.edges
SELECT id, ucase(t2) AS x FROM pg.edges
SELECT id, upper(lower(t)) AS x FROM pg.edges
SELECT id, lower(t) || upper(t2) AS x FROM pg.edges
SELECT id, length(upper(t)) AS x FROM pg.edges
SELECT id, upper(t) || '!' AS x FROM pg.edges
-- beside constants
SELECT id, lower(t) = 'abc' AS x FROM pg.edges
SELECT id, upper(t) = 'ABC' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE lower(t) <> 'a'
SELECT id, lower(t) IN ('abc', 'a', 'nan') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE upper(t) IN ('ABC', 'É')
SELECT id FROM pg.edges WHERE lower(t) = 'école'
SELECT id, upper(t) = 'STRASSE' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE lower(c) = ''
SELECT id, upper(t) NOT IN ('NULL', 'TRUE') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE lower(t) IS NOT DISTINCT FROM 'abc'
SELECT id FROM pg.edges WHERE lower(t) = lower(t2)
SELECT id, upper(t) = upper(c) AS x FROM pg.edges
SELECT id, lower(t) < 'b' AS x FROM pg.edges
SELECT id, upper(t) >= 'B' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE lower(t) BETWEEN 'a' AND 'c'
SELECT id FROM pg.edges WHERE lower(t) = 'ß'
SELECT id FROM pg.edges WHERE nullif(lower(t), 'abc') IS NULL
-- in any case
SELECT id, t ILIKE 'a%' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE t ILIKE '%B%'
SELECT id FROM pg.edges WHERE t ILIKE 'abc'
SELECT id, t ILIKE '%k%' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE t ILIKE 'i%'
SELECT id, t ILIKE '_' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE t ILIKE ''
SELECT id FROM pg.edges WHERE t NOT ILIKE 'a%'
SELECT id FROM pg.edges WHERE c ILIKE '%X%'
SELECT id, t ILIKE '%\%' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE t ILIKE 'IT''S'
SELECT id FROM pg.edges WHERE lower(t) LIKE 'a%'
SELECT id FROM pg.edges WHERE upper(t) LIKE '%A%'
SELECT id FROM pg.edges WHERE lower(t) NOT LIKE '%b_'
SELECT id FROM pg.edges WHERE upper(t) LIKE t2
SELECT id, starts_with(lower(t), 'ab') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE contains(upper(t), 'B')
