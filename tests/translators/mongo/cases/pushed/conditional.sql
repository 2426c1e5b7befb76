CASE WHEN i > 0 THEN 1 ELSE 0 END
CASE WHEN i > 0 THEN 1 END
CASE WHEN i > 0 THEN 'positive' WHEN i < 0 THEN 'negative' ELSE 'zero' END
CASE i WHEN 1 THEN 'one' WHEN 7 THEN 'seven' END
CASE i WHEN j THEN 'same' ELSE s END
CASE WHEN i > 0 THEN i ELSE b END
CASE WHEN i > 0 THEN i ELSE 1.5 END
CASE WHEN i > 0 THEN x ELSE i END
CASE WHEN ok THEN d ELSE e END
CASE WHEN ok THEN s ELSE r END
CASE WHEN ok THEN ts ELSE t2 END
CASE WHEN ok THEN day END
CASE WHEN ok THEN day ELSE ts END
CASE WHEN ok THEN no END
CASE WHEN ok THEN NULL ELSE i END
CASE WHEN j <> 0 THEN i // j ELSE NULL END
CASE WHEN j = 0 THEN 0 ELSE i % j END
CASE WHEN i IS NULL THEN 0 WHEN i > 5 THEN 1 ELSE 2 END
CASE WHEN i > 0 THEN 1 ELSE 0 END + j
CASE WHEN CASE WHEN ok THEN i ELSE j END > 0 THEN 'x' ELSE 'y' END
CASE WHEN oid = '64b000000000000000000001' THEN oid ELSE s END
CASE x WHEN 'nan'::DOUBLE THEN 1 WHEN y THEN 2 END
CASE WHEN i > 0 THEN TRUE ELSE ok END
CASE WHEN i > 0 THEN '$n' ELSE 'x' END
IF(i > 0, i, j)
IF(ok, 'yes', 'no')
IF(ok, x, 0)
if(ok, i, NULL)
coalesce(i, j)
coalesce(i, j, 0)
coalesce(i, 0)
coalesce(s, r, '')
coalesce(x, i, 0)
coalesce(d, 0)
coalesce(d, e)
coalesce(i, b)
coalesce(ok, FALSE)
coalesce(ts, t2)
coalesce(day, ts)
coalesce(address.city, s)
coalesce(NULL, i)
ifnull(i, j)
coalesce(ok, no, TRUE)
nullif(i, j)
nullif(i, 7)
nullif(i, 1.5)
nullif(s, '')
nullif(s, r)
nullif(x, y)
nullif(d, 7)
nullif(ts, t2)
nullif(i, NULL)
1 / nullif(j, 0)
greatest(i, j)
greatest(i, j, 0)
greatest(i, b)
greatest(x, y)
greatest(x, i)
greatest(s, r)
greatest(d, e)
greatest(ts, t2)
greatest(day, day2)
greatest(i, NULL)
least(i, j)
least(i, j, 5)
least(x, y)
least(x, y, 0)
least(s, r)
least(d, 1)
least(ts, t2)
least(b, c)
