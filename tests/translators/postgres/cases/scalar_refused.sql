-- functions that are left, each with what the receipt says of it
SELECT sin(d) AS x FROM pg.edges
-- refused SIN is not pushed: the last digit depends on the mathematical library of the server
SELECT ln(n12) AS x FROM pg.edges
-- refused LN is not pushed: the last digit depends on the mathematical library of the server
SELECT exp(i2) AS x FROM pg.edges
-- refused EXP is not pushed: the last digit depends on the mathematical library of the server
SELECT power(i2, 2) AS x FROM pg.edges
-- refused POWER is not pushed: the last digit depends on the mathematical library of the server
SELECT i2 ** 3 AS x FROM pg.edges
-- refused POWER is not pushed: the last digit depends on the mathematical library of the server
SELECT cbrt(d) AS x FROM pg.edges
-- refused CBRT is not pushed: the last digit depends on the mathematical library of the server
SELECT log10(d) AS x FROM pg.edges
-- refused LOG is not pushed: the last digit depends on the mathematical library of the server
SELECT atan2(d, d2) AS x FROM pg.edges
-- refused ATAN2 is not pushed: the last digit depends on the mathematical library of the server
SELECT degrees(n4) AS x FROM pg.edges
-- refused DEGREES is not pushed: PostgreSQL divides where DuckDB multiplies: the last digit differs
SELECT round_even(n12, 1) AS x FROM pg.edges
-- refused ROUND_EVEN is not pushed: PostgreSQL rounds decimals away from zero
SELECT round(f) AS x FROM pg.edges
-- refused ROUND of FLOAT is not pushed
SELECT round(f, 1) AS x FROM pg.edges
-- refused ROUND of FLOAT is not pushed
SELECT round(n4, -3) AS x FROM pg.edges
-- refused ROUND of DECIMAL(4,2) is not pushed
SELECT trunc(d, 2) AS x FROM pg.edges
-- refused TRUNC of DOUBLE, INTEGER is not pushed
SELECT even(d) AS x FROM pg.edges
-- refused EVEN is not pushed: PostgreSQL has no such function
SELECT d * d2 AS x FROM pg.edges
-- refused floating-point arithmetic that may overflow is not pushed: PostgreSQL raises, DuckDB gives infinity
SELECT d / d2 AS x FROM pg.edges
-- refused floating-point division that may overflow is not pushed: PostgreSQL raises, DuckDB gives infinity
SELECT d % d2 AS x FROM pg.edges
-- refused DOUBLE % DOUBLE is not pushed
SELECT radians(d) AS x FROM pg.edges
-- refused floating-point arithmetic that may overflow is not pushed: PostgreSQL raises, DuckDB gives infinity
SELECT i2 >> i AS x FROM pg.edges
-- refused a shift is pushed only for integers, by a constant
SELECT 1 << 40 AS x FROM pg.edges
-- refused a shift by the whole width is not pushed: PostgreSQL takes it modulo the width
SELECT i << i2 AS x FROM pg.edges
-- refused a shift is pushed only for integers, by a constant
SELECT reverse(t) AS x FROM pg.edges
-- refused REVERSE is not pushed: PostgreSQL does not know where graphemes end
SELECT strip_accents(t) AS x FROM pg.edges
-- refused STRIP_ACCENTS is not pushed: PostgreSQL has unaccent only as an extension, with rules of its own
SELECT nfc_normalize(t) AS x FROM pg.edges
-- refused NFC_NORMALIZE is not pushed: the version of Unicode may differ
SELECT levenshtein(t, t2) AS x FROM pg.edges
-- refused LEVENSHTEIN is not pushed: PostgreSQL has no such function
SELECT format('{} {}', t, i) AS x FROM pg.edges
-- refused FORMAT is not pushed: the two systems write formatted values differently
SELECT printf('%s', t) AS x FROM pg.edges
-- refused PRINTF is not pushed: the two systems write formatted values differently
SELECT chr(i2) AS x FROM pg.edges
-- refused CHR is not pushed: PostgreSQL cannot hold the letter 0, and raises for it
SELECT lpad(t, 5, sub) AS x FROM pg.edges
-- refused LPAD is pushed only with a constant text that is not empty
SELECT rpad(t, 5, '') AS x FROM pg.edges
-- refused RPAD is pushed only with a constant text that is not empty
SELECT split_part(t, sub, 1) AS x FROM pg.edges
-- refused SPLIT_PART is pushed only with a constant text that is not empty
SELECT split_part(t, 'a', 0) AS x FROM pg.edges
-- refused SPLIT_PART of VARCHAR, VARCHAR, INTEGER is not pushed
SELECT split_part(t, 'a', i2) AS x FROM pg.edges
-- refused SPLIT_PART of VARCHAR, VARCHAR, INTEGER is not pushed
SELECT string_split(t, ',') AS x FROM pg.edges
-- refused STR_SPLIT is not pushed: PostgreSQL gives an empty text no parts, DuckDB one
SELECT overlay(t PLACING 'x' FROM i2) AS x FROM pg.edges
-- refused OVERLAY of VARCHAR, VARCHAR, INTEGER is not pushed
SELECT from_hex(t) AS x FROM pg.edges
-- refused UNHEX is not pushed: PostgreSQL cannot hold every text that it gives, or raises for others
SELECT decode(raw) AS x FROM pg.edges
-- refused DECODE is not pushed: PostgreSQL cannot hold every text that it gives, or raises for others
SELECT url_encode(t) AS x FROM pg.edges
-- refused URL_ENCODE is not pushed: PostgreSQL has no such function
SELECT sha1(t) AS x FROM pg.edges
-- refused SHA1 is not pushed: PostgreSQL has it only as an extension
SELECT hash(t) AS x FROM pg.edges
-- refused HASH is not pushed: DuckDB's hash is its own
SELECT regexp_replace(t, 'a', 'b') AS x FROM pg.edges
-- refused REGEXP_REPLACE is not pushed: PostgreSQL finds the longest match where DuckDB takes the first
SELECT regexp_extract(t, 'a+') AS x FROM pg.edges
-- refused REGEXP_EXTRACT is not pushed: PostgreSQL finds the longest match where DuckDB takes the first
SELECT regexp_matches(t, sub) AS x FROM pg.edges
-- refused a regular expression is pushed only as a constant of the grammar that RE2 and PostgreSQL share
SELECT regexp_matches(t, 'a+?b') AS x FROM pg.edges
-- refused a regular expression is pushed only as a constant of the grammar that RE2 and PostgreSQL share
SELECT regexp_matches(t, '\ba') AS x FROM pg.edges
-- refused a regular expression is pushed only as a constant of the grammar that RE2 and PostgreSQL share
SELECT regexp_matches(t, '(?i)a') AS x FROM pg.edges
-- refused a regular expression is pushed only as a constant of the grammar that RE2 and PostgreSQL share
SELECT regexp_matches(t, '^a|b$') AS x FROM pg.edges
-- refused a regular expression is pushed only as a constant of the grammar that RE2 and PostgreSQL share
SELECT regexp_matches(t, '[[:alpha:]]') AS x FROM pg.edges
-- refused a regular expression is pushed only as a constant of the grammar that RE2 and PostgreSQL share
SELECT regexp_matches(t, 'a', 'i') AS x FROM pg.edges
-- refused REGEXPLIKE with flag is not pushed
SELECT t ILIKE sub AS x FROM pg.edges
-- refused ILIKE is pushed only with a constant pattern of ASCII letters
SELECT t ILIKE 'é%' AS x FROM pg.edges
-- refused ILIKE is pushed only with a constant pattern of ASCII letters
SELECT t SIMILAR TO sub AS x FROM pg.edges
-- refused a regular expression is pushed only as a constant of the grammar that RE2 and PostgreSQL share
SELECT t LIKE sub ESCAPE '!' AS x FROM pg.edges
-- refused LIKE with an escape is pushed only with constants
SELECT epoch(zoned) AS x FROM pg.edges
-- refused EPOCH of TIMESTAMP WITH TIME ZONE is not pushed
SELECT epoch(gap) AS x FROM pg.edges
-- refused EPOCH of INTERVAL is not pushed
SELECT hour(day) AS x FROM pg.edges
-- refused HOUR of DATE is not pushed
SELECT year(gap) AS x FROM pg.edges
-- refused YEAR of INTERVAL is not pushed
SELECT isoyear(zoned) AS x FROM pg.edges
-- refused ISOYEAR is not known to mean the same in PostgreSQL
SELECT epoch_ns(moment) AS x FROM pg.edges
-- refused EPOCH_NS is not pushed: PostgreSQL has no nanoseconds
SELECT date_trunc('century', day) AS x FROM pg.edges
-- refused DATE_TRUNC is not known to mean the same in PostgreSQL
SELECT date_trunc('decade', moment) AS x FROM pg.edges
-- refused DATE_TRUNC is not known to mean the same in PostgreSQL
SELECT date_trunc('month', gap) AS x FROM pg.edges
-- refused DATE_TRUNC of INTERVAL is not pushed
SELECT date_diff('week', day, day2) AS x FROM pg.edges
-- refused DATE_DIFF is not known to mean the same in PostgreSQL
SELECT date_diff('decade', day, day2) AS x FROM pg.edges
-- refused DATE_DIFF is not known to mean the same in PostgreSQL
SELECT date_sub('month', day, day2) AS x FROM pg.edges
-- refused DATE_SUB is not known to mean the same in PostgreSQL
SELECT strftime(moment, '%Y week %U') AS x FROM pg.edges
-- refused PostgreSQL has no equal for the format %U
SELECT strptime(t, '%Y') AS x FROM pg.edges
-- refused STRPTIME is not pushed: PostgreSQL reads texts by a pattern more freely
SELECT time_bucket(INTERVAL 1 DAY, moment) AS x FROM pg.edges
-- refused TIME_BUCKET is not pushed: the two systems count buckets from different days
SELECT timezone('Europe/Paris', zoned) AS x FROM pg.edges
-- refused TIMEZONE is not known to mean the same in PostgreSQL
SELECT make_time(1, 2, 3) AS x FROM pg.edges
-- refused MAKE_TIME is not pushed: PostgreSQL reads it with rules of its own
SELECT to_seconds(d) AS x FROM pg.edges
-- refused TO_SECONDS is not known to mean the same in PostgreSQL
SELECT zoned + INTERVAL 1 MONTH AS x FROM pg.edges
-- refused TIMESTAMP WITH TIME ZONE + INTERVAL is not pushed
SELECT gap / 2 AS x FROM pg.edges
-- refused INTERVAL / INTEGER is not pushed
SELECT normalized_interval(gap) AS x FROM pg.edges
-- refused NORMALIZED_INTERVAL is not pushed: PostgreSQL normalises intervals with other signs
SELECT uuid_extract_version(u) AS x FROM pg.edges
-- refused UUID_EXTRACT_VERSION is not pushed: PostgreSQL has no such function
SELECT t::INTEGER AS x FROM pg.edges
-- refused a cast from VARCHAR to INTEGER is not pushed
SELECT t::DATE AS x FROM pg.edges
-- refused a cast from VARCHAR to DATE is not pushed
SELECT t::BOOLEAN AS x FROM pg.edges
-- refused a cast from VARCHAR to BOOLEAN is not pushed
SELECT t::UUID AS x FROM pg.edges
-- refused a cast from VARCHAR to UUID is not pushed
SELECT try_cast(t AS DOUBLE) AS x FROM pg.edges
-- refused TRY_CAST is not known to mean the same in PostgreSQL
SELECT d::VARCHAR AS x FROM pg.edges
-- refused a cast from DOUBLE to VARCHAR is not pushed
SELECT f::VARCHAR AS x FROM pg.edges
-- refused a cast from FLOAT to VARCHAR is not pushed
SELECT gap::VARCHAR AS x FROM pg.edges
-- refused a cast from INTERVAL to VARCHAR is not pushed
SELECT raw::VARCHAR AS x FROM pg.edges
-- refused a cast from BLOB to VARCHAR is not pushed
SELECT d::DECIMAL(12,2) AS x FROM pg.edges
-- refused a cast from DOUBLE to DECIMAL(12,2) is not pushed
SELECT d::FLOAT AS x FROM pg.edges
-- refused a cast from DOUBLE to FLOAT is not pushed
SELECT n12::FLOAT AS x FROM pg.edges
-- refused a cast from DECIMAL(12,2) to FLOAT is not pushed
SELECT i::TINYINT AS x FROM pg.edges
-- refused a cast from INTEGER to TINYINT is not pushed
SELECT i::UINTEGER AS x FROM pg.edges
-- refused a cast to UINTEGER is not pushed
SELECT zoned::TIME AS x FROM pg.edges
-- refused a cast from TIMESTAMP WITH TIME ZONE to TIME is not pushed
SELECT li::VARCHAR AS x FROM pg.edges
-- refused values of type INTEGER[] are only read, not computed with
SELECT li::BIGINT[] AS x FROM pg.edges
-- refused a cast to BIGINT[] is not pushed
SELECT li[-1] AS x FROM pg.edges
-- refused elements are pushed only by constant positions from the start
SELECT li[i2] AS x FROM pg.edges
-- refused elements are pushed only by constant positions from the start
SELECT li[-2:] AS x FROM pg.edges
-- refused slices are pushed only with constant ends that count from the start
SELECT list_sort(li) AS x FROM pg.edges
-- refused LIST_SORT is not pushed: lists are only read
SELECT list_distinct(li) AS x FROM pg.edges
-- refused LIST_DISTINCT is not pushed: lists are only read
SELECT list_reverse(li) AS x FROM pg.edges
-- refused LIST_REVERSE is not pushed: lists are only read
SELECT list_concat(li, li2) AS x FROM pg.edges
-- refused LIST_CONCAT is not pushed: lists are only read
SELECT li || li2 AS x FROM pg.edges
-- refused || of INTEGER[], INTEGER[] is not pushed
SELECT list_append(li, 1) AS x FROM pg.edges
-- refused LIST_APPEND is not pushed: lists are only read
SELECT list_transform(li, lambda x: x + 1) AS x FROM pg.edges
-- refused LIST_TRANSFORM is not pushed: PostgreSQL has no lambda functions
SELECT list_aggregate(li, 'sum') AS x FROM pg.edges
-- refused LIST_AGGREGATE is not pushed: lists are only read
SELECT list_contains(ld, 1.0::DOUBLE) AS x FROM pg.edges
-- refused ARRAYCONTAINS of DOUBLE[] is not pushed
SELECT list_contains(li, 1.5) AS x FROM pg.edges
-- refused looking for DECIMAL(2,1) in INTEGER[] is not pushed
SELECT list_min(ld) AS x FROM pg.edges
-- refused LIST_MIN of DOUBLE[] is not pushed
SELECT list_has_all(li, li2) AS x FROM pg.edges
-- refused LIST_HAS_ALL is not pushed: lists are only read
SELECT li = li2 AS x FROM pg.edges
-- refused values of type INTEGER[] are only read, not computed with
SELECT [i, i2] AS x FROM pg.edges
-- refused ARRAY is not known to mean the same in PostgreSQL
SELECT doc ->> 'a' AS x FROM pg.edges
-- refused DuckDB writes numbers and nested JSON in its own way
SELECT doc -> 'a' AS x FROM pg.edges
-- refused DuckDB writes numbers and nested JSON in its own way
SELECT id FROM pg.edges WHERE doc ->> 'a' = '1'
-- refused DuckDB writes numbers and nested JSON in its own way
SELECT id FROM pg.edges WHERE doc ->> 'a' = '[]'
-- refused DuckDB writes numbers and nested JSON in its own way
SELECT id FROM pg.edges WHERE doc ->> 'a' > 'b'
-- refused DuckDB writes numbers and nested JSON in its own way
SELECT id FROM pg.edges WHERE doc ->> 0 = 'a'
-- refused JSON is looked into only by a single plain name
SELECT id FROM pg.edges WHERE doc ->> '$.a.b' = 'x'
-- refused JSON is looked into only by a single plain name
SELECT id FROM pg.edges WHERE docj ->> 'a' = 'a'
-- refused JSON is looked into only in columns of the type jsonb
SELECT json_type(doc) AS x FROM pg.edges
-- refused JSON_TYPE is not pushed: JSON is only read
SELECT json_keys(doc) AS x FROM pg.edges
-- refused JSON_KEYS is not pushed: JSON is only read
SELECT json_array_length(doc) AS x FROM pg.edges
-- refused JSON_ARRAY_LENGTH is not pushed: JSON is only read
SELECT json_valid(doc) AS x FROM pg.edges
-- refused JSON_VALID is not pushed: JSON is only read
SELECT json_contains(doc, '1') AS x FROM pg.edges
-- refused JSON_CONTAINS is not pushed: JSON is only read
SELECT json_extract(doc, '$[0]') AS x FROM pg.edges
-- refused JSON is looked into only by a single plain name
SELECT to_json(i) AS x FROM pg.edges
-- refused TO_JSON is not pushed: JSON is only read
SELECT lower(t) = t COLLATE NOCASE AS x FROM pg.edges
-- refused COLLATE is not known to mean the same in PostgreSQL
SELECT t COLLATE NOCASE AS x FROM pg.edges
-- refused COLLATE is not known to mean the same in PostgreSQL
SELECT typeof(i) AS x FROM pg.edges
-- refused TYPEOF is not pushed: it is about the engine that answers
SELECT struct_pack(a := i) AS x FROM pg.edges
-- refused STRUCT is not known to mean the same in PostgreSQL
SELECT map([i], [t]) AS x FROM pg.edges
-- refused MAP is not pushed: PostgreSQL delivers no structs, maps or unions
SELECT row(i, t) AS x FROM pg.edges
-- refused ROW is not pushed: PostgreSQL delivers no structs, maps or unions
SELECT enum_code(t::ENUM('a')) AS x FROM pg.edges
-- refused ENUM_CODE is not pushed: enums are delivered as texts
SELECT bar(d, 0, 1) AS x FROM pg.edges
-- refused BAR is not pushed: PostgreSQL has no such function
