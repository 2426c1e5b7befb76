CREATE TABLE g (id int PRIMARY KEY, k int, s int2, big int8 NOT NULL, n numeric(12,2), price numeric(6,3) NOT NULL, d float8, t text,
       name text COLLATE "C" NOT NULL, day date, moment timestamp, flag bool, u uuid UNIQUE, raw bytea, list int[], tags text[], code int UNIQUE);

INSERT INTO g
SELECT i,
       CASE WHEN i % 7 = 3 THEN NULL ELSE i % 5 END,
       CASE WHEN i % 11 = 5 THEN NULL ELSE (i * 7 % 13 - 6)::int2 END,
       (i * 1234567 % 1000 - 500)::int8 * 4611686018,
       CASE WHEN i % 9 = 4 THEN NULL ELSE (i * 37 % 101 - 50) / 4.0 END,
       (i * 91 % 257) / 8.0,
       CASE i % 10 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' WHEN 2 THEN '-Infinity' WHEN 3 THEN NULL WHEN 4 THEN 0.1 ELSE i * 0.3 END::float8,
       CASE i % 8 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'é' WHEN 3 THEN 'Z' WHEN 4 THEN 'a' WHEN 5 THEN 'aa' WHEN 6 THEN 'b,' ELSE 'ñandú' END,
       chr(65 + i % 6) || CASE WHEN i % 3 = 0 THEN 'x' ELSE '' END,
       CASE WHEN i % 6 = 5 THEN NULL ELSE date '2024-01-29' + i * 5 % 64 END,
       timestamp '1969-12-31 22:00:00' + i % 17 * interval '20 minutes',
       CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN true ELSE false END,
       CASE WHEN i % 4 = 0 THEN NULL ELSE md5(i::text)::uuid END,
       CASE WHEN i % 5 = 0 THEN NULL ELSE decode(md5(i::text), 'hex') END,
       CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '{}'::int[] WHEN 2 THEN ARRAY[i, NULL, i % 3] ELSE ARRAY[i % 2] END,
       CASE i % 4 WHEN 0 THEN ARRAY['x', 'é', NULL] WHEN 1 THEN NULL WHEN 2 THEN ARRAY['b', ''] ELSE '{}'::text[] END,
       CASE WHEN i % 10 = 6 THEN NULL ELSE i * 17 % 61 END
FROM generate_series(1, 60) AS r(i);

CREATE INDEX ON g (k);

CREATE TABLE nothing (id int PRIMARY KEY, k int, n numeric(12,2), t text, flag bool, day date, list int[])
