"""What passes as a query, what is refused and how, and where parameters stand."""

from __future__ import annotations

import pytest

from planner.errors import FozError, RequestInvalid, SqlSyntax, Unsupported
from planner.parameters import given, keys, put
from planner.parse import MAX_CHARACTERS, Explain, explained, parse

REFUSED = [
    ("", "sql.syntax"),
    ("   ;  ", "sql.syntax"),
    ("select 1 +", "sql.syntax"),
    ("select '", "sql.syntax"),
    ("select /* 1", "sql.syntax"),
    ("select \0", "sql.syntax"),
    ("explain", "sql.syntax"),
    ("explain explain select 1", "sql.syntax"),
    ("explain (format yaml) select 1", "sql.syntax"),
    ("select 1; select 2", "sql.unsupported"),
    ("insert into a.b values (1)", "sql.unsupported"),
    ("with x as (insert into a values (1) returning 1) select * from x", "sql.unsupported"),
    ("select * into x from y", "sql.unsupported"),
    ("drop table a.b", "sql.unsupported"),
    ("copy (select 1) to '/tmp/x'", "sql.unsupported"),
    ("attach 'x' as y", "sql.unsupported"),
    ("set memory_limit = '1GB'", "sql.unsupported"),
    ("pragma database_list", "sql.unsupported"),
    ("call pragma_version()", "sql.unsupported"),
    ("install httpfs", "sql.unsupported"),
    ("select * from read_csv('/etc/passwd')", "sql.unsupported"),
    ("select * from read_text('/proc/self/environ')", "sql.unsupported"),
    ("select * from glob('*')", "sql.unsupported"),
    ("select * from duckdb_settings()", "sql.unsupported"),
    ("select (select max(value) from duckdb_settings())", "sql.unsupported"),
    ("select * from query('select 1')", "sql.unsupported"),
    ("select getenv('HOME')", "sql.unsupported"),
    ("select json_serialize_plan('select current_setting(''threads'')', optimize := true)", "sql.unsupported"),
    ("select current_query()", "sql.unsupported"),
    ("from (describe a.b)", "sql.unsupported"),
    ("with x as (summarize a.b) select * from x", "sql.unsupported"),
    ("select * from rows from (read_text('/etc/passwd')) as t", "sql.unsupported"),
    ("select * from ?", "sql.unsupported"),
    ("select * from a.b.c.d.e", "sql.unknown_table"),
    (" union ".join(["select 1"] * 400), "sql.unsupported"),
    ("select current_setting('memory_limit')", "sql.unsupported"),
    ("select getvariable('x')", "sql.unsupported"),
    ("select nextval('s')", "sql.unsupported"),
    ("select " + "(" * 20_000 + "1" + ")" * 20_000, "sql.unsupported"),
    ("select " + "not " * 20_000 + "true", "sql.unsupported"),
    ("select 1" + "::int" * 20_000, "sql.unsupported"),
    ("select " + "case when a then " * 500 + "1" + " end" * 500, "sql.unsupported"),
    ("select " + "x" * MAX_CHARACTERS, "request.invalid"),
]


@pytest.mark.parametrize(("sql", "code"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_is_no_query_is_refused_with_its_code(sql: str, code: str) -> None:
    with pytest.raises(FozError) as caught:
        parse(sql)
    assert caught.value.code == code


def test_a_syntax_error_tells_where() -> None:
    with pytest.raises(SqlSyntax) as caught:
        parse("select a\nfrom b where where")
    assert caught.value.details["line"] == 2


@pytest.mark.parametrize(
    "sql",
    ["select 1", "from a.b", "values (1)", "(select 1) limit 1", "with x as (select 1) select * from x", "select * from range(3)",
     "pivot a.b on c in (1) using sum(d)", "select * from a.b;", "-- why\nselect 1", "select 'getenv(1)'",
     "select 1; -- and no more", " union ".join(["select a.c from a.b"] * 250)],
)  # fmt: skip
def test_queries_pass(sql: str) -> None:
    assert parse(sql).explain is None


def test_explain_is_taken_off() -> None:
    statement = parse("EXPLAIN ANALYZE (FORMAT JSON) select 1")
    assert statement.explain is not None
    assert (statement.explain, statement.text) == (Explain(analyze=True, format="json"), "select 1")


@pytest.mark.parametrize(
    ("sql", "explain"),
    [
        ("EXPLAIN select 1", Explain()),
        ("explain (store) select 1", Explain(store=True)),
        ("EXPLAIN (ANALYZE, STORE, FORMAT  JSON)select 1", Explain(True, True, "json")),
        ("EXPLAIN ANALYZE (store, format text) select 1", Explain(True, True, "text")),
        ("EXPLAIN (format json, analyze) select 1", Explain(True, False, "json")),
    ],
)
def test_options_of_explain(sql: str, explain: Explain) -> None:
    assert explained(sql) == (explain, "select 1")


def test_a_query_in_parentheses_is_no_option() -> None:
    assert explained("EXPLAIN (select analyze from store)") == (Explain(), "(select analyze from store)")
    for options in ("FORMAT YAML", "STORE, TIMING", "ANALYZE STORE", "STORE,"):
        with pytest.raises(SqlSyntax, match="ANALYZE, STORE, FORMAT TEXT and FORMAT JSON"):
            parse(f"EXPLAIN ({options}) select 1")


def test_another_dialect_becomes_duckdbs() -> None:
    assert parse("select `a` from `b`.`c` limit 2, 3", "mysql").text == 'SELECT "a" FROM "b"."c" LIMIT 3 OFFSET 2'
    with pytest.raises(RequestInvalid):
        parse("select 1", "klingon")


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("select ?, ?", (1, 2)),
        ("select $1,$2", (1, 2)),
        ("select $2, $1, $2", (1, 2)),
        ("select $a,$b", ("a", "b")),
        ("select '$1', \"$2\", $$ $3 $$, $x$ $4 $x$ -- $5\n/* $6 */, $7", (7,)),
        ("select '?', a::json -> '?'", ()),
    ],
)
def test_parameters_are_found_where_they_are(sql: str, found: tuple[object, ...]) -> None:
    assert keys(sql) == found


def test_parameters_are_put_in_place() -> None:
    assert put("select ?, '?', ?", given(["1", "'x'"])) == "select 1, '?', 'x'"
    assert put("select $b + $a", given({"a": "1", "b": "2"})) == "select 2 + 1"
    assert parse("select $1,$2").query.sql("duckdb") == "SELECT $1, $2"
    with pytest.raises(RequestInvalid):
        put("select ?, ?", given(["1"]))


@pytest.mark.parametrize(
    "sql", ["select random()", "select now()", "select current_date", "from a.b tablesample 10%", "select uuid()"]
)
def test_volatile_queries_are_known(sql: str) -> None:
    assert parse(sql).volatile is not None


def test_unsupported_says_what_instead() -> None:
    with pytest.raises(Unsupported, match=r"INSERT is not implemented: Foz answers SELECT and EXPLAIN\."):
        parse("insert into a.b values (1)")
