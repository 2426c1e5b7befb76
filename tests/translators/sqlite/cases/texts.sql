-- texts with letters beyond ASCII and zero bytes
SELECT id, length(s) AS x FROM s.t
SELECT id, len(s) AS x FROM s.t
SELECT id, char_length(s) AS x FROM s.t
SELECT id, character_length(s) AS x FROM s.t
SELECT id, ord(s) AS x FROM s.t
SELECT id, lcase(s) AS x FROM s.t
SELECT id, strlen(s) AS x FROM s.t
SELECT id, bit_length(s) AS x FROM s.t
SELECT id, octet_length(blob) AS x FROM s.t
SELECT id, ascii(s) AS x FROM s.t
SELECT id, unicode(s) AS x FROM s.t
SELECT id, lower(s) AS x FROM s.t
SELECT id, upper(s) AS x FROM s.t
SELECT id, lower(c) AS x FROM s.t
SELECT id, ucase(s) AS x FROM s.t
SELECT id, substring(s, 1, 2) AS x FROM s.t
SELECT id, substring(s, 2) AS x FROM s.t
SELECT id, substr(s, 3, 100) AS x FROM s.t
SELECT id, substring(s, 2, 0) AS x FROM s.t
SELECT id, substring(s, 50) AS x FROM s.t
SELECT id, left(s, 2) AS x FROM s.t
SELECT id, left(s, 0) AS x FROM s.t
SELECT id, right(s, 2) AS x FROM s.t
SELECT id, right(s, 100) AS x FROM s.t
SELECT id, replace(s, 'a', 'bb') AS x FROM s.t
SELECT id, replace(s, 'abc', '') AS x FROM s.t
SELECT id, replace(s, 'b', c) AS x FROM s.t
SELECT id, trim(s) AS x FROM s.t
SELECT id, ltrim(s) AS x FROM s.t
SELECT id, rtrim(s) AS x FROM s.t
SELECT id, trim(s, 'ab') AS x FROM s.t
SELECT id, ltrim(s, 'a') AS x FROM s.t
SELECT id, rtrim(s, 'cß') AS x FROM s.t
SELECT id, strpos(s, 'c') AS x FROM s.t
SELECT id, instr(s, 'ö') AS x FROM s.t
SELECT id, position('c' IN s) AS x FROM s.t
SELECT id, strpos(s, c) AS x FROM s.t
SELECT id, instr(s, '') AS x FROM s.t
SELECT id, contains(s, 'b') AS x FROM s.t
SELECT id, contains(s, c) AS x FROM s.t
SELECT id, contains(s, '') AS x FROM s.t
SELECT id, starts_with(s, 'ab') AS x FROM s.t
SELECT id, starts_with(s, c) AS x FROM s.t
SELECT id, s ^@ 'ab' AS x FROM s.t
SELECT id, prefix(s, 'ä') AS x FROM s.t
SELECT id, ends_with(s, 'bc') AS x FROM s.t
SELECT id, suffix(s, '語') AS x FROM s.t
SELECT id, s || '!' AS x FROM s.t
SELECT id, s || c AS x FROM s.t
SELECT id, '<' || s || '>' AS x FROM s.t
SELECT id, concat(s, c) AS x FROM s.t
SELECT id, concat(s, n, '-') AS x FROM s.t
SELECT id, hex(s) AS x FROM s.t
SELECT id, hex(blob) AS x FROM s.t
SELECT id, to_hex(n) AS x FROM s.t
SELECT id, encode(s) AS x FROM s.t
SELECT id, upper(trim(s)) AS x FROM s.t
SELECT id, length(lower(s) || c) AS x FROM s.t
SELECT id, left(upper(s), 1) || lower(substring(s, 2)) AS x FROM s.t
-- LIKE
SELECT id FROM s.t WHERE s LIKE 'abc'
SELECT id FROM s.t WHERE s LIKE 'ab%'
SELECT id FROM s.t WHERE s LIKE '%b%'
SELECT id FROM s.t WHERE s LIKE '%bc'
SELECT id FROM s.t WHERE s LIKE 'a_c'
SELECT id FROM s.t WHERE s LIKE '_b%'
SELECT id FROM s.t WHERE s LIKE '%'
SELECT id FROM s.t WHERE s LIKE ''
SELECT id FROM s.t WHERE s LIKE '%_%'
SELECT id FROM s.t WHERE s LIKE '___'
SELECT id FROM s.t WHERE s LIKE 'a%c'
SELECT id FROM s.t WHERE s LIKE 'a%b%c'
SELECT id FROM s.t WHERE s LIKE '%ö%_'
SELECT id FROM s.t WHERE s NOT LIKE 'a_c'
SELECT id FROM s.t WHERE s NOT LIKE 'ab%'
SELECT id FROM s.t WHERE s LIKE 'x%z'
SELECT id FROM s.t WHERE s LIKE '%\%%' ESCAPE '\'
SELECT id FROM s.t WHERE s LIKE '%$_' ESCAPE '$'
SELECT id FROM s.t WHERE c LIKE 'x*[y'
SELECT id FROM s.t WHERE c LIKE '%*%y'
SELECT id FROM s.t WHERE c LIKE '_*[_'
SELECT id FROM s.t WHERE c LIKE 'a_'
SELECT id FROM s.t WHERE s ILIKE 'ABC'
SELECT id FROM s.t WHERE s ILIKE 'a%'
SELECT id FROM s.t WHERE s ILIKE '%B_'
SELECT id FROM s.t WHERE s NOT ILIKE 'AB%'
-- left
SELECT id, reverse(s) AS x FROM s.t
-- refused no such function for texts
SELECT id, repeat(s, 2) AS x FROM s.t
-- refused no such function for texts
SELECT id, lpad(s, 5, 'x') AS x FROM s.t
-- refused no such function for texts
SELECT id, split_part(s, 'b', 1) AS x FROM s.t
-- refused not known
SELECT id, concat_ws('-', s, c) AS x FROM s.t
-- refused no such function
SELECT id, md5(s) AS x FROM s.t
-- refused no such function
SELECT id, regexp_matches(s, 'a') AS x FROM s.t
-- refused no regular expressions
SELECT id, s ~ 'a.*' AS x FROM s.t
-- refused no regular expressions
SELECT id, regexp_replace(s, 'a', 'b') AS x FROM s.t
-- refused no regular expressions
SELECT id, s SIMILAR TO 'a.*' AS x FROM s.t
-- refused no regular expressions
SELECT id, s LIKE c AS x FROM s.t
-- refused constant pattern
SELECT id, s ILIKE 'ß%' AS x FROM s.t
-- refused ASCII letters only
SELECT id, replace(s, c, 'x') AS x FROM s.t
-- refused constant text
SELECT id, s[1] AS x FROM s.t
-- refused lists
SELECT id, s COLLATE NOCASE = 'ABC' AS x FROM s.t
-- refused collations
SELECT id, levenshtein(s, c) AS x FROM s.t
-- refused no such function
SELECT id, strptime(s, '%Y') AS x FROM s.t
-- refused spell formats differently
SELECT id, json_extract(s, '$.a') AS x FROM s.t
-- refused JSON is text
