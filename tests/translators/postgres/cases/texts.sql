-- texts
SELECT id FROM pg.v WHERE t = 'a'
SELECT id FROM pg.v WHERE t <> ''
SELECT id FROM pg.v WHERE t > 'Z'
SELECT id FROM pg.v WHERE t < ci
SELECT id FROM pg.v WHERE t <= 'é'
SELECT id FROM pg.v WHERE t BETWEEN 'A' AND 'b'
SELECT id FROM pg.v WHERE t IN ('a', 'B', 'it''s', 'back\slash')
SELECT id FROM pg.v WHERE vc = t
SELECT id FROM pg.v WHERE t = ci
SELECT id FROM pg.v WHERE t IN (ci, vc)
SELECT id FROM pg.v WHERE fixed = 'ab'
SELECT id FROM pg.v WHERE fixed = 'ab '
SELECT id FROM pg.v WHERE fixed > 'aa' ORDER BY fixed, id
SELECT id FROM pg.v WHERE mood = 'sad'
SELECT id FROM pg.v WHERE mood > 'happy' ORDER BY mood DESC, id
SELECT id FROM pg.v WHERE ci = 'ABC'
SELECT id FROM pg.v WHERE ci LIKE 'A%'
SELECT id FROM pg.v WHERE t LIKE 'a%'
SELECT id FROM pg.v WHERE t LIKE '%\%'
SELECT id FROM pg.v WHERE t LIKE 'back\slash'
SELECT id FROM pg.v WHERE t LIKE '_'
SELECT id FROM pg.v WHERE t LIKE '%100!%%' ESCAPE '!'
SELECT id FROM pg.v WHERE t NOT LIKE '%a%'
SELECT id FROM pg.v WHERE t LIKE vc
SELECT id FROM pg.v WHERE starts_with(t, 'a') OR contains(t, 'ñ') OR contains(ci, 'B')
SELECT id, length(t) AS l, substring(t, 2, 3) AS a, substring(t, 2) AS b, left(t, 2) AS c, right(t, 2) AS d, t || '!' AS e FROM pg.v
SELECT id, strpos(t, 'b') AS p, position('' IN t) AS q, replace(t, 'a', 'bb') AS r, concat(t, '-', vc) AS c, t || vc AS j FROM pg.v
SELECT min(t) AS a, max(t) AS b, min(ci) AS c, max(fixed) AS d, max(mood) AS e, count(DISTINCT t) AS f FROM pg.v
SELECT t FROM pg.v ORDER BY t
SELECT t FROM pg.v ORDER BY t DESC
SELECT t FROM pg.v ORDER BY t NULLS FIRST
SELECT DISTINCT t FROM pg.v ORDER BY t DESC
SELECT t, count(*) AS n FROM pg.v GROUP BY t ORDER BY n DESC, t
SELECT fixed, count(*) AS n FROM pg.v GROUP BY fixed ORDER BY fixed
SELECT coalesce(t, ci, 'none') AS x FROM pg.v ORDER BY x
