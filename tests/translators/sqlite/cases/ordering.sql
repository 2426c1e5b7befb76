-- order, limit and offset
SELECT id, n FROM s.t ORDER BY n, id
SELECT id, n FROM s.t ORDER BY n DESC, id
SELECT id, n FROM s.t ORDER BY n NULLS FIRST, id
SELECT id, n FROM s.t ORDER BY n DESC NULLS LAST, id DESC
SELECT id, s FROM s.t ORDER BY s, id
SELECT id, c FROM s.t ORDER BY c DESC, id
SELECT id, r FROM s.t ORDER BY r, id LIMIT 4
SELECT id, d FROM s.t ORDER BY d, id LIMIT 3 OFFSET 2
SELECT id, p FROM s.t ORDER BY p DESC NULLS LAST, id LIMIT 3
SELECT id FROM s.t ORDER BY id OFFSET 8
SELECT id FROM s.t ORDER BY id LIMIT 0
SELECT id, n * 2 AS x FROM s.t WHERE n < 100 ORDER BY x, id
SELECT id FROM s.t ORDER BY length(s), id
SELECT id FROM s.t ORDER BY lower(s) DESC, id
SELECT id FROM s.t ORDER BY n IS NULL, n DESC, id
SELECT id FROM s.t ORDER BY CASE WHEN b THEN 0 ELSE 1 END, id
SELECT id FROM s.t ORDER BY b, m, id
SELECT id, n FROM s.t ORDER BY 2, 1
SELECT id FROM s.t ORDER BY coalesce(n, 0) DESC, id LIMIT 5
SELECT id FROM s.t ORDER BY blob, id
-- left
SELECT id FROM s.t ORDER BY u
-- refused only read
SELECT id FROM s.t ORDER BY w
-- refused only read
SELECT id FROM s.t ORDER BY id LIMIT 10%
-- refused limit
