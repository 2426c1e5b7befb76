-- joins
SELECT a.id, b.id AS other FROM pg.v a JOIN pg.w b ON a.i = b.k
SELECT a.id, b.k, b.label FROM pg.v a LEFT JOIN pg.w b ON a.i = b.k AND b.label <> 'x'
SELECT a.id, b.label FROM pg.w b RIGHT JOIN pg.v a ON a.i = b.k WHERE b.label IS NULL
SELECT a.id, b.id AS other FROM pg.v a FULL JOIN pg.w b ON a.i = b.k
SELECT count(*) AS n FROM pg.v, pg.w
SELECT a.id FROM pg.v a, pg.w b WHERE a.i = b.k AND a.n12 > b.k
SELECT id FROM pg.v WHERE EXISTS (SELECT 1 FROM pg.w WHERE w.k = v.i)
SELECT id FROM pg.v WHERE NOT EXISTS (SELECT 1 FROM pg.w WHERE w.k = v.i AND w.label > 'b')
SELECT id FROM pg.v WHERE i IN (SELECT k FROM pg.w)
SELECT id FROM pg.v WHERE i NOT IN (SELECT k FROM pg.w)
SELECT id FROM pg.v WHERE i NOT IN (SELECT k FROM pg.w WHERE k IS NOT NULL)
SELECT id FROM pg.v WHERE t IN (SELECT label FROM pg.w)
SELECT id, (SELECT max(label) FROM pg.w WHERE w.k = v.i) AS m FROM pg.v
SELECT id FROM pg.v WHERE n12 > (SELECT avg(k) FROM pg.w)
SELECT id FROM pg.v WHERE n12 > (SELECT 0.5 * avg(x.n12) FROM pg.v x WHERE x.i = v.i)
SELECT q.k, sum(q.n) AS n FROM (SELECT i AS k, count(*) AS n FROM pg.v GROUP BY i, s) q GROUP BY q.k ORDER BY q.k
WITH c AS (SELECT i AS k, sum(n12) AS total FROM pg.v GROUP BY i) SELECT w.label, c.total FROM c JOIN pg.w w ON c.k = w.k WHERE c.total > (SELECT 0.1 * max(total) FROM c) ORDER BY w.label, c.total
