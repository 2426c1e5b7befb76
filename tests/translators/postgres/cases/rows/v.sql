CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');

CREATE COLLATION nd (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

CREATE TABLE v (id int PRIMARY KEY, s int2, i int4, b int8, f float4, d float8, n4 numeric(4,2), n12 numeric(12,2),
       n15 numeric(15,2), n38 numeric(38,10), loose numeric, t text, vc varchar(20), fixed char(5), ci text COLLATE "C", nd text COLLATE nd,
       mood mood, flag bool, day date, moment timestamp, zoned timestamptz, clock time, gap interval, u uuid, raw bytea,
       list int[], tags text[], prices numeric(8,2)[], doc jsonb);

INSERT INTO v VALUES
    (1, 1, 1, 1, 0.1, 0.1, 0.10, 1.00, 0.10, 1.5, 1.5, 'a', 'a', 'ab', 'ABC', 'a', 'sad', true, '2020-01-01', '2020-01-01 12:30:00',
     '2020-01-01 08:00:00+00', '10:00:01', '1 month 2 days', '00000000-0000-0000-0000-00000000000a', '\x00ff', '{1,2}', '{a,NULL}', '{1.5}', '{"a":1}'),
    (2, 2, 2, -5, -1.5, 'NaN', -0.50, -2.55, 9007199254740.93, -99999.0000000001, 100, 'B', 'b', 'aa', 'abc', 'A', 'happy', false, '1969-12-31',
     '1969-12-31 23:59:59.999999', '1900-01-01', '00:00', '-3 hours', 'ffffffff-0000-0000-0000-000000000000', '', '{}', '{}', '{}', '[]'),
    (3, -7, 2, 9223372036854775807, 'NaN', 'Infinity', 0, 9999999999.99, 0, 0, 0, '', '', '', '', '', 'ok', true, '2400-02-29',
     '2400-02-29 00:00:00', '2400-02-29', '23:59:59.999999', '100 years', '80000000-0000-0000-0000-000000000000', '\x01', '{NULL}', '{""}', NULL, 'null'),
    (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
     NULL, NULL, NULL, NULL, NULL),
    (5, 0, 0, -9223372036854775807, 3.4e38, '-Infinity', 9.99, 0.00, 1234567890123.45, 1234567890123456789.0123456789, 1, 'é', 'ñandú', 'ab  x', 'é',
     'é', 'sad', NULL, '0001-01-01', '0001-01-01 00:00:00', '0001-01-01', '12:00', '0', '00000000-0000-0000-0000-00000000000a', '\x00ff', '{3}', '{é}', '{0.01}', '1'),
    (6, 2, 1, 3, 0, '-0', -9.99, 0.01, -0.01, -1, 2, 'it''s', 'a%', 'b', 'z', 'z', 'happy', false, '2024-02-29', '2024-12-30 01:02:03.5',
     '2024-03-31 01:30:00+00', '01:02:03.5', '1 day', NULL, NULL, '{1}', '{x,y}', '{1,2}', '"s"'),
    (7, 100, 3, 0, 16777217, 1e300, 1.00, 1.01, 3.33, 3, 3, 'back\slash', '100%', 'a', 'a', 'b', 'ok', true, '9999-12-31', '9999-12-31 23:59:59',
     '2020-06-01', '10:00', '0', '12345678-1234-1234-1234-123456789abc', 'x', NULL, NULL, NULL, NULL),
    (8, -1, -3, 7, 1e-40, 4.9e-324, 0.01, 33.33, 100, 0.0000000001, 4, 'a🤦b', 'ab', 'zz', 'Z', 'c', 'sad', false, '1582-10-10', '1582-10-10 10:10:10',
     '2019-12-31 23:59:59+00', '10:00', '1 hour', NULL, '\x02', '{9}', '{b}', '{7}', '7'),
    (9, 3, 1, 12, 2.5, 2.5, 2.50, -1.01, 7, 7, 7, '100%', 'back\slash', 'ab', 'ñ', 'd', 'ok', true, '0099-03-01 BC', '0044-03-15 10:00:00 BC',
     '2020-01-01 08:00:00+02', '10:00', '1 hour', NULL, '\x02', '{9}', '{b}', '{7}', '7'),
    (10, 4, 2147483000, 5, 1, 1, 0.33, 0.10, 1, 1, 1, 'abc', 'abd', 'q', 'q', 'e', 'ok', true, '2021-02-28', '2021-02-28', '2021-02-28', '11:11',
     '0', NULL, NULL, NULL, NULL, NULL, NULL);

CREATE TABLE w (id int PRIMARY KEY, k int, label text);

INSERT INTO w VALUES (1, 1, 'a'), (2, 1, 'x'), (3, 2, 'B'), (4, NULL, 'n'), (5, 7, NULL), (6, 3, '');
CREATE INDEX ON w (k);
CREATE INDEX ON v (i)
