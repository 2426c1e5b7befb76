CREATE TABLE t (
    id INTEGER PRIMARY KEY, n INTEGER, r REAL, s TEXT, c TEXT COLLATE NOCASE, b BOOLEAN, d DATE, m TIMESTAMP, p DECIMAL(12,2),
    q DECIMAL(6,3), w NUMERIC(30,4), u UUID, free, blob BLOB, clock TIME, big BIGINT, i INTEGER, k TINYINT, h DECIMAL(18,2)
);
CREATE INDEX t_n ON t (n);
CREATE INDEX t_s ON t (s);
INSERT INTO t VALUES
 (1, 5, 0.5, 'abc', 'A', 1, '1995-01-01', '1995-01-01 10:00:00', 1.25, 1.125, 12345678901.5,
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'x', x'00ff', '10:00:00', 9223372036854775807, 2147483647, 127, '9999999999999.99'),
 (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (3, -7, -1e300, 'ABC', 'a', 0, '1969-12-31', '1969-12-31 23:59:59.999999', -1.5, -0.005, -1, NULL, 12, x'',
  '23:59:59.5', 9223372036854775807, -2147483648, -128, '-0.05'),
 (4, 5, 9e999, '', 'b', 1, '2300-02-28', '2262-12-31T00:00:00', 100, 2.5, 7, NULL, 1.5, x'61', '00:00:00', -9223372036854775808, 3, 4, 1),
 (5, 0, 0.1, 'äöü%_', 'B', 0, '1-1-1', '2020-1-2', 0.01, -2.5, 0, NULL, 'ab', NULL, NULL, -5, 0, 0, 0),
 (6, 9007199254740993, -9e999, '日本語', 'ab', 1, '9999-12-31', '2020-01-01', 9999999999.99, 999.999, 0.0001, NULL, '', NULL, NULL, 1, -4, 5, 2.5),
 (7, 12, 9007199254740992.0, 'abd', 'AB', NULL, '2024-02-29', NULL, 3, 0, NULL, NULL, NULL, NULL, NULL, 0, 7, -1, NULL),
 (8, -12, -2.5, 'x' || char(0) || 'yz', 'ab', 0, '1970-01-01', '1970-01-01 00:00:00', -3.25, 0.5, 1, NULL, 'q', x'ff', '01:02:03', 2, 7, -1, 7),
 (9, 7, 2.5, ' Aß ', 'x*[y', 1, '2000-12-31', '2000-02-29 13:14:15.5', -0.99, -0.5, 1, NULL, 'q', x'00', '01:02:03', 3, -7, 2, NULL),
 (10, 1, -0.4, 'abcabc', NULL, NULL, '2019-12-30', '1899-12-31 00:00:01', 0, 0.049, NULL, NULL, NULL, NULL, NULL, 4, 1, 1, 0.5);
CREATE TABLE g (id INTEGER PRIMARY KEY, k INTEGER, name TEXT, v INTEGER, p DECIMAL(9,2), d DATE, flag BOOLEAN, f REAL);
INSERT INTO g VALUES
 (1, 1, 'a', 10, 1.5, '2020-01-01', 1, 0.5), (2, 1, 'b', 20, 2.5, '2020-01-02', 0, 1.5), (3, 1, NULL, NULL, NULL, NULL, NULL, NULL),
 (4, 2, 'a', -5, -1.25, '2020-01-01', 1, -0.5), (5, 2, 'A', 7, 0, '2021-01-01', 1, 2), (6, NULL, 'c', 3, 1.5, '2020-01-02', 0, 0.5),
 (7, NULL, 'c', 10, 9.99, NULL, NULL, 9e999), (8, 3, 'ä', 9223372036854775807, 1, '1999-12-31', 0, 3), (9, 3, 'ä', 9223372036854775807, 2, '1999-12-31', 1, 4),
 (10, 4, 'z', NULL, NULL, NULL, NULL, NULL);
CREATE TABLE orders (code TEXT PRIMARY KEY, t INTEGER, name TEXT);
INSERT INTO orders VALUES ('x', 1, 'first'), ('y', 3, 'second'), ('z', NULL, 'third');
CREATE TABLE line (o TEXT, no INT, q INT, PRIMARY KEY (o, no));
INSERT INTO line VALUES ('x', 1, 10), ('x', 2, 20), ('y', 1, 30), ('none', 1, 40), (NULL, 1, 50), ('X', 1, 60);
CREATE TABLE strict_t (id INTEGER PRIMARY KEY, k INT, x REAL, y TEXT, z ANY) STRICT;
INSERT INTO strict_t VALUES (1, 5, 1.5, 'abc', 1), (2, NULL, 2, 'q', 'z'), (3, 5, NULL, NULL, NULL), (4, 99, 0.1, 'abd', 2.5);
CREATE TABLE empty (id INTEGER PRIMARY KEY, n INTEGER, s TEXT);
CREATE VIEW v AS SELECT id, n, s, n + 1 AS more FROM t;
