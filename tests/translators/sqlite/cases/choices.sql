-- CASE, COALESCE, NULLIF, GREATEST
SELECT id, CASE WHEN n > 4 THEN 'big' WHEN n < 0 THEN 'negative' ELSE s END AS x FROM s.t
SELECT id, CASE WHEN n > 4 THEN n END AS x FROM s.t
SELECT id, CASE n WHEN 5 THEN 'five' WHEN 7 THEN 'seven' END AS x FROM s.t
SELECT id, CASE WHEN b THEN n ELSE 0 END AS x FROM s.t
SELECT id, CASE WHEN b THEN i ELSE n END AS x FROM s.t
SELECT id, CASE WHEN b THEN p ELSE q END AS x FROM s.t
SELECT id, CASE WHEN b THEN p ELSE 0 END AS x FROM s.t
SELECT id, CASE WHEN b THEN r ELSE n END AS x FROM s.t
SELECT id, CASE WHEN b THEN d END AS x FROM s.t
SELECT id, CASE WHEN b THEN d ELSE m END AS x FROM s.t
SELECT id, CASE WHEN n > 4 THEN b ELSE false END AS x FROM s.t
SELECT id, if(n > 4, s, c) AS x FROM s.t
SELECT id, coalesce(n, 0) AS x FROM s.t
SELECT id, coalesce(n, i, 3) AS x FROM s.t
SELECT id, coalesce(s, c, 'none') AS x FROM s.t
SELECT id, coalesce(p, 0) AS x FROM s.t
SELECT id, coalesce(d, DATE '2000-01-01') AS x FROM s.t
SELECT id, coalesce(m, d) AS x FROM s.t
SELECT id, ifnull(n, -1) AS x FROM s.t
SELECT id, ifnull(r, 1.5) AS x FROM s.t
SELECT id, nullif(n, 5) AS x FROM s.t
SELECT id, nullif(s, 'abc') AS x FROM s.t
SELECT id, nullif(i, n) AS x FROM s.t
SELECT id, greatest(n, 3) AS x FROM s.t
SELECT id, least(n, i) AS x FROM s.t
SELECT id, greatest(s, c) AS x FROM s.t
SELECT id, least(p, q, 1) AS x FROM s.t
SELECT id, greatest(d, DATE '2000-01-01') AS x FROM s.t
SELECT id, greatest(n, i, id) AS x FROM s.t
SELECT id, n > 4 AS x FROM s.t
SELECT id, n > 4 AND b AS x FROM s.t
SELECT id, n IS NULL AS x FROM s.t
SELECT id, s LIKE 'a%' AS x FROM s.t
SELECT id, n IN (5, 7) AS x FROM s.t
-- left
SELECT id, coalesce(u, NULL) AS x FROM s.t
-- refused only read
SELECT id, greatest(r * 2, 0) AS x FROM s.t
-- refused minus zero
