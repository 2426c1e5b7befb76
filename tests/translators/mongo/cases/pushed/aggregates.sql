-- Every aggregate over every type that it takes, over groups, over everything, over nothing.
SELECT count(i) AS n, count(DISTINCT i) AS d FROM t
SELECT ok, count(DISTINCT i) AS d FROM t GROUP BY ok
SELECT count(i) FILTER (WHERE i > 0) AS n FROM t
SELECT count(DISTINCT i) FILTER (WHERE i > 0) AS n, count(*) AS m FROM t
SELECT count(i) AS n, count(DISTINCT i) AS d FROM t WHERE i = 12345
SELECT count(b) AS n, count(DISTINCT b) AS d FROM t
SELECT ok, count(DISTINCT b) AS d FROM t GROUP BY ok
SELECT count(b) FILTER (WHERE i > 0) AS n FROM t
SELECT count(DISTINCT b) FILTER (WHERE i > 0) AS n, count(*) AS m FROM t
SELECT count(b) AS n, count(DISTINCT b) AS d FROM t WHERE i = 12345
SELECT count(k) AS n, count(DISTINCT k) AS d FROM t
SELECT ok, count(DISTINCT k) AS d FROM t GROUP BY ok
SELECT count(k) FILTER (WHERE i > 0) AS n FROM t
SELECT count(DISTINCT k) FILTER (WHERE i > 0) AS n, count(*) AS m FROM t
SELECT count(k) AS n, count(DISTINCT k) AS d FROM t WHERE i = 12345
SELECT count(x) AS n, count(DISTINCT x) AS d FROM t
SELECT ok, count(DISTINCT x) AS d FROM t GROUP BY ok
SELECT count(x) FILTER (WHERE i > 0) AS n FROM t
SELECT count(DISTINCT x) FILTER (WHERE i > 0) AS n, count(*) AS m FROM t
SELECT count(x) AS n, count(DISTINCT x) AS d FROM t WHERE i = 12345
SELECT count(d) AS n, count(DISTINCT d) AS d FROM t
SELECT ok, count(DISTINCT d) AS d FROM t GROUP BY ok
SELECT count(d) FILTER (WHERE i > 0) AS n FROM t
SELECT count(DISTINCT d) FILTER (WHERE i > 0) AS n, count(*) AS m FROM t
SELECT count(d) AS n, count(DISTINCT d) AS d FROM t WHERE i = 12345
SELECT count(e) AS n, count(DISTINCT e) AS d FROM t
SELECT ok, count(DISTINCT e) AS d FROM t GROUP BY ok
SELECT count(e) FILTER (WHERE i > 0) AS n FROM t
SELECT count(DISTINCT e) FILTER (WHERE i > 0) AS n, count(*) AS m FROM t
SELECT count(e) AS n, count(DISTINCT e) AS d FROM t WHERE i = 12345
SELECT count(s) AS n, count(DISTINCT s) AS d FROM t
SELECT ok, count(DISTINCT s) AS d FROM t GROUP BY ok
SELECT count(s) FILTER (WHERE i > 0) AS n FROM t
SELECT count(DISTINCT s) FILTER (WHERE i > 0) AS n, count(*) AS m FROM t
SELECT count(s) AS n, count(DISTINCT s) AS d FROM t WHERE i = 12345
SELECT count(ok) AS n, count(DISTINCT ok) AS d FROM t
SELECT ok, count(DISTINCT ok) AS d FROM t GROUP BY ok
SELECT count(ok) FILTER (WHERE i > 0) AS n FROM t
SELECT count(DISTINCT ok) FILTER (WHERE i > 0) AS n, count(*) AS m FROM t
SELECT count(ok) AS n, count(DISTINCT ok) AS d FROM t WHERE i = 12345
SELECT count(ts) AS n, count(DISTINCT ts) AS d FROM t
SELECT ok, count(DISTINCT ts) AS d FROM t GROUP BY ok
SELECT count(ts) FILTER (WHERE i > 0) AS n FROM t
SELECT count(DISTINCT ts) FILTER (WHERE i > 0) AS n, count(*) AS m FROM t
SELECT count(ts) AS n, count(DISTINCT ts) AS d FROM t WHERE i = 12345
SELECT count(day) AS n, count(DISTINCT day) AS d FROM t
SELECT ok, count(DISTINCT day) AS d FROM t GROUP BY ok
SELECT count(day) FILTER (WHERE i > 0) AS n FROM t
SELECT count(DISTINCT day) FILTER (WHERE i > 0) AS n, count(*) AS m FROM t
SELECT count(day) AS n, count(DISTINCT day) AS d FROM t WHERE i = 12345
SELECT count(oid) AS n, count(DISTINCT oid) AS d FROM t
SELECT ok, count(DISTINCT oid) AS d FROM t GROUP BY ok
SELECT count(oid) FILTER (WHERE i > 0) AS n FROM t
SELECT count(DISTINCT oid) FILTER (WHERE i > 0) AS n, count(*) AS m FROM t
SELECT count(oid) AS n, count(DISTINCT oid) AS d FROM t WHERE i = 12345
SELECT count(u) AS n, count(DISTINCT u) AS d FROM t
SELECT ok, count(DISTINCT u) AS d FROM t GROUP BY ok
SELECT count(u) FILTER (WHERE i > 0) AS n FROM t
SELECT count(DISTINCT u) FILTER (WHERE i > 0) AS n, count(*) AS m FROM t
SELECT count(u) AS n, count(DISTINCT u) AS d FROM t WHERE i = 12345
SELECT min(i) AS a, max(i) AS b FROM t
SELECT k, min(i) AS a, max(i) AS b FROM t GROUP BY k
SELECT min(i) FILTER (WHERE j > 0) AS a, max(i) FILTER (WHERE i = 12345) AS b FROM t
SELECT max(i) AS a FROM t WHERE i = 12345
SELECT min(DISTINCT i) AS a FROM t
SELECT array_agg(i ORDER BY _id) AS l FROM t
SELECT ok, list(i ORDER BY _id DESC) AS l FROM t GROUP BY ok
SELECT first(i ORDER BY _id) AS f, last(i ORDER BY _id) AS l FROM t
SELECT min(b) AS a, max(b) AS b FROM t
SELECT k, min(b) AS a, max(b) AS b FROM t GROUP BY k
SELECT min(b) FILTER (WHERE j > 0) AS a, max(b) FILTER (WHERE i = 12345) AS b FROM t
SELECT max(b) AS a FROM t WHERE i = 12345
SELECT min(DISTINCT b) AS a FROM t
SELECT array_agg(b ORDER BY _id) AS l FROM t
SELECT ok, list(b ORDER BY _id DESC) AS l FROM t GROUP BY ok
SELECT first(b ORDER BY _id) AS f, last(b ORDER BY _id) AS l FROM t
SELECT min(k) AS a, max(k) AS b FROM t
SELECT k, min(k) AS a, max(k) AS b FROM t GROUP BY k
SELECT min(k) FILTER (WHERE j > 0) AS a, max(k) FILTER (WHERE i = 12345) AS b FROM t
SELECT max(k) AS a FROM t WHERE i = 12345
SELECT min(DISTINCT k) AS a FROM t
SELECT array_agg(k ORDER BY _id) AS l FROM t
SELECT ok, list(k ORDER BY _id DESC) AS l FROM t GROUP BY ok
SELECT first(k ORDER BY _id) AS f, last(k ORDER BY _id) AS l FROM t
SELECT min(x) AS a, max(x) AS b FROM t
SELECT k, min(x) AS a, max(x) AS b FROM t GROUP BY k
SELECT min(x) FILTER (WHERE j > 0) AS a, max(x) FILTER (WHERE i = 12345) AS b FROM t
SELECT max(x) AS a FROM t WHERE i = 12345
SELECT min(DISTINCT x) AS a FROM t
SELECT array_agg(x ORDER BY _id) AS l FROM t
SELECT ok, list(x ORDER BY _id DESC) AS l FROM t GROUP BY ok
SELECT first(x ORDER BY _id) AS f, last(x ORDER BY _id) AS l FROM t
SELECT min(d) AS a, max(d) AS b FROM t
SELECT k, min(d) AS a, max(d) AS b FROM t GROUP BY k
SELECT min(d) FILTER (WHERE j > 0) AS a, max(d) FILTER (WHERE i = 12345) AS b FROM t
SELECT max(d) AS a FROM t WHERE i = 12345
SELECT min(DISTINCT d) AS a FROM t
SELECT array_agg(d ORDER BY _id) AS l FROM t
SELECT ok, list(d ORDER BY _id DESC) AS l FROM t GROUP BY ok
SELECT first(d ORDER BY _id) AS f, last(d ORDER BY _id) AS l FROM t
SELECT min(e) AS a, max(e) AS b FROM t
SELECT k, min(e) AS a, max(e) AS b FROM t GROUP BY k
SELECT min(e) FILTER (WHERE j > 0) AS a, max(e) FILTER (WHERE i = 12345) AS b FROM t
SELECT max(e) AS a FROM t WHERE i = 12345
SELECT min(DISTINCT e) AS a FROM t
SELECT array_agg(e ORDER BY _id) AS l FROM t
SELECT ok, list(e ORDER BY _id DESC) AS l FROM t GROUP BY ok
SELECT first(e ORDER BY _id) AS f, last(e ORDER BY _id) AS l FROM t
SELECT min(s) AS a, max(s) AS b FROM t
SELECT k, min(s) AS a, max(s) AS b FROM t GROUP BY k
SELECT min(s) FILTER (WHERE j > 0) AS a, max(s) FILTER (WHERE i = 12345) AS b FROM t
SELECT max(s) AS a FROM t WHERE i = 12345
SELECT min(DISTINCT s) AS a FROM t
SELECT array_agg(s ORDER BY _id) AS l FROM t
SELECT ok, list(s ORDER BY _id DESC) AS l FROM t GROUP BY ok
SELECT first(s ORDER BY _id) AS f, last(s ORDER BY _id) AS l FROM t
SELECT min(ok) AS a, max(ok) AS b FROM t
SELECT k, min(ok) AS a, max(ok) AS b FROM t GROUP BY k
SELECT min(ok) FILTER (WHERE j > 0) AS a, max(ok) FILTER (WHERE i = 12345) AS b FROM t
SELECT max(ok) AS a FROM t WHERE i = 12345
SELECT min(DISTINCT ok) AS a FROM t
SELECT array_agg(ok ORDER BY _id) AS l FROM t
SELECT ok, list(ok ORDER BY _id DESC) AS l FROM t GROUP BY ok
SELECT first(ok ORDER BY _id) AS f, last(ok ORDER BY _id) AS l FROM t
SELECT min(ts) AS a, max(ts) AS b FROM t
SELECT k, min(ts) AS a, max(ts) AS b FROM t GROUP BY k
SELECT min(ts) FILTER (WHERE j > 0) AS a, max(ts) FILTER (WHERE i = 12345) AS b FROM t
SELECT max(ts) AS a FROM t WHERE i = 12345
SELECT min(DISTINCT ts) AS a FROM t
SELECT array_agg(ts ORDER BY _id) AS l FROM t
SELECT ok, list(ts ORDER BY _id DESC) AS l FROM t GROUP BY ok
SELECT first(ts ORDER BY _id) AS f, last(ts ORDER BY _id) AS l FROM t
SELECT min(day) AS a, max(day) AS b FROM t
SELECT k, min(day) AS a, max(day) AS b FROM t GROUP BY k
SELECT min(day) FILTER (WHERE j > 0) AS a, max(day) FILTER (WHERE i = 12345) AS b FROM t
SELECT max(day) AS a FROM t WHERE i = 12345
SELECT min(DISTINCT day) AS a FROM t
SELECT array_agg(day ORDER BY _id) AS l FROM t
SELECT ok, list(day ORDER BY _id DESC) AS l FROM t GROUP BY ok
SELECT first(day ORDER BY _id) AS f, last(day ORDER BY _id) AS l FROM t
SELECT min(oid) AS a, max(oid) AS b FROM t
SELECT k, min(oid) AS a, max(oid) AS b FROM t GROUP BY k
SELECT min(oid) FILTER (WHERE j > 0) AS a, max(oid) FILTER (WHERE i = 12345) AS b FROM t
SELECT max(oid) AS a FROM t WHERE i = 12345
SELECT min(DISTINCT oid) AS a FROM t
SELECT sum(i) AS s, avg(i) AS a FROM t
SELECT k, sum(i) AS s, avg(i) AS a FROM t GROUP BY k
SELECT sum(i) AS s, avg(i) AS a FROM t WHERE i = 12345
SELECT sum(DISTINCT i) AS s FROM t
SELECT ok, avg(DISTINCT i) AS s, count(*) AS n, sum(i) AS a FROM t GROUP BY ok
SELECT sum(i) FILTER (WHERE ok) AS s, avg(i) FILTER (WHERE NOT ok) AS a FROM t
SELECT sum(i) FILTER (WHERE i = 12345) AS s FROM t
SELECT ok, sum(i) AS s FROM t GROUP BY ok HAVING sum(i) > 10
SELECT ok, avg(i) AS s FROM t GROUP BY ok ORDER BY s DESC NULLS LAST, ok
SELECT sum(b) AS s, avg(b) AS a FROM t
SELECT k, sum(b) AS s, avg(b) AS a FROM t GROUP BY k
SELECT sum(b) AS s, avg(b) AS a FROM t WHERE i = 12345
SELECT sum(DISTINCT b) AS s FROM t
SELECT ok, avg(DISTINCT b) AS s, count(*) AS n, sum(b) AS a FROM t GROUP BY ok
SELECT sum(b) FILTER (WHERE ok) AS s, avg(b) FILTER (WHERE NOT ok) AS a FROM t
SELECT sum(b) FILTER (WHERE i = 12345) AS s FROM t
SELECT ok, sum(b) AS s FROM t GROUP BY ok HAVING sum(b) > 10
SELECT ok, avg(b) AS s FROM t GROUP BY ok ORDER BY s DESC NULLS LAST, ok
SELECT sum(k) AS s, avg(k) AS a FROM t
SELECT k, sum(k) AS s, avg(k) AS a FROM t GROUP BY k
SELECT sum(k) AS s, avg(k) AS a FROM t WHERE i = 12345
SELECT sum(DISTINCT k) AS s FROM t
SELECT ok, avg(DISTINCT k) AS s, count(*) AS n, sum(k) AS a FROM t GROUP BY ok
SELECT sum(k) FILTER (WHERE ok) AS s, avg(k) FILTER (WHERE NOT ok) AS a FROM t
SELECT sum(k) FILTER (WHERE i = 12345) AS s FROM t
SELECT ok, sum(k) AS s FROM t GROUP BY ok HAVING sum(k) > 10
SELECT ok, avg(k) AS s FROM t GROUP BY ok ORDER BY s DESC NULLS LAST, ok
SELECT sum(d) AS s, avg(d) AS a FROM t
SELECT k, sum(d) AS s, avg(d) AS a FROM t GROUP BY k
SELECT sum(d) AS s, avg(d) AS a FROM t WHERE i = 12345
SELECT sum(DISTINCT d) AS s FROM t
SELECT ok, avg(DISTINCT d) AS s, count(*) AS n, sum(d) AS a FROM t GROUP BY ok
SELECT sum(d) FILTER (WHERE ok) AS s, avg(d) FILTER (WHERE NOT ok) AS a FROM t
SELECT sum(d) FILTER (WHERE i = 12345) AS s FROM t
SELECT ok, sum(d) AS s FROM t GROUP BY ok HAVING sum(d) > 10
SELECT ok, avg(d) AS s FROM t GROUP BY ok ORDER BY s DESC NULLS LAST, ok
SELECT sum(e) AS s, avg(e) AS a FROM t
SELECT k, sum(e) AS s, avg(e) AS a FROM t GROUP BY k
SELECT sum(e) AS s, avg(e) AS a FROM t WHERE i = 12345
SELECT sum(DISTINCT e) AS s FROM t
SELECT ok, avg(DISTINCT e) AS s, count(*) AS n, sum(e) AS a FROM t GROUP BY ok
SELECT sum(e) FILTER (WHERE ok) AS s, avg(e) FILTER (WHERE NOT ok) AS a FROM t
SELECT sum(e) FILTER (WHERE i = 12345) AS s FROM t
SELECT ok, sum(e) AS s FROM t GROUP BY ok HAVING sum(e) > 10
SELECT ok, avg(e) AS s FROM t GROUP BY ok ORDER BY s DESC NULLS LAST, ok
SELECT count_if(i > 0) AS n FROM t
SELECT ok, count_if(s = 'a') AS n FROM t GROUP BY ok
SELECT bool_and(ok) AS a, bool_or(ok) AS o FROM t
SELECT k, bool_and(ok) AS a, bool_or(no) AS o FROM t GROUP BY k
SELECT bool_and(i > -10) AS a, bool_or(i > 1000) AS o FROM t
SELECT bool_or(ok) AS o FROM t WHERE i = 12345
SELECT sum(i + 1) AS s FROM t WHERE i < 1000
SELECT sum(CASE WHEN i > 0 THEN 1 ELSE 0 END) AS s FROM t
SELECT sum(d * e) AS s FROM t WHERE d BETWEEN -1000 AND 1000
SELECT sum(ok) AS s FROM t
SELECT avg(i + j) AS s FROM t WHERE i BETWEEN -200 AND 200 AND j BETWEEN -200 AND 200
SELECT max(i % 5) AS m, min(i % 5) AS n FROM t
SELECT string_agg(s, '-' ORDER BY _id) AS l FROM t
SELECT ok, string_agg(r, ', ' ORDER BY _id DESC) AS l FROM t GROUP BY ok
SELECT string_agg(s, '' ORDER BY s, _id) AS l FROM t
SELECT string_agg(s, '$' ORDER BY i DESC NULLS FIRST, _id) AS l FROM t
SELECT string_agg(s, '-' ORDER BY _id) FILTER (WHERE i > 0) AS l FROM t
SELECT string_agg(s, '-' ORDER BY _id) AS l FROM t WHERE i = 12345
SELECT array_agg(i ORDER BY x, _id) AS l FROM t
SELECT array_agg(i ORDER BY x DESC NULLS FIRST, _id) AS l FROM t
SELECT array_agg(i ORDER BY _id) FILTER (WHERE i > 0) AS l FROM t
SELECT array_agg(i ORDER BY _id) AS l FROM t WHERE i = 12345
SELECT k, array_agg(s ORDER BY i, _id) AS l, count(*) AS n FROM t GROUP BY k
SELECT count(*) AS a, count(i) AS b2, sum(i) AS c2, avg(i) AS d2, min(i) AS e2, max(i) AS f2 FROM t
SELECT coalesce(max(i), 0) AS s FROM t WHERE i = 12345
SELECT count(*) FILTER (WHERE i > 0) AS p, count(*) FILTER (WHERE i < 0) AS q, count(*) FILTER (WHERE i IS NULL) AS z FROM t
SELECT ok, sum(i) FILTER (WHERE i < 50) AS p, max(b) FILTER (WHERE s = 'a') AS q FROM t GROUP BY ok
SELECT sum(b) / count(b) AS a FROM t WHERE b BETWEEN -100 AND 100
SELECT count(address) AS n, count(tags) AS m, count(address.city) AS c FROM t
SELECT count(DISTINCT i % 3) AS n FROM t
SELECT sum(DISTINCT i % 3) AS n, count(DISTINCT i % 3) AS m FROM t
SELECT count_if(ok) AS v, count_if(i > 0) FILTER (WHERE i = 12345) AS w FROM t
SELECT count_if(ok) AS v FROM t WHERE i = 12345
SELECT ok, count_if(no) AS v FROM t GROUP BY ok
SELECT count_if(TRUE) AS v FROM t
SELECT count_if(TRUE) AS v FROM t WHERE i = 12345
