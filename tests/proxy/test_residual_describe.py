"""What DuckDB says of a query before it runs: names, types, parameters, and errors in the caller's words."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest

from planner.errors import FozError, SqlSyntax, SqlType, UnknownColumn, UnknownTable, Unsupported
from planner.plan import Field
from proxy.described import Descriptions
from proxy.residual import Engine

TABLES = {
    "t_5e1f": (
        Field("id", "BIGINT"),
        Field("name", "VARCHAR"),
        Field("total", "DECIMAL(12,2)"),
        Field("seen", "TIMESTAMP WITH TIME ZONE"),
        Field("Home address", 'STRUCT(city VARCHAR, "Post code" VARCHAR[])'),
        Field("nothing", '"NULL"'),
    )
}
NAMES = {"t_5e1f": "shop.orders"}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine(64 << 20, None)
    yield engine
    engine.close()


def described(engine: Engine, sql: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    found = engine.describe(sql, TABLES, NAMES)
    return [(field.name, field.type) for field in found.columns], [(field.name, field.type) for field in found.parameters]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM t_5e1f",
        "SELECT sum(id), avg(total), count(*), total / 2, total * total, id // 2, id / 2 FROM t_5e1f GROUP BY ALL",
        'SELECT o."Home address".city, "Home address", nothing, NULL, 1, 1.5, INTERVAL 1 DAY FROM t_5e1f AS o',
        "SELECT id AS n, name AS n, [id], {'a': id}, MAP {'a': seen} FROM t_5e1f",
        "FROM t_5e1f SELECT id LIMIT 1",
        "WITH x AS (SELECT id FROM t_5e1f) SELECT * FROM x UNION ALL SELECT 1.5 ORDER BY ALL",
        "SELECT * FROM t_5e1f PIVOT (sum(total) FOR name IN ('a', 'b'))",
    ],
)
def test_columns_are_those_that_duckdb_gives(engine: Engine, sql: str) -> None:
    columns = ", ".join(f'"{field.name}" {field.type}' for field in TABLES["t_5e1f"])
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t_5e1f ({columns})")
        expected = [(name, type) for name, type, *_ in connection.execute(f"DESCRIBE {sql}").fetchall()]
    assert described(engine, sql)[0] == expected


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("SELECT id FROM t_5e1f WHERE id = ? AND total > ? AND name LIKE ? LIMIT ?", "BIGINT DECIMAL(12,2) VARCHAR BIGINT"),
        ("SELECT $1::DATE, $2::TIMESTAMP, $1::DATE", "DATE TIMESTAMP"),
        ("SELECT id + $1 FROM t_5e1f", "BIGINT"),
        ("SELECT ?", "VARCHAR"),
        ("SELECT ? + INTERVAL 1 DAY", "TIMESTAMP"),
        ("SELECT concat(?, name), upper(?) FROM t_5e1f WHERE id IN (?, ?)", "VARCHAR VARCHAR BIGINT BIGINT"),
    ],
)
def test_parameters_have_the_types_that_the_query_gives_them(engine: Engine, sql: str, parameters: str) -> None:
    assert " ".join(type for _, type in described(engine, sql)[1]) == parameters


def test_named_parameters(engine: Engine) -> None:
    columns, parameters = described(engine, "SELECT id + $more AS n, $text AS t FROM t_5e1f WHERE seen > $since")
    assert dict(columns) == {"n": "BIGINT", "t": "VARCHAR"}
    assert dict(parameters) == {"more": "BIGINT", "text": "VARCHAR", "since": "TIMESTAMP WITH TIME ZONE"}


@pytest.mark.parametrize(
    ("sql", "kind", "message"),
    [
        ("SELEC 1", SqlSyntax, 'Syntax error at or near "SELEC", at line 1, column 1.'),
        ("SELECT 'é',\n  1 FRM t_5e1f x y", SqlSyntax, 'Syntax error at or near "shop.orders", at line 2, column 9.'),
        ("SELECT 1 +", SqlSyntax, 'Syntax error at or near "+", at line 1, column 10.'),
        ("SELECT 'abc", SqlSyntax, "Unterminated string literal, at line 1, column 8."),
        ("SELECT nam FROM t_5e1f", UnknownColumn, "There is no column nam. Did you mean name?"),
        ("SELECT o.nam FROM t_5e1f AS o WHERE false", UnknownColumn, "There is no column nam. Did you mean name"),
        ('SELECT o."Home address".town FROM t_5e1f AS o', UnknownColumn, "There is no column town. Did you mean "),
        ("SELECT * EXCLUDE (nam) FROM t_5e1f", UnknownColumn, "There is no column nam. Did you mean name?"),
        ("SELECT id FROM t_5e1f JOIN t_5e1f AS b USING (nam)", UnknownColumn, "There is no column nam."),
        ("SELECT x.id FROM t_5e1f", UnknownTable, "There is no table or alias x here. Did you mean shop.orders?"),
        ("SELECT * FROM elsewhere", UnknownTable, "There is no table or alias elsewhere here."),
        ("SELECT * FROM '/etc/passwd'", UnknownTable, "There is no table or alias /etc/passwd here."),
        ("SELECT id FROM t_5e1f AS a, t_5e1f AS b", SqlType, "The column id is ambiguous: write a.id or b.id."),
        ("SELECT flor(id) FROM t_5e1f", Unsupported, "There is no function flor. Did you mean floor?"),
        ("SELECT * FROM nothing(1)", Unsupported, "There is no function nothing."),
        ("SELECT id + name FROM t_5e1f", SqlType, "There is no function for +(BIGINT, VARCHAR): cast the arguments"),
        ("SELECT sum(name) FROM t_5e1f", SqlType, "There is no function for sum(VARCHAR)"),
        ("SELECT * FROM t_5e1f WHERE name > 5", SqlType, "Values of type VARCHAR and INTEGER cannot be compared"),
        ("SELECT id, sum(total) FROM t_5e1f", SqlType, "The column id must be in GROUP BY or inside an aggregate"),
        ("SELECT id::money FROM t_5e1f", SqlType, "There is no type money."),
        ("SELECT date_trunc('mont', DATE '2020-01-01')", SqlType, "The date part mont is not known."),
        ("SELECT max(sum(id)) FROM t_5e1f", SqlType, "Aggregate function calls cannot be nested."),
        ("SELECT 1; SELECT 2", Unsupported, "One statement at a time."),
        ("", Unsupported, "One statement at a time."),
        ("DELETE FROM t_5e1f", Unsupported, "Only SELECT can be run here."),
        ("PIVOT t_5e1f ON name USING sum(id)", Unsupported, "PIVOT needs its values written out"),
        ("SELECT * FROM read_text('/etc/passwd')", Unsupported, "The function read_text is not available."),
    ],
)
def test_errors_are_in_the_callers_words(engine: Engine, sql: str, kind: type[FozError], message: str) -> None:
    with pytest.raises(kind) as raised:
        described(engine, sql)
    assert raised.value.message.startswith(message)
    assert "t_5e1f" not in raised.value.message
    assert "LINE" not in raised.value.message


def test_a_syntax_error_carries_its_place(engine: Engine) -> None:
    with pytest.raises(SqlSyntax) as raised:
        described(engine, "SELECT 1 AS a," + " " * 300 + "\n\n   2 AS b c")
    assert raised.value.details == {"line": 3, "column": 11}


def test_tables_that_are_dropped_for_others_come_back() -> None:
    descriptions = Descriptions(tables=3)
    names = [f"t_{number}" for number in range(12)]

    def describe(number: int) -> str:
        name, other = names[number % 12], names[(number * 7 + 1) % 12]
        tables = {one: (Field("k", "BIGINT"), Field(f"of_{one}", "VARCHAR")) for one in (name, other)}
        return descriptions.describe(f"SELECT a.* FROM {name} AS a, {other} AS b", tables, {}).columns[1].name

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(describe, range(600))) == [f"of_{names[number % 12]}" for number in range(600)]
    descriptions.close()


def test_a_broken_database_of_descriptions_is_replaced(engine: Engine) -> None:
    engine.describe("SELECT 1", {})
    broken = engine._descriptions
    broken.broken = True
    assert engine.describe("SELECT i FROM t", {"t": [Field("i", "INTEGER")]}).columns == (Field("i", "INTEGER"),)
    assert engine._descriptions is not broken


def test_a_cursor_that_computed_constants_sees_tables_that_others_made_since() -> None:
    descriptions = Descriptions()
    with descriptions._cursor() as other:
        assert descriptions.compute(["DATE '2020-01-01' + 1"]) == [("DATE", "2020-01-02")]
        with descriptions._tables(other, TABLES):
            assert descriptions.describe("SELECT id FROM t_5e1f", TABLES, NAMES).columns == (Field("id", "BIGINT"),)
    descriptions.close()
