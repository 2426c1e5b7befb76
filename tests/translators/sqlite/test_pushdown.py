"""What the statements that are sent to SQLite look like, and that its indexes serve them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.translators.oracle import Oracle
from translators.base import StoreConfig
from translators.control import Control
from translators.sqlite import STORE

SCRIPT = """
CREATE TABLE t (
    id INTEGER PRIMARY KEY, n INTEGER, r REAL, s TEXT, c TEXT COLLATE NOCASE, b BOOLEAN, d DATE, m TIMESTAMP, p DECIMAL(12,2),
    w NUMERIC(30,4), u UUID, free, blob BLOB, clock TIME, big BIGINT
);
CREATE INDEX t_n ON t (n);
CREATE INDEX t_r ON t (r);
CREATE INDEX t_s ON t (s);
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


def test_a_condition_that_is_left_leaves_the_rest_to_go_down(oracle: Oracle) -> None:
    taken = oracle.take("SELECT a.id FROM s.main.t AS a WHERE a.id > 0 AND reverse(a.s) = 'cba'")
    assert taken.native is not None
    assert "> 0" in taken.native.text
    assert [left.reason for left in taken.left] == ["REVERSE is left to the residual: SQLite has no such function for texts."]


def test_a_condition_that_is_left_is_not_left_out_beneath_groups(oracle: Oracle) -> None:
    taken = oracle.take("SELECT count(*) FROM s.main.t AS a WHERE reverse(a.s) = 'cba'")
    assert taken.native is None


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


@pytest.mark.parametrize(
    ("condition", "search"),
    [
        ("a.n = 5", "t_n (n=?)"),
        ("a.n IN (5, 7)", "t_n (n=?)"),
        ("a.n > 5", "t_n (n>?)"),
        ("a.n BETWEEN 5 AND 7", "t_n (n>? AND n<?)"),
        ("a.n > 2.5", "t_n (n>?)"),
        ("a.n = 5 AND a.s LIKE 'a_c'", "t_n (n=?)"),
        ("a.r < 0.5", "t_r (r<?)"),
        ("a.s = 'abc'", "t_s (s=?)"),
        ("a.s > 'abc'", "t_s (s>?)"),
        ("a.s LIKE 'ab%'", "t_s (s>? AND s<?)"),
        ("starts_with(a.s, 'ab')", "t_s (s>? AND s<?)"),
        ("a.id = 3", "INTEGER PRIMARY KEY (rowid=?)"),
        ("a.id IN (SELECT x.k FROM s.main.strict_t AS x)", "INTEGER PRIMARY KEY (rowid=?)"),
    ],
)
def test_a_condition_keeps_an_index_usable(oracle: Oracle, condition: str, search: str) -> None:
    taken = oracle.take(f"SELECT a.id, a.b FROM s.main.t AS a WHERE {condition}")
    assert taken.native is not None
    assert not taken.left
    with oracle.batches.reading(1, Control()) as reader:
        plan = reader.explain(taken.native, "plan", Control())
    assert f"SEARCH t USING INDEX {search}" in plan or f"SEARCH t USING {search}" in plan, plan


def test_the_order_of_a_key_needs_no_sorting(oracle: Oracle) -> None:
    taken = oracle.take("SELECT a.id, a.n FROM s.main.t AS a WHERE a.id > 2 ORDER BY a.id LIMIT 3")
    assert taken.native is not None
    with oracle.batches.reading(1, Control()) as reader:
        assert "B-TREE" not in reader.explain(taken.native, "plan", Control())


@pytest.mark.parametrize(
    "nested",
    [
        lambda inner: f"(a.n + {inner})",
        lambda inner: f"({inner} + a.n)",
        lambda inner: f"CASE WHEN a.n > {inner} THEN a.n END",
        lambda inner: f"coalesce(a.n, {inner})",
        lambda inner: f"CASE WHEN a.b THEN a.n ELSE {inner} END",
    ],
)
def test_what_is_nested_deeply_is_left_before_the_parser_gives_up(oracle: Oracle, nested: Callable[[str], str]) -> None:
    text = "a.id"
    for _ in range(40):
        text = nested(text)
        taken = oracle.take(f"SELECT {text} AS x FROM s.main.t AS a")
        if taken.native is not None:
            with oracle.batches.reading(1, Control()) as reader:
                reader.explain(taken.native, "plan", Control())
    assert oracle.take(f"SELECT {text} AS x FROM s.main.t AS a").native is None


def test_queries_that_are_nested_deeply_are_left_before_the_parser_gives_up(oracle: Oracle) -> None:
    derived, listed, united = "SELECT a.id FROM s.main.t AS a", "SELECT a.id FROM s.main.t AS a", "SELECT a.id FROM s.main.t AS a"
    for level in range(20):
        derived = f"SELECT x{level}.id FROM ({derived}) AS x{level} WHERE x{level}.id > 0"
        listed = f"SELECT a{level}.id FROM s.main.t AS a{level} WHERE a{level}.id IN ({listed})"
        united = f"SELECT a{level}.id FROM s.main.t AS a{level} UNION ALL SELECT x{level}.id FROM ({united}) AS x{level}"
        for sql in (derived, listed, united):
            taken = oracle.take(sql)
            if taken.native is not None:
                with oracle.batches.reading(1, Control()) as reader:
                    reader.explain(taken.native, "plan", Control())
    assert all(oracle.take(sql).native is None for sql in (derived, listed, united))
