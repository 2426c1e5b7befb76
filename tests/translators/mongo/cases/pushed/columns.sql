-- Computed columns, sub-documents, plain columns beside them.
SELECT _id, i + 1 AS v FROM t WHERE i < 100
SELECT i, CASE WHEN i > 0 THEN 'p' ELSE s END AS v FROM t
SELECT _id, b + 1 AS v FROM t WHERE b < 100
SELECT b, CASE WHEN b > 0 THEN 'p' ELSE s END AS v FROM t
SELECT _id, k + 1 AS v FROM t WHERE k < 100
SELECT k, CASE WHEN k > 0 THEN 'p' ELSE s END AS v FROM t
SELECT _id, d + 1 AS v FROM t WHERE d < 100
SELECT d, CASE WHEN d > 0 THEN 'p' ELSE s END AS v FROM t
SELECT _id, e + 1 AS v FROM t WHERE e < 100
SELECT e, CASE WHEN e > 0 THEN 'p' ELSE s END AS v FROM t
SELECT _id, address.city, address.geo.lat, i + 1 AS n FROM t WHERE i < 100
SELECT address, tags, i % 2 AS m FROM t
SELECT 1 AS one, 'a' AS a, TRUE AS n FROM t
SELECT i AS a, i AS c, i % 2 AS d2 FROM t
SELECT *, i % 2 AS m FROM t
SELECT mixed, i % 2 AS m FROM t
SELECT coalesce(s, r, 'none') AS v FROM t
SELECT i > j AS v, s = r AS w FROM t
SELECT CASE WHEN ok THEN 1 ELSE 2 END AS v FROM t LIMIT 200
SELECT nullif(i, 7) AS v FROM t
SELECT CASE WHEN ok THEN CAST(NULL AS DOUBLE) END AS v FROM t
SELECT CASE WHEN ok THEN CAST(NULL AS TEXT) END AS v FROM t
SELECT length(CASE WHEN FALSE THEN s END) AS v FROM t
SELECT substring(CAST(NULL AS TEXT), -2, 0) AS v FROM t
SELECT CAST(NULL AS DOUBLE) AS v FROM t
