-- unnest as one row an element.
SELECT unnest(tags) AS e FROM t
SELECT _id, unnest(nums) AS e FROM t
SELECT _id, unnest(nums) AS e FROM t WHERE i > 0 ORDER BY _id, e
SELECT t._id, u.e FROM t, unnest(t.nums) AS u(e)
SELECT t._id, u.e FROM t CROSS JOIN unnest(t.tags) AS u(e) WHERE u.e = 'a'
SELECT t._id, u.e FROM t CROSS JOIN unnest(t.tags) AS u(e) WHERE u.e IS NULL
SELECT u.e, count(*) AS n FROM t, unnest(t.tags) AS u(e) GROUP BY u.e
SELECT u.e, count(*) AS n FROM t, unnest(t.tags) AS u(e) WHERE t.i > 0 GROUP BY u.e HAVING count(*) > 1
SELECT sum(u.e) AS s, max(u.e) AS m, count(u.e) AS n, count(*) AS c FROM t, unnest(t.nums) AS u(e)
SELECT t._id, u.e FROM t LEFT JOIN unnest(t.nums) AS u(e) ON TRUE
SELECT DISTINCT unnest(nums) AS e FROM t
SELECT unnest(nums) AS e, i FROM t WHERE ok ORDER BY e DESC NULLS LAST, i LIMIT 5
SELECT u.e % 2 AS v FROM t, unnest(t.nums) AS u(e)
SELECT t.tags, u.e FROM t, unnest(t.tags) AS u(e)
SELECT u.e, w.f FROM t, unnest(t.tags) AS u(e), unnest(t.nums) AS w(f)
SELECT count(*) AS n FROM t, unnest(t.nums) AS u(e) WHERE u.e > t.i
SELECT e FROM (SELECT unnest(nums) AS e FROM t) AS z WHERE e > 1
SELECT t.address.city AS c, u.e FROM t, unnest(t.tags) AS u(e) WHERE t.address.city IS NOT NULL
SELECT unnest(tags) AS tag, count(*) AS n FROM t GROUP BY tag
SELECT unnest(tags) AS e, count(*) AS n FROM t GROUP BY unnest(tags) HAVING count(*) > 1 ORDER BY n DESC, e LIMIT 2
SELECT unnest(nums) % 2 AS tag, sum(i) AS n FROM t WHERE ok GROUP BY tag
SELECT ok, unnest(nums) AS tag, count(*) AS n FROM t GROUP BY ok, tag
SELECT count(*) AS n FROM t GROUP BY unnest(tags)
SELECT unnest(nums) AS e FROM t ORDER BY e
