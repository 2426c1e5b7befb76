"""What SQLite takes and what it leaves; whatever it takes, it answers as DuckDB does over the same rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.translators.oracle import Oracle
from translators.base import StoreConfig
from translators.sqlite import STORE

SCRIPT = """
CREATE TABLE t (
    id INTEGER PRIMARY KEY, n INTEGER, r REAL, s TEXT, c TEXT COLLATE NOCASE, b BOOLEAN, d DATE, m TIMESTAMP, p DECIMAL(12,2),
    w NUMERIC(30,4), u UUID, free, blob BLOB, clock TIME, big BIGINT
);
CREATE INDEX t_n ON t (n);
INSERT INTO t VALUES
 (1, 5, 0.5, 'abc', 'A', 1, '1995-01-01', '1995-01-01 10:00:00', 1.25, 12345678901.5,
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'x', x'00ff', '10:00:00', 9223372036854775807),
 (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (3, -7, -1e300, 'ABC', 'a', 0, '1969-12-31', '1969-12-31 23:59:59.999999', -1.5, -1, NULL, 12, x'',
  '23:59:59.5', 9223372036854775807),
 (4, 5, 9e999, '', 'b', 1, '2300-02-28', '2262-12-31T00:00:00', 100, 7, NULL, 1.5, x'61', '00:00:00', -9223372036854775808),
 (5, 0, 0.1, 'äöü%_', 'B', 0, '1-1-1', '2020-1-2', 0.01, 0, NULL, 'ab', NULL, NULL, -5),
 (6, 9007199254740993, -9e999, '日本語', 'ab', 1, '9999-12-31', '2020-01-01', 9999999999.99, 0.0001, NULL, '', NULL, NULL, 1),
 (7, 12, 9007199254740992.0, 'abd', 'AB', NULL, '2024-02-29', NULL, 3, NULL, NULL, NULL, NULL, NULL, 0);
CREATE TABLE strict_t (id INTEGER PRIMARY KEY, k INT, x REAL, y TEXT, z ANY) STRICT;
INSERT INTO strict_t VALUES (1, 5, 1.5, 'abc', 1), (2, NULL, 2, 'q', 'z'), (3, 5, NULL, NULL, NULL), (4, 99, 0.1, 'abd', 2.5);
CREATE TABLE empty (id INTEGER PRIMARY KEY, n INTEGER, s TEXT);
CREATE TABLE orders (code TEXT PRIMARY KEY, t INTEGER, name TEXT);
INSERT INTO orders VALUES ('x', 1, 'first'), ('y', 3, 'second'), ('z', NULL, 'third');
CREATE TABLE line (o TEXT, no INT, q INT, PRIMARY KEY (o, no));
INSERT INTO line VALUES ('x', 1, 10), ('x', 2, 20), ('y', 1, 30), ('none', 1, 40), (NULL, 1, 50), ('X', 1, 60);
CREATE VIEW v AS SELECT id, n, s, n + 1 AS more FROM t;
"""

TAKEN = [
    "a.n = 5",
    "5 = a.n",
    "a.n <> 5",
    "a.n > 4 AND a.n <= 12",
    "NOT (a.n > 4 OR a.s = 'abc')",
    "a.n IN (5, 12)",
    "a.n NOT IN (5, NULL)",
    "a.n IN (5, NULL)",
    "a.n BETWEEN -7 AND 5",
    "a.n NOT BETWEEN -7 AND 5",
    "a.n IS NULL",
    "a.n IS NOT NULL AND a.s IS NOT NULL",
    "a.n = NULL",
    "a.n IS DISTINCT FROM 5",
    "a.n IS NOT DISTINCT FROM NULL",
    "a.n > -8",
    "a.r > 0.1",
    "a.r = 0.1",
    "a.r >= 0",
    "a.r < 0",
    "a.r IN (0.5, 1)",
    "a.r = 9007199254740992",
    "a.s = 'abc'",
    "a.s < 'abd'",
    "a.s >= 'a'",
    "a.s > ''",
    "a.s LIKE 'ab%'",
    "a.s LIKE '%ö%'",
    "a.s LIKE 'abc'",
    "a.s NOT LIKE 'ab%'",
    "starts_with(a.s, '日')",
    "contains(a.s, '%')",
    "a.c = 'a'",
    "a.c < 'a'",
    "a.c IN ('a', 'B')",
    "a.b",
    "NOT a.b",
    "a.b = true",
    "a.b IS TRUE",
    "a.b IS NOT FALSE",
    "a.d >= DATE '1995-01-01'",
    "a.d < '1970-01-01'",
    "a.d BETWEEN DATE '1990-01-01' AND DATE '2024-02-29'",
    "a.d IS NULL",
    "a.m > TIMESTAMP '1995-01-01 09:00:00'",
    "a.m = '2020-01-02'",
    "a.p > 1",
    "a.p BETWEEN 0.01 AND 1.25",
    "a.p = 0.01",
    "a.free = '12'",
    "a.free = 'x'",
    "a.n + 1 = 6",
    "a.n * 2 - a.id > 0",
    "coalesce(a.n, 0) = 0",
    "CASE WHEN a.n > 4 THEN a.s ELSE 'none' END = 'none'",
    "CAST(a.n AS DOUBLE) > 3",
    "a.n = a.id",
    "a.s = a.c",
]

LEFT = {
    "a.n / 2 = 2.5": "divides",
    "a.n // 2 = 2": "division by zero",
    "a.n % 2 = 1": "remainder",
    "a.n > 2.5": "no BIGINT",
    "a.n = a.r": "other rules",
    "lower(a.s) = 'abc'": "ASCII",
    "a.s LIKE 'a_c'": "LIKE",
    "a.s ILIKE 'ABC'": "ASCII",
    "length(a.s) = 3": "zero byte",
    "a.r > 0.1000000000000000055511151231257827": "another",
    "a.p > 0.001": "DECIMAL",
    "a.w > 1": "DECIMAL",
    "a.u IS NULL": "IS",
    "a.clock > TIME '10:00:00'": "left to the residual",
    "a.n IN (SELECT x.k FROM s.main.strict_t AS x)": "query",
    "a.r + 1 > 2": "BIGINT",
    "a.s || 'x' = 'abcx'": "DPipe",
    "regexp_matches(a.s, 'a')": "not known",
}

WHOLE = [
    "SELECT count(*) FROM s.main.t AS a",
    "SELECT count(*) AS n, count(a.n), count(DISTINCT a.n), min(a.n), max(a.s), min(a.r) FROM s.main.t AS a",
    "SELECT max(a.d), max(a.m), min(a.p), sum(a.n), sum(a.big), sum(a.p), min(a.b) FROM s.main.t AS a",
    "SELECT count(*), min(a.n), max(a.s), sum(a.n) FROM s.main.empty AS a",
    "SELECT a.n, count(*) AS c FROM s.main.t AS a GROUP BY a.n",
    "SELECT a.n, count(*) AS c FROM s.main.t AS a GROUP BY 1 HAVING count(*) > 1",
    "SELECT a.c, sum(a.big) AS total FROM s.main.t AS a WHERE a.id > 1 GROUP BY a.c ORDER BY a.c",
    "SELECT a.r, count(*) AS c FROM s.main.t AS a GROUP BY a.r ORDER BY c DESC, a.r",
    "SELECT DISTINCT a.n, a.b FROM s.main.t AS a",
    "SELECT a.id, a.n FROM s.main.t AS a ORDER BY a.n, a.id",
    "SELECT a.id, a.n FROM s.main.t AS a ORDER BY a.n DESC, 1",
    "SELECT a.id, a.s FROM s.main.t AS a ORDER BY a.s NULLS FIRST, a.id",
    "SELECT a.id, a.c FROM s.main.t AS a ORDER BY a.c DESC NULLS LAST, a.id DESC LIMIT 3 OFFSET 1",
    "SELECT a.id FROM s.main.t AS a ORDER BY a.d LIMIT 0",
    "SELECT a.id FROM s.main.t AS a ORDER BY a.id OFFSET 5",
    "SELECT a.id, x.y FROM s.main.t AS a JOIN s.main.strict_t AS x ON a.id = x.k",
    "SELECT a.id, x.y FROM s.main.t AS a, s.main.strict_t AS x WHERE x.id = a.n AND a.id > 0",
    "SELECT a.id, x.y FROM s.main.t AS a LEFT JOIN s.main.strict_t AS x ON a.n = x.id AND x.x > 1",
    "SELECT a.id, x.y FROM s.main.t AS a LEFT JOIN s.main.strict_t AS x ON a.id = x.id WHERE x.k = 5",
    "SELECT a.id, x.y FROM s.main.t AS a LEFT JOIN s.main.strict_t AS x ON a.id = x.id WHERE x.id IS NULL",
    "SELECT l.q, o.name, a.s FROM s.main.line AS l JOIN s.main.orders AS o ON l.o = o.code JOIN s.main.t AS a ON a.id = o.t",
    "SELECT l.q, p.q AS other FROM s.main.line AS l JOIN s.main.line AS p ON l.o = p.o AND p.no = l.no",
    "SELECT l.q, o.name FROM s.main.line AS l LEFT JOIN s.main.orders AS o ON o.code = l.o",
    "SELECT count(*) FILTER (WHERE a.n > 4) AS some FROM s.main.t AS a",
    "SELECT a.n > 4 AS big, a.s IS NULL AS none, a.id + a.n AS sum FROM s.main.t AS a",
    "SELECT 7 AS seven, 'x' AS x, NULL AS nil, true AS yes FROM s.main.t AS a",
    "SELECT x.id, x.k, x.x, x.y, x.z FROM s.main.strict_t AS x WHERE x.y >= 'abc' AND x.x < 2",
    "SELECT v.id, v.s FROM s.main.v AS v WHERE v.n = 5 AND v.s = 'abc'",
]

REFUSED = [
    "SELECT a.id, x.id AS other, x.y FROM s.main.t AS a LEFT JOIN s.main.strict_t AS x ON a.n = x.k AND x.x > 1",
    "SELECT a.id, x.id AS other FROM s.main.t AS a LEFT JOIN s.main.strict_t AS x ON a.s = x.y WHERE x.id IS NULL",
    "SELECT a.id, b.id AS other FROM s.main.t AS a, s.main.t AS b WHERE a.n = b.n",
    "SELECT a.id, x.id AS other FROM s.main.t AS a LEFT JOIN s.main.strict_t AS x ON a.n = x.k WHERE x.k = 5",
    "SELECT avg(a.n) FROM s.main.t AS a",
    "SELECT sum(a.r) FROM s.main.t AS a",
    "SELECT count(*) FROM s.main.t AS a WHERE lower(a.s) = 'abc'",
    "SELECT a.id FROM s.main.t AS a UNION ALL SELECT a.id FROM s.main.t AS a",
    "SELECT a.id, row_number() OVER (ORDER BY a.id) AS n FROM s.main.t AS a",
    "SELECT a.id FROM s.main.t AS a FULL JOIN s.main.strict_t AS x ON a.id = x.k",
    "SELECT a.n FROM s.main.t AS a GROUP BY ROLLUP (a.n)",
    "SELECT DISTINCT ON (a.n) a.id FROM s.main.t AS a",
    "SELECT a.id FROM s.main.t AS a ORDER BY a.u",
    "SELECT a.r + 1 AS more FROM s.main.t AS a",
    "SELECT 0.5 AS half FROM s.main.t AS a",
    "SELECT string_agg(a.s) FROM s.main.t AS a",
    "SELECT max(a.w) FROM s.main.t AS a",
]


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    path = tmp_path_factory.mktemp("sqlite") / "shop.db"
    build(path, SCRIPT)
    oracle = Oracle(STORE, STORE.open(StoreConfig("s", "sqlite", {"path": str(path)})), "s")
    for table in oracle.found.tables:
        oracle.copy(table.name)
    yield oracle
    oracle.close()


def build(path: Path, script: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


@pytest.mark.parametrize("condition", TAKEN)
def test_a_condition_that_is_taken_keeps_its_meaning(oracle: Oracle, condition: str) -> None:
    sql = f"SELECT a.id FROM s.main.t AS a WHERE {condition}"
    assert not oracle.take(sql).left
    oracle.agrees(sql)
    oracle.agrees(f"SELECT a.id, {condition} AS holds FROM s.main.t AS a")


@pytest.mark.parametrize("condition", LEFT)
def test_a_condition_that_is_left_has_its_reason(oracle: Oracle, condition: str) -> None:
    taken = oracle.take(f"SELECT a.id FROM s.main.t AS a WHERE a.id > 0 AND {condition}")
    assert taken.native is not None
    assert "> 0" in taken.native.text
    assert len(taken.left) == 1
    assert LEFT[condition] in taken.left[0].reason


@pytest.mark.parametrize("sql", WHOLE)
def test_a_query_that_goes_down_whole_answers_as_duckdb(oracle: Oracle, sql: str) -> None:
    assert not oracle.take(sql).left
    oracle.agrees(sql)


@pytest.mark.parametrize("sql", REFUSED)
def test_a_query_that_is_refused_has_its_reason(oracle: Oracle, sql: str) -> None:
    taken = oracle.take(sql)
    assert taken.native is None
    assert taken.left[0].reason


def test_the_statement_reads_well(oracle: Oracle) -> None:
    taken = oracle.take("SELECT a.s FROM s.main.t AS a WHERE a.n = 5 LIMIT 2")
    assert taken.native is not None
    assert taken.native.text == (
        'SELECT "a"."s" AS "s" FROM (SELECT '
        "CASE WHEN typeof(t.\"n\") IN ('integer', 'null') THEN t.\"n\" "
        'ELSE foz_misfit(typeof(t."n"), \'t\', \'n\', t."rowid") END AS "n", '
        "CASE WHEN typeof(t.\"s\") IN ('text', 'null') THEN t.\"s\" "
        'ELSE foz_misfit(typeof(t."s"), \'t\', \'s\', t."rowid") END AS "s" '
        'FROM main."t" AS t WHERE (t."n" = 5)) AS "a" WHERE ("a"."n" = 5) LIMIT 2'
    )


def test_ten_thousand_terms_are_taken_or_left_but_never_fail(oracle: Oracle) -> None:
    terms = " OR ".join(f"a.n = {number}" for number in range(10_000))
    oracle.agrees(f"SELECT a.id FROM s.main.t AS a WHERE {terms}")
    oracle.agrees(f"SELECT a.id FROM s.main.t AS a WHERE a.n IN ({', '.join(str(number) for number in range(10_000))})")


def test_a_join_stands_on_a_bare_key_beside_the_guarded_one(oracle: Oracle) -> None:
    taken = oracle.take("SELECT l.q, o.name FROM s.main.line AS l JOIN s.main.orders AS o ON l.o = o.code")
    assert taken.native is not None
    assert ' ON ("l"."o" = "o"."code") WHERE ("o"."code (stored)" = "l"."o")' in taken.native.text
