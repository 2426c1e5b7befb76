-- queries that depend on what is around them: groups that are joined
SELECT id FROM s.g WHERE v > (SELECT min(x.v) FROM s.g x WHERE x.k = g.k)
SELECT id FROM s.g WHERE p >= (SELECT avg(x.p) FROM s.g x WHERE x.name = g.name)
SELECT id FROM s.g WHERE p >= (SELECT 0.5 * avg(x.p) FROM s.g x WHERE x.k = g.k AND x.id > 1)
SELECT id FROM s.g WHERE (SELECT count(*) FROM s.g x WHERE x.k = g.k AND x.id < 5) = 0
SELECT id FROM s.g WHERE (SELECT count(x.v) - 2 FROM s.g x WHERE x.k = g.k) < 0
SELECT id FROM s.g WHERE coalesce((SELECT max(x.id) IS NULL FROM s.g x WHERE x.d = g.d AND x.id > 4), false)
SELECT id FROM s.g WHERE (SELECT min(x.id) FROM s.g x WHERE x.name = g.name AND x.k = g.k) = id
SELECT id FROM s.g WHERE id > (SELECT min(x.id) FROM s.g x WHERE x.k = g.k) AND id < (SELECT max(x.id) FROM s.g x WHERE x.d = g.d)
SELECT id FROM s.g WHERE (SELECT sum(x.v) FROM s.g x WHERE x.k = g.k) > 20
SELECT id, (SELECT count(*) FROM s.g x WHERE x.k = g.k AND x.flag) AS x, (SELECT max(x.d) FROM s.g x WHERE x.k = g.k) AS y FROM s.g
SELECT id, (SELECT avg(x.v) FROM s.g x WHERE x.k = g.k AND x.v < 1000) AS x FROM s.g
SELECT id, coalesce((SELECT max(x.n) FROM s.empty x WHERE x.id = g.id), -1) AS x FROM s.g
SELECT k, count(*) AS c FROM s.g WHERE v > (SELECT min(x.v) FROM s.g x WHERE x.k = g.k) GROUP BY k
SELECT o.code, l.no FROM s.line l JOIN s.orders o ON o.code = l.o WHERE l.q > (SELECT min(x.q) FROM s.line x WHERE x.o = o.code)
SELECT id FROM s.g WHERE k IN (SELECT x.k FROM s.g x WHERE x.v < (SELECT max(y.v) FROM s.g y WHERE y.name = x.name))
SELECT o.code FROM s.orders o WHERE o.t >= (SELECT min(l.no) FROM s.line l JOIN s.orders i ON i.code = l.o WHERE l.o = o.code)
SELECT id FROM s.g WHERE v > (SELECT min(x.v) FROM s.g x WHERE x.k = g.k) ORDER BY id DESC LIMIT 2
SELECT id FROM s.g WHERE f = (SELECT min(x.k) FROM s.g x WHERE x.f = g.f)
SELECT id FROM s.g WHERE id > (SELECT min(x.id) FROM s.g x WHERE x.v = g.f)
-- refused several groups
-- rows that are there, or are not
SELECT id FROM s.t WHERE EXISTS (SELECT 1 FROM s.g WHERE g.id = t.id)
SELECT id FROM s.t WHERE EXISTS (SELECT 1 FROM s.g WHERE g.k = t.n AND g.v > 5)
SELECT id FROM s.t WHERE NOT EXISTS (SELECT 1 FROM s.g WHERE g.k = t.n)
SELECT id, EXISTS (SELECT 1 FROM s.g WHERE t.n = g.k) AS x, NOT EXISTS (SELECT * FROM s.g WHERE g.name = t.s) AS y FROM s.t
SELECT code FROM s.orders WHERE EXISTS (SELECT 1 FROM s.line WHERE line.o = orders.code AND line.no = orders.t)
SELECT code FROM s.orders WHERE NOT EXISTS (SELECT 1 FROM s.line WHERE line.o = orders.code AND line.no = orders.t AND line.q > 10)
SELECT id FROM s.g WHERE NOT EXISTS (SELECT 1 FROM s.g x JOIN s.t ON t.id = x.id WHERE x.k = g.k AND t.n IS NULL)
SELECT id FROM s.t WHERE EXISTS (SELECT 1 FROM s.g WHERE g.d = t.d) OR n = 5
SELECT count(*) AS x FROM s.t WHERE NOT EXISTS (SELECT 1 FROM s.empty WHERE empty.n = t.n)
SELECT id FROM s.t WHERE EXISTS (SELECT 1 FROM s.g WHERE g.p = t.p)
-- refused columns of the same types
SELECT id FROM s.t WHERE EXISTS (SELECT max(v) FROM s.g WHERE g.k = t.n)
-- refused again for every row
SELECT id FROM s.t WHERE EXISTS (SELECT 1 FROM s.g WHERE g.k = t.n AND g.v > t.id)
-- refused again for every row
SELECT id FROM s.g WHERE v > (SELECT min(x.v) FROM s.g x WHERE x.k < g.k)
-- refused again for every row
SELECT k, max((SELECT count(*) FROM s.g x WHERE x.k = g.k)) AS m FROM s.g GROUP BY k
-- refused again for every row
