-- subqueries and joins
SELECT id FROM pg.v WHERE (i, s) IN (SELECT id, k FROM pg.w)
SELECT id FROM pg.v WHERE (i, s) NOT IN (SELECT id, k FROM pg.w)
SELECT id, (i, s) IN (SELECT id, k FROM pg.w) AS x FROM pg.v
SELECT id FROM pg.g WHERE (k, flag) IN ((1, true), (2, false))
SELECT id FROM pg.g WHERE NOT (k, flag) IN ((1, true), (2, false))
SELECT id, (k, flag) IN ((1, true), (2, NULL)) AS x FROM pg.g
SELECT id FROM pg.g WHERE (t, k) IN (('a', 4), ('é', 0)) AND id > 3
SELECT id FROM pg.g WHERE k > ALL (SELECT k FROM pg.w)
SELECT id FROM pg.g WHERE k > ALL (SELECT k FROM pg.w WHERE k < 3)
SELECT id FROM pg.g WHERE k >= ANY (SELECT k FROM pg.w)
SELECT id FROM pg.g WHERE t = ANY (SELECT label FROM pg.w)
SELECT id FROM pg.g WHERE t <> ALL (SELECT label FROM pg.w WHERE label IS NOT NULL)
SELECT id FROM pg.g WHERE t < ANY (SELECT label FROM pg.w)
SELECT id FROM pg.g WHERE name <= ALL (SELECT name FROM pg.g)
SELECT id, k = ANY (SELECT k FROM pg.w) AS x, k <> ALL (SELECT k FROM pg.w) AS y FROM pg.g
SELECT id FROM pg.g WHERE n > ALL (SELECT k FROM pg.nothing)
SELECT id FROM pg.g WHERE n = ANY (SELECT k FROM pg.nothing)
SELECT id FROM pg.g WHERE EXISTS (SELECT 1 FROM pg.w WHERE w.k = g.k AND w.label > g.t)
SELECT id FROM pg.g WHERE NOT EXISTS (SELECT 1 FROM pg.w WHERE w.k = g.k)
SELECT id, EXISTS (SELECT 1 FROM pg.w WHERE w.id = g.id) AS x FROM pg.g
SELECT id FROM pg.g WHERE EXISTS (SELECT 1 FROM pg.w) AND k = 1
SELECT id FROM pg.g WHERE k IN (SELECT w.k FROM pg.w WHERE w.id < g.id)
SELECT id FROM pg.g WHERE k NOT IN (SELECT w.k FROM pg.w WHERE w.k IS NOT NULL AND w.id < g.id)
SELECT id, (SELECT label FROM pg.w WHERE w.id = g.id) AS x FROM pg.g
SELECT id, (SELECT count(*) FROM pg.w WHERE w.k = g.k) AS x FROM pg.g
SELECT id FROM pg.g WHERE n > (SELECT avg(k) FROM pg.w)
SELECT id, k - (SELECT min(k) FROM pg.w) AS x FROM pg.g
SELECT id FROM pg.g ORDER BY (SELECT max(w.id) FROM pg.w WHERE w.k = g.k), id
SELECT k, count(*) AS n FROM pg.g GROUP BY k HAVING count(*) > (SELECT count(*) FROM pg.w)
SELECT (SELECT max(id) FROM pg.g) AS a, (SELECT min(label) FROM pg.w) AS b
SELECT id, CASE WHEN k IN (SELECT k FROM pg.w) THEN 'in' ELSE 'out' END AS x FROM pg.g
SELECT id FROM pg.g SEMI JOIN pg.w ON g.k = w.k
SELECT id FROM pg.g ANTI JOIN pg.w ON g.k = w.k
SELECT g.id FROM pg.g SEMI JOIN pg.w ON g.k = w.k AND w.label > g.t
SELECT g.id, v.id AS other FROM pg.g SEMI JOIN pg.w ON g.k = w.k JOIN pg.v ON v.i = g.k
SELECT k, count(*) AS n FROM pg.g ANTI JOIN pg.w ON g.id = w.id GROUP BY k ORDER BY k
SELECT g.id FROM pg.g LEFT JOIN pg.v ON v.i = g.k SEMI JOIN pg.w ON w.k = v.id
SELECT q.id FROM (SELECT id, k FROM pg.g) q ANTI JOIN (SELECT k FROM pg.w WHERE id > 2) r ON q.k = r.k
SELECT id FROM pg.g JOIN pg.w USING (id)
SELECT id, k, label FROM pg.g JOIN pg.w USING (id, k)
SELECT k, g.id, w.id AS other FROM pg.g LEFT JOIN pg.w USING (k)
SELECT id FROM pg.g FULL JOIN pg.w USING (id)
SELECT k, count(*) AS n FROM pg.g RIGHT JOIN pg.w USING (k) GROUP BY k
SELECT count(*) AS n FROM pg.g NATURAL JOIN pg.w
SELECT id, label FROM pg.w NATURAL LEFT JOIN (SELECT id, n FROM pg.g) q
SELECT a.id, b.id AS other FROM pg.g a FULL JOIN pg.w b ON a.k = b.k AND b.label > 'a'
SELECT a.id, b.id AS other FROM pg.w a FULL JOIN pg.w b ON a.k = b.id AND a.label = b.label
SELECT a.id, b.id AS other FROM pg.g a FULL JOIN pg.w b ON a.id = b.id WHERE a.id IS NULL OR b.id IS NULL
SELECT a.id, b.id AS x, c.id AS y FROM pg.w a LEFT JOIN pg.w b ON a.id = b.k RIGHT JOIN pg.g c ON c.id = a.id
SELECT a.id FROM pg.g a JOIN pg.w b ON a.k < b.k
SELECT a.id, b.id AS other FROM pg.w a LEFT JOIN pg.w b ON a.k > b.k AND a.id <> b.id
SELECT a.id FROM pg.g a CROSS JOIN pg.w b WHERE a.k = b.k
-- what stays above
SELECT a.id FROM pg.g a ASOF JOIN pg.w b ON a.k >= b.k
-- refused method
SELECT a.id FROM pg.g a POSITIONAL JOIN pg.w b
-- refused method
SELECT a.id FROM pg.g a FULL JOIN pg.w b ON a.k < b.k
-- refused FULL
SELECT g.id FROM pg.g SEMI JOIN pg.w ON g.k = w.k RIGHT JOIN pg.v ON v.i = g.k
-- refused SEMI
SELECT id FROM pg.g WHERE n > (SELECT max(x.n) FROM pg.g x WHERE x.flag = g.flag)
-- sends SELECT "g"."id" AS "id" FROM "public"."g" AS "g" LEFT JOIN (SELECT "x"."flag" AS "k0", max("x"."n") AS "v0" FROM "public"."g" AS "x" GROUP BY "x"."flag") AS "foz groups 1.1" ON ("foz groups 1.1"."k0" = "g"."flag") WHERE ("g"."n" > "foz groups 1.1"."v0")
