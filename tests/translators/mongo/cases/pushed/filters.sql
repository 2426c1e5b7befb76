-- WHERE in find's own language, with expressions beside it.
SELECT _id FROM t WHERE i + 0 > 1
SELECT _id FROM t WHERE i > 1 AND i = j
SELECT _id FROM t WHERE i > 1 OR i = j
SELECT _id FROM t WHERE NOT (i > 1 OR i < j)
SELECT _id FROM t WHERE i IS DISTINCT FROM 1
SELECT count(*) AS n FROM t WHERE i = 7 OR i IS NULL
SELECT _id FROM t WHERE b + 0 > 1
SELECT _id FROM t WHERE b > 1 AND i = j
SELECT _id FROM t WHERE b > 1 OR i = j
SELECT _id FROM t WHERE NOT (b > 1 OR i < j)
SELECT _id FROM t WHERE b IS DISTINCT FROM 1
SELECT count(*) AS n FROM t WHERE b = 7 OR b IS NULL
SELECT _id FROM t WHERE k + 0 > 1
SELECT _id FROM t WHERE k > 1 AND i = j
SELECT _id FROM t WHERE k > 1 OR i = j
SELECT _id FROM t WHERE NOT (k > 1 OR i < j)
SELECT _id FROM t WHERE k IS DISTINCT FROM 1
SELECT count(*) AS n FROM t WHERE k = 7 OR k IS NULL
SELECT _id FROM t WHERE d + 0 > 1
SELECT _id FROM t WHERE d > 1 AND i = j
SELECT _id FROM t WHERE d > 1 OR i = j
SELECT _id FROM t WHERE NOT (d > 1 OR i < j)
SELECT _id FROM t WHERE d IS DISTINCT FROM 1
SELECT count(*) AS n FROM t WHERE d = 7 OR d IS NULL
SELECT _id FROM t WHERE e + 0 > 1
SELECT _id FROM t WHERE e > 1 AND i = j
SELECT _id FROM t WHERE e > 1 OR i = j
SELECT _id FROM t WHERE NOT (e > 1 OR i < j)
SELECT _id FROM t WHERE e IS DISTINCT FROM 1
SELECT count(*) AS n FROM t WHERE e = 7 OR e IS NULL
SELECT _id FROM t WHERE s = r
SELECT _id FROM t WHERE s < r AND i > 0
SELECT _id FROM t WHERE ts < t2
SELECT _id FROM t WHERE day = day2 OR ok
SELECT _id FROM t WHERE ok = no
SELECT _id FROM t WHERE x < y
SELECT _id FROM t WHERE x = y OR s LIKE 'a%'
SELECT _id FROM t WHERE address.zip > 5 AND i IS NOT NULL
SELECT _id FROM t WHERE address.city = s
SELECT _id FROM t WHERE coalesce(i, 5) = 5
SELECT _id FROM t WHERE i IN (1, 7, NULL) AND NOT s IN ('a', '')
SELECT _id FROM t WHERE CASE WHEN ok THEN i > 0 ELSE j > 0 END
SELECT _id FROM t WHERE (i > 0) = ok
SELECT _id FROM t WHERE i BETWEEN j AND 10
SELECT _id FROM t WHERE i > 0 AND i < 0
SELECT _id FROM t WHERE FALSE
SELECT _id FROM t WHERE TRUE
SELECT _id FROM t WHERE NULL
SELECT _id FROM t WHERE list_contains(tags, 'a')
SELECT _id FROM t WHERE NOT list_contains(tags, 'a') OR i = 1
SELECT _id FROM t WHERE list_contains(nums, 7) AND NOT list_contains(nums, 1)
SELECT _id FROM t WHERE 'a' IN tags
SELECT _id FROM t WHERE list_has_any(tags, ['a', 'b', 'zz'])
SELECT _id FROM t WHERE NOT (nums && [7, 1])
SELECT _id FROM t WHERE list_contains(tags, '')
SELECT count(*) AS n FROM t WHERE NOT list_contains(tags, 'no such element')
