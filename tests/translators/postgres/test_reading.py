"""Values of every type arrive unchanged, and what Arrow or the driver would change in silence is an error or, if asked, NULL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from planner.errors import FozError, SourceData
from planner.plan import Field
from tests.translators.postgres.beside import Beside, administer
from translators.base import StoreConfig
from translators.control import Control
from translators.postgres.reading import PostgresQuery
from translators.postgres.source import PostgresStore

TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN price AS numeric(10,2);
CREATE TYPE pair AS (a int, b text);
CREATE TABLE every (
    id int PRIMARY KEY, "Id" text, loose numeric, wide numeric(50,2), tight numeric(3,5), hundreds numeric(5,-2),
    price price, mood mood,
    pair pair, span int4range, ip inet, bits bit(3), money money, doc json, docb jsonb, tz timetz, name name, oid oid, xid xid8,
    moods mood[], prices numeric(8,2)[], times timestamptz[], uuids uuid[], chars char(3)[]);
INSERT INTO every VALUES (1, 'x', 1.5, 2.25, 0.00123, 12300, 9.99, 'ok', (1, 'b'), '[1,5)', '10.0.0.1/8', '101', 1.5,
    '{"a": 1}', '{"b":2}',
    '10:00+02', 'n', 5, '7', '{ok,sad}', '{1.5,NULL}', '{2020-01-01 00:00+01}', '{00000000-0000-0000-0000-000000000001}', '{ab}');
CREATE VIEW seen AS SELECT id, price FROM every;
CREATE MATERIALIZED VIEW kept AS SELECT id FROM every;
CREATE TABLE parts (k int, v text) PARTITION BY RANGE (k);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE SCHEMA app;
CREATE TABLE app.child (id int PRIMARY KEY, every_id int REFERENCES every, code text UNIQUE, first_id int REFERENCES every(id));
CREATE TABLE nothing ()
"""


@pytest.fixture(scope="module")
def beside(postgres_uri: str) -> Iterator[Beside]:
    administer(postgres_uri, *TYPES.split(";\n"))
    beside = Beside(postgres_uri)
    yield beside
    beside.close()


def read(
    store: PostgresStore, text: str, *outputs: tuple[str, str], guards: tuple[str, ...] = (), reads: int = 1
) -> list[dict[str, Any]]:
    fields, control = [Field(*each) for each in outputs], Control()
    with store.reading(reads, control) as reader:
        rows: list[dict[str, Any]] = []
        for batch in reader.read(PostgresQuery.plain(text, guards=guards), fields, control):
            rows += batch.to_pylist()
        return rows


def test_types_and_facts_of_columns(beside: Beside) -> None:
    table = beside.source.table("every")
    assert table is not None
    assert {column.name: column.type for column in table.columns} == {
        "id": "INTEGER", "Id_2": "VARCHAR", "loose": "DECIMAL(38,10)", "wide": "DECIMAL(38,10)", "tight": "DECIMAL(38,10)",
        "hundreds": "DECIMAL(38,10)", "price": "DECIMAL(10,2)", "moods": "VARCHAR[]", "prices": "DECIMAL(8,2)[]",
        "times": "TIMESTAMP WITH TIME ZONE[]", "uuids": "UUID[]", "chars": "VARCHAR[]",
    } | dict.fromkeys(
        ("mood", "pair", "span", "ip", "bits", "money", "doc", "docb", "tz", "name", "oid", "xid"), "VARCHAR",
    )  # fmt: skip


def test_every_other_type_is_its_text(beside: Beside) -> None:
    row = beside.read("SELECT * FROM pg.every").to_pylist()[0]
    assert [str(row[name]) for name in ("loose", "wide", "tight", "hundreds", "price")] == [
        "1.5000000000", "2.2500000000", "0.0012300000", "12300.0000000000", "9.99",
    ]  # fmt: skip
    assert [row[name] for name in ("mood", "pair", "span", "ip", "bits", "doc", "docb", "tz", "name", "oid", "xid")] == [
        "ok", "(1,b)", "[1,5)", "10.0.0.1/8", "101", '{"a": 1}', '{"b": 2}', "10:00:00+02", "n", "5", "7",
    ]  # fmt: skip
    assert row["moods"] == ["ok", "sad"]
    assert row["uuids"] == ["00000000-0000-0000-0000-000000000001"]
    assert row["chars"] == ["ab"] or row["chars"] == ["ab "]
    assert beside.read("""SELECT "Id_2" AS x FROM pg.every""").to_pylist() == [{"x": "x"}]


def test_kinds_keys_and_relations(beside: Beside) -> None:
    kinds = {table.name: table.kind for table in beside.source.tables}
    assert kinds["seen"] == "view"
    assert kinds["kept"] == "materialized view"
    assert kinds["parts"] == "partitioned table"
    assert kinds["parts_1"] == "partition"
    child = beside.source.table("child", "app")
    assert child is not None
    assert child.primary_key == ("id",)
    assert child.unique_keys == (("code",),)
    assert {(relation.name, relation.to, relation.keys) for relation in child.relations} == {
        ("every", "pg.public.every", (("every_id", "id"),)),
        ("first", "pg.public.every", (("first_id", "id"),)),
    }
    assert beside.source.schemas[0] == "public"


TRAPS = [
    ("SELECT 'infinity'::date", "DATE"),
    ("SELECT '-infinity'::date", "DATE"),
    ("SELECT 'infinity'::timestamp", "TIMESTAMP"),
    ("SELECT '-infinity'::timestamptz", "TIMESTAMP WITH TIME ZONE"),
    ("SELECT '294276-12-31'::timestamp", "TIMESTAMP"),
    ("SELECT '24:00'::time", "TIME"),
    ("SELECT 'NaN'", "DECIMAL(38,10)"),
    ("SELECT 'Infinity'", "DECIMAL(38,10)"),
    ("SELECT '0.00000000001'", "DECIMAL(38,10)"),
    ("SELECT '12345678901234567890123456789.5'", "DECIMAL(38,10)"),
    ("SELECT array[date 'infinity', NULL]", "DATE[]"),
]


@pytest.mark.parametrize(("sql", "type"), TRAPS)
def test_what_cannot_be_carried_is_an_error_or_null(beside: Beside, sql: str, type: str) -> None:
    assert isinstance(beside.store, PostgresStore)
    guards = ("x",) if type.endswith("[]") else ()
    text = f"{sql}{', false' if guards else ''}"
    with pytest.raises(SourceData, match="Column x"):
        read(beside.store, text, ("x", type), guards=guards)
    lenient = PostgresStore(StoreConfig("pg", "postgres", {"uri": beside.uri}, on_mismatch="nullify"))
    try:
        (row,) = read(lenient, text, ("x", type), guards=guards)
        assert row["x"] in (None, [None, None])
    finally:
        lenient.close()


def test_an_array_of_two_dimensions_is_never_flattened(beside: Beside, postgres_uri: str) -> None:
    administer(
        postgres_uri,
        "CREATE TABLE grid (id int, cells int[])",
        "INSERT INTO grid VALUES (1, '{1,2}'), (2, '{{1,2},{3,4}}'), (3, NULL)",
    )
    error, lenient = Beside(postgres_uri), Beside(postgres_uri, on_mismatch="nullify")
    try:
        with pytest.raises(SourceData, match=r"Column cells holds an array of more than one dimension"):
            error.read("SELECT * FROM pg.grid")
        assert error.read("SELECT * FROM pg.grid WHERE id <> 2 ORDER BY id").to_pylist() == [
            {"id": 1, "cells": [1, 2]},
            {"id": 3, "cells": None},
        ]
        assert [row["cells"] for row in lenient.read("SELECT * FROM pg.grid ORDER BY id").to_pylist()] == [[1, 2], None, None]
    finally:
        error.close()
        lenient.close()


def test_extreme_dates_arrive(beside: Beside) -> None:
    assert isinstance(beside.store, PostgresStore)
    text = (
        "SELECT '4713-01-01 BC'::date, '5874897-12-31'::date, '4713-01-01 BC'::timestamp,"
        " '294246-12-31 23:59:59.999999'::timestamptz"
    )
    fields = [Field("a", "DATE"), Field("b", "DATE"), Field("c", "TIMESTAMP"), Field("d", "TIMESTAMP WITH TIME ZONE")]
    with beside.store.reading(1, Control()) as reader:
        (batch,) = reader.read(PostgresQuery.plain(text), fields, Control())
    values = [batch.column(index).cast(pa.int64() if index > 1 else pa.int32())[0].as_py() for index in range(4)]
    assert values == [-2440550, 2145042905, -210863520000000000, 9223371244799999999]


def test_declared_types_win(postgres_uri: str, beside: Beside) -> None:
    declared = Beside(
        postgres_uri, declared={"every": {"loose": "decimal(12, 2)", "ip": "VARCHAR", "mood": "VARCHAR", "id": "BIGINT"}}
    )
    try:
        table = declared.source.table("every")
        assert table is not None
        assert [table.by_name[name].type for name in ("loose", "id")] == ["DECIMAL(12,2)", "BIGINT"]
        assert [str(value) for value in declared.read("SELECT loose, id FROM pg.every").to_pylist()[0].values()] == ["1.50", "1"]
        assert declared.read("SELECT loose FROM pg.every WHERE loose > 1").num_rows == 1
        assert "only read" in declared.native("SELECT id FROM pg.every WHERE id > 1")
    finally:
        declared.close()


def test_batches_stay_below_three_mebibytes_and_tables_may_be_empty(beside: Beside) -> None:
    assert isinstance(beside.store, PostgresStore)
    fields = [Field("x", "BIGINT"), Field("t", "VARCHAR")]
    with beside.store.reading(1, Control()) as reader:
        wide = PostgresQuery.plain("SELECT g, repeat('é', 2000) FROM generate_series(1, 5000) g")
        batches = list(reader.read(wide, fields, Control()))
        none = list(reader.read(PostgresQuery.plain("SELECT 1::int8, 'x' WHERE false"), fields, Control()))
    assert sum(batch.num_rows for batch in batches) == 5000
    assert max(batch.nbytes for batch in batches) < 3 * 2**20
    assert none == []
    assert beside.read("SELECT * FROM pg.parts").num_rows == 0


def test_a_failing_statement_has_its_code_and_the_session_goes_on(beside: Beside) -> None:
    assert isinstance(beside.store, PostgresStore)
    cases = {
        "SELECT 1 / (g - 5) FROM generate_series(1, 10) g": "sql.type",
        "SELECT 1 / 0": "sql.type",
        "SELECT x FROM public.gone": "source.rejected",
        "SELECT (SELECT g FROM generate_series(1, 2) g)": "sql.type",
        "SELECT 2147483647 + g FROM generate_series(0, 3) g": "sql.type",
        "SELECT pg_read_file('x')": "source",
    }
    for text, code in cases.items():
        for reads in (1, 2):
            with pytest.raises(FozError) as caught:
                read(beside.store, text, ("x", "INTEGER"), reads=reads)
            assert caught.value.code.startswith(code), (text, caught.value.code)
        assert read(beside.store, "SELECT 7", ("x", "INTEGER")) == [{"x": 7}]
