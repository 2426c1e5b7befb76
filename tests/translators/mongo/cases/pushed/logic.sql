ok AND no
ok OR no
NOT ok
NOT (ok AND no)
NOT (ok OR no)
i > 0 AND j > 0
i > 0 OR j > 0
NOT (i > 0 AND x < 1)
NOT (i > 0 OR x < 1)
i > 0 AND NULL
i > 0 OR NULL
NOT (i > 0 AND NULL)
TRUE AND i > 0
FALSE OR i > 0
i > 0 AND j > 0 AND (x > 0 OR y > 0)
(ok OR i IS NULL) AND NOT (s = 'a')
ok = (i > 0)
(i > j) = (x > y)
(i > j) <> ok
ok IS DISTINCT FROM (i > 0)
NOT NOT ok
(i > 0) AND (j IS NULL OR j < 5)
i = 1 OR i = 2 OR i = 7 OR s = 'abc'
(i IS NULL) = (j IS NULL)
