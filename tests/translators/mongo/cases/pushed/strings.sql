length(s)
len(s)
char_length(s)
strlen(s)
bit_length(s)
substring(s, 1)
substring(s, 2)
substring(s, 0)
substring(s, 0, 2)
substring(s, 1, 2)
substring(s, 2, 2)
substring(s, 2, 0)
substring(s, -2)
substring(s, -2, 1)
substring(s, -10, 8)
substring(s, -3, 2)
substr(s, 3, 100)
s[1]
s[2]
s[-1]
s[1:2]
array_extract(s, 2)
left(s, 2)
left(s, 0)
left(s, -1)
left(s, -100)
right(s, 2)
right(s, 0)
right(s, -1)
right(s, -100)
s || r
s || 'x'
'$' || s
s || i
s || b
s || ok
s || d
concat(s, r)
concat(s, 1, r)
concat(s, i, ok, d)
concat('a', NULL, s)
concat_ws('-', s, r)
concat_ws(', ', s, i, r)
concat_ws('', s, r)
trim(s)
ltrim(s)
rtrim(s)
trim(s, 'a')
trim(s, 'abc')
ltrim(s, ' a')
rtrim(s, 'bc😀')
trim(both 'a' FROM s)
trim(leading 'a' FROM s)
replace(s, 'a', 'b')
replace(s, 'b', '')
replace(s, 'a', r)
replace(s, '$', '$$')
replace(s, '€', 'euro')
replace(s, '', 'x')
strpos(s, 'b')
strpos(s, '')
strpos(s, r)
instr(s, 'c')
position('b' IN s)
contains(s, r)
contains(s, '€')
contains(s || r, 'ab')
starts_with(s, r)
starts_with(s, 'a')
s ^@ 'a'
prefix(s, 'ab')
suffix(s, 'c')
suffix(s, r)
ends_with(s, r)
ends_with(s || 'x', 'bx')
NOT starts_with(s, r)
split_part(s, ',', 1)
split_part(s, ',', 2)
split_part(s, ',', 9)
split_part(s, ',', -1)
split_part(s, 'b', -2)
split(s, ',')
string_split(s, 'X')
split(s, ',')[1]
split(s, ',')[-1]
len(split(s, ','))
repeat(s, 3)
repeat(s, 0)
repeat(s, -1)
lpad(s, 5, '*')
lpad(s, 2, 'xy')
lpad(s, 7, 'xy')
rpad(s, 5, '€')
rpad(s, 0, 'x')
-- Matching
s || '' LIKE 'a%'
s || 'x' LIKE '%x'
s || 'x' NOT LIKE '_x'
s || '' ILIKE '%B%'
s || '' LIKE 'a_c'
s LIKE '%'
s LIKE 'a%b%c'
s LIKE '%.%'
trim(s) LIKE 'abc%'
substring(s, 2) LIKE '_%'
lower(s) = 'abc'
lower(s) <> 'abc'
lower(s) = 'ABC'
'abc' = lower(s)
lower(s) = 'k'
lower(s) = 'i'
upper(s) = 'ABC'
upper(s) = 'K'
upper(s) = 'S'
upper(s) IN ('ABC', 'A')
lower(s) NOT IN ('abc', '')
lower(trim(s)) = 'abc'
regexp_matches(s, 'a')
regexp_matches(s, '^a')
regexp_matches(s, 'c$')
regexp_matches(s, 'a.b')
regexp_matches(s, '[0-9]+')
regexp_matches(s, '\d+-\d+')
regexp_matches(s, '^\w+$')
regexp_matches(s, '\s')
regexp_matches(s, '[^a-z]')
regexp_matches(s, '(a|b)c')
regexp_matches(s, 'a{2,3}')
regexp_matches(s, 'X?b')
regexp_matches(s, '^$')
regexp_matches(s, '\.')
regexp_matches(s, '€')
regexp_matches(s, '[\s\d]')
regexp_matches(s, 'a\nb')
regexp_matches(s, '\W')
s ~ 'b'
s SIMILAR TO 'a.c'
regexp_full_match(s, 'a.*')
regexp_full_match(s, '[a-z]+')
regexp_full_match(s, 'a|abc')
NOT regexp_matches(s, 'a')
regexp_extract(s, '[0-9]+')
regexp_extract(s, '([a-z])([a-z]*)', 2)
regexp_extract(s, '(\d+)-(\d+)', 1)
regexp_extract(s, '(x)?a', 1)
regexp_extract(s, 'b*')
length(s) > 3
length(s) = length(r)
length(s || r)
substring(s, 1, 1) = 'a'
left(s, 1) IN ('a', 'b')
CASE WHEN s LIKE 'a%' THEN 'A' WHEN length(s) > 5 THEN 'long' END
coalesce(s, '') || coalesce(r, '')
nullif(trim(s), '')
address.city || '!'
length(address.city)
oid || 'x'
length(oid)
substring(oid, 1, 8)
oid LIKE '64%'
left(oid, 2) = 'ff'
split_part(s, 'a', 1) = ''
strpos(s, 'a') > 0
