-- lengths and codes
SELECT id, length(t) AS x FROM pg.edges
SELECT id, length(a) AS x FROM pg.edges
SELECT id, length(c) AS x FROM pg.edges
SELECT id, strlen(t) AS x FROM pg.edges
SELECT id, strlen(a) AS x FROM pg.edges
SELECT id, strlen(c) AS x FROM pg.edges
SELECT id, bit_length(t) AS x FROM pg.edges
SELECT id, bit_length(a) AS x FROM pg.edges
SELECT id, bit_length(c) AS x FROM pg.edges
SELECT id, ascii(t) AS x FROM pg.edges
SELECT id, ascii(a) AS x FROM pg.edges
SELECT id, ascii(c) AS x FROM pg.edges
SELECT id, unicode(t) AS x FROM pg.edges
SELECT id, unicode(a) AS x FROM pg.edges
SELECT id, unicode(c) AS x FROM pg.edges
SELECT id, ord(t) AS x FROM pg.edges
SELECT id, ord(a) AS x FROM pg.edges
SELECT id, ord(c) AS x FROM pg.edges
SELECT id, len(sub) AS x FROM pg.edges
SELECT id, char_length(t2) AS x FROM pg.edges
SELECT id, octet_length(raw) AS x FROM pg.edges
SELECT id, length(t || t2) AS x FROM pg.edges
-- parts of a text
SELECT id, substring(t, 2) AS x FROM pg.edges
SELECT id, substring(t, 2, 3) AS x FROM pg.edges
SELECT id, substring(t, 0) AS x FROM pg.edges
SELECT id, substring(t, 0, 2) AS x FROM pg.edges
SELECT id, substring(t, -2) AS x FROM pg.edges
SELECT id, substring(t, -3, 2) AS x FROM pg.edges
SELECT id, substring(t, -9, 10) AS x FROM pg.edges
SELECT id, substring(t, 3, -2) AS x FROM pg.edges
SELECT id, substring(t, -1, -2) AS x FROM pg.edges
SELECT id, substr(a, 2, 0) AS x FROM pg.edges
SELECT id, substring(t, i2) AS x FROM pg.edges
SELECT id, substring(t, i2, 2) AS x FROM pg.edges
SELECT id, substring(t, i2, 4) AS x FROM pg.edges
SELECT id, substring(t, 2, i2) AS x FROM pg.edges
SELECT id, substring(t, i2, i2) AS x FROM pg.edges
SELECT id, substring(a, i2, -2) AS x FROM pg.edges
SELECT id, substring(c, 1, 100) AS x FROM pg.edges
SELECT id, left(t, 2) AS x FROM pg.edges
SELECT id, left(t, 0) AS x FROM pg.edges
SELECT id, left(t, -1) AS x FROM pg.edges
SELECT id, left(t, i2) AS x FROM pg.edges
SELECT id, right(t, 2) AS x FROM pg.edges
SELECT id, right(t, -2) AS x FROM pg.edges
SELECT id, right(t, i2) AS x FROM pg.edges
SELECT id, right(a, 3) AS x FROM pg.edges
SELECT id, left(c, 3) AS x FROM pg.edges
SELECT id, split_part(t, 'a', 1) AS x FROM pg.edges
SELECT id, split_part(t, 'a', 2) AS x FROM pg.edges
SELECT id, split_part(t, ',', 3) AS x FROM pg.edges
SELECT id, split_part(t, 'a', -1) AS x FROM pg.edges
SELECT id, split_part(a, ' ', -2) AS x FROM pg.edges
SELECT id, split_part(t, 'é', 1) AS x FROM pg.edges
SELECT id, substring(lower(t), 1, 3) AS x FROM pg.edges
SELECT id, left(upper(a), 2) AS x FROM pg.edges
-- padding and repeating
SELECT id, lpad(t, 6, '*') AS x FROM pg.edges
SELECT id, rpad(t, 6, '*') AS x FROM pg.edges
SELECT id, lpad(t, 2, 'ab') AS x FROM pg.edges
SELECT id, rpad(t, 0, 'ab') AS x FROM pg.edges
SELECT id, lpad(t, i2, 'é') AS x FROM pg.edges
SELECT id, rpad(t, i2, '🤦') AS x FROM pg.edges
SELECT id, rpad(a, -3, 'x') AS x FROM pg.edges
SELECT id, lpad(c, 12, 'abc') AS x FROM pg.edges
SELECT id, repeat(t, 2) AS x FROM pg.edges
SELECT id, repeat(t, 0) AS x FROM pg.edges
SELECT id, repeat(t, -1) AS x FROM pg.edges
SELECT id, repeat(t, i2) AS x FROM pg.edges
SELECT id, repeat('', 3) AS x FROM pg.edges
-- replacing and trimming
SELECT id, replace(t, 'a', 'xy') AS x FROM pg.edges
SELECT id, replace(t, sub, '-') AS x FROM pg.edges
SELECT id, replace(t, '', '-') AS x FROM pg.edges
SELECT id, replace(t, sub, t2) AS x FROM pg.edges
SELECT id, replace(t, c, 'x') AS x FROM pg.edges
SELECT id, replace(c, t, 'x') AS x FROM pg.edges
SELECT id, translate(t, 'abc', 'xy') AS x FROM pg.edges
SELECT id, translate(t, sub, t2) AS x FROM pg.edges
SELECT id, translate(t, '', 'x') AS x FROM pg.edges
SELECT id, trim(t) AS x FROM pg.edges
SELECT id, ltrim(t) AS x FROM pg.edges
SELECT id, rtrim(t) AS x FROM pg.edges
SELECT id, trim(a) AS x FROM pg.edges
SELECT id, ltrim(a) AS x FROM pg.edges
SELECT id, rtrim(c) AS x FROM pg.edges
SELECT id, trim(t, 'ab ') AS x FROM pg.edges
SELECT id, ltrim(t, sub) AS x FROM pg.edges
SELECT id, rtrim(t, sub) AS x FROM pg.edges
SELECT id, trim(t, '') AS x FROM pg.edges
SELECT id, overlay(t PLACING 'xyz' FROM 2) AS x FROM pg.edges
SELECT id, overlay(t PLACING t2 FROM 2) AS x FROM pg.edges
SELECT id, overlay(t PLACING 'xyz' FROM 2 FOR 1) AS x FROM pg.edges
SELECT id, overlay(t PLACING '' FROM 1 FOR 3) AS x FROM pg.edges
SELECT id, overlay(a PLACING 'x' FROM 9) AS x FROM pg.edges
-- finding
SELECT id, strpos(t, sub) AS x FROM pg.edges
SELECT id, strpos(t, 'a') AS x FROM pg.edges
SELECT id, strpos(t, '') AS x FROM pg.edges
SELECT id, strpos(t, t2) AS x FROM pg.edges
SELECT id, instr(t, sub) AS x FROM pg.edges
SELECT id, instr(t, 'a') AS x FROM pg.edges
SELECT id, instr(t, '') AS x FROM pg.edges
SELECT id, instr(t, t2) AS x FROM pg.edges
SELECT id FROM pg.edges WHERE starts_with(t, sub)
SELECT id, starts_with(t, 'a') AS x FROM pg.edges
SELECT id, starts_with(t, '') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE starts_with(t, t2)
SELECT id FROM pg.edges WHERE ends_with(t, sub)
SELECT id, ends_with(t, 'a') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE ends_with(t, '')
SELECT id FROM pg.edges WHERE ends_with(t, t2)
SELECT id, contains(t, sub) AS x FROM pg.edges
SELECT id FROM pg.edges WHERE contains(t, 'a')
SELECT id FROM pg.edges WHERE contains(t, '')
SELECT id FROM pg.edges WHERE contains(t, t2)
SELECT id FROM pg.edges WHERE prefix(t, sub)
SELECT id, prefix(t, 'a') AS x FROM pg.edges
SELECT id, prefix(t, '') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE prefix(t, t2)
SELECT id FROM pg.edges WHERE suffix(t, sub)
SELECT id FROM pg.edges WHERE suffix(t, 'a')
SELECT id FROM pg.edges WHERE suffix(t, '')
SELECT id, suffix(t, t2) AS x FROM pg.edges
SELECT id, position('b' IN t) AS x FROM pg.edges
SELECT id, position('' IN t) AS x FROM pg.edges
SELECT id, position(sub IN a) AS x FROM pg.edges
SELECT id, t ^@ 'a' AS x FROM pg.edges
SELECT id, t ^@ sub AS x FROM pg.edges
SELECT id, contains(t, c) AS x FROM pg.edges
SELECT id, strpos(c, t) AS x FROM pg.edges
-- together
SELECT id, t || t2 AS x FROM pg.edges
SELECT id, t || '!' AS x FROM pg.edges
SELECT id, t || c AS x FROM pg.edges
SELECT id, c || t || sub AS x FROM pg.edges
SELECT id, t || i AS x, b || c AS y, t || n12 AS z FROM pg.edges
SELECT id, sub || u AS x FROM pg.edges
SELECT id, concat(t, t2) AS x FROM pg.edges
SELECT id, concat(t, NULL, c) AS x FROM pg.edges
SELECT id, concat(t, i, s, b) AS x FROM pg.edges
SELECT id, concat(n12, ' ', n38, ' ', n4) AS x FROM pg.edges
SELECT id, concat(flag, u, clock) AS x FROM pg.edges
SELECT id, concat_ws(',', t, t2) AS x FROM pg.edges
SELECT id, concat_ws(sub, t, t2, c) AS x FROM pg.edges
SELECT id, concat_ws('-', i, NULL, flag) AS x FROM pg.edges
SELECT id, concat_ws(NULL, t) AS x FROM pg.edges
SELECT id, t || lower(t2) AS x FROM pg.edges
-- digests and encodings
SELECT id, md5(t) AS x FROM pg.edges
SELECT id, md5(a) AS x FROM pg.edges
SELECT id, md5(raw) AS x FROM pg.edges
SELECT id, md5('') AS x FROM pg.edges
SELECT id, sha256(t) AS x FROM pg.edges
SELECT id, sha256(raw) AS x FROM pg.edges
SELECT id, hex(t) AS x FROM pg.edges
SELECT id, hex(raw) AS x FROM pg.edges
SELECT id, to_hex(b) AS x FROM pg.edges
SELECT id, hex(i) AS x FROM pg.edges
SELECT id, hex(s) AS x FROM pg.edges
SELECT id, to_hex(i2) AS x FROM pg.edges
SELECT id, base64(raw) AS x FROM pg.edges
SELECT id, to_base64(raw) AS x FROM pg.edges
SELECT id, encode(t) AS x FROM pg.edges
SELECT id, base64(encode(t)) AS x FROM pg.edges
SELECT id, md5(lower(t)) AS x FROM pg.edges
-- decimals have all the digits of their type
SELECT id, CAST(greatest(n9, 0.0) AS VARCHAR) AS x, CAST(least(n4, 1) AS VARCHAR) AS y FROM pg.edges
SELECT id, CAST(coalesce(n4, 0.0000) AS VARCHAR) AS x, t || coalesce(n9, 1) AS y, concat(coalesce(n4, 2.000)) AS z FROM pg.edges
SELECT id, CAST(CASE WHEN i > 0 THEN n4 ELSE 1.5000 END AS VARCHAR) AS x FROM pg.edges
SELECT CAST(v AS VARCHAR) AS x FROM (SELECT n4 AS v FROM pg.edges UNION ALL SELECT n9 FROM pg.edges) q
