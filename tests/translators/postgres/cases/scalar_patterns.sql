-- LIKE
SELECT id FROM pg.edges WHERE t LIKE 'a%'
SELECT id, t LIKE '%é%' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE t LIKE sub
SELECT id, t LIKE t2 AS x FROM pg.edges
SELECT id FROM pg.edges WHERE t LIKE c
SELECT id FROM pg.edges WHERE c LIKE t
SELECT id FROM pg.edges WHERE t LIKE ''
SELECT id FROM pg.edges WHERE t LIKE '\'
SELECT id, t LIKE '%\%' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE t NOT LIKE '_b%'
SELECT id, t LIKE '100!%' ESCAPE '!' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE t LIKE 'a!_b' ESCAPE '!'
SELECT id FROM pg.edges WHERE t NOT LIKE '%!%%' ESCAPE '!'
SELECT id FROM pg.edges WHERE a LIKE '% %'
-- regular expressions
SELECT id FROM pg.edges WHERE regexp_matches(t, 'abc')
SELECT id, regexp_matches(t, 'a.c') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE regexp_matches(t, '^a')
SELECT id FROM pg.edges WHERE regexp_matches(t, 'c$')
SELECT id, regexp_matches(t, '^[a-c]+$') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE regexp_matches(t, '[^a-z]')
SELECT id FROM pg.edges WHERE regexp_matches(t, '\d')
SELECT id, regexp_matches(t, '^\d+$') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE regexp_matches(t, '\w\s\w')
SELECT id FROM pg.edges WHERE regexp_matches(t, '^\w*$')
SELECT id, regexp_matches(t, '\s') AS x FROM pg.edges
SELECT id, regexp_matches(t, 'a|é') AS x FROM pg.edges
SELECT id, regexp_matches(t, '(a|b){2,3}') AS x FROM pg.edges
SELECT id, regexp_matches(t, '(?:ab)+c?') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE regexp_matches(t, 'b*')
SELECT id FROM pg.edges WHERE regexp_matches(t, '\.')
SELECT id FROM pg.edges WHERE regexp_matches(t, '[.]')
SELECT id, regexp_matches(t, '[\d.]+e') AS x FROM pg.edges
SELECT id, regexp_matches(t, 'é') AS x FROM pg.edges
SELECT id, regexp_matches(t, '.') AS x FROM pg.edges
SELECT id, regexp_matches(t, '^.{3}$') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE regexp_matches(t, '^.?$')
SELECT id, regexp_matches(a, '[A-Z]{1,}') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE regexp_matches(c, 'x{2}')
SELECT id, t ~ 'a+b' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE NOT t ~ 'a'
SELECT id, regexp_full_match(t, 'abc') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE regexp_full_match(t, '[a-z]*')
SELECT id, regexp_full_match(t, 'a|abc') AS x FROM pg.edges
SELECT id, regexp_full_match(t, '.*') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE regexp_full_match(t, '-?\d+(\.\d+)?')
SELECT id, t SIMILAR TO 'a.*' AS x FROM pg.edges
SELECT id, t SIMILAR TO '[A-Za-z]+' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE t SIMILAR TO '(true|false|yes|no)'
SELECT id, t NOT SIMILAR TO 'a.*' AS x FROM pg.edges
