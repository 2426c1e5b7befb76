"""Every type of each store: what introspection says it is, what arrives, and what queries make of it: what DuckDB does."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from tests.answers.world import World
from tests.contract import in_files, in_mongodb, in_postgres, in_sqlite
from tests.contract.asked import Asked, document, foz_over
from tests.contract.capabilities import each
from tests.contract.conftest import Places
from tests.contract.place import Kind
from translators.arrow import carrier, quoted

KINDS: dict[str, tuple[Kind, ...]] = {
    "files": in_files.KINDS,
    "mongodb": in_mongodb.KINDS,
    "postgres": in_postgres.KINDS,
    "sqlite": in_sqlite.KINDS,
}
CASES = [(store, kind.needs, kind) for store, kinds in KINDS.items() for kind in kinds]
EMPTY = [
    (store, needs if needs == "nested" else "", kind)
    for store, needs, kind in CASES
    if kind.declared not in (None, "csv", "ndjson")
]
"""Kinds whose tables tell their types without a row."""


def table(kind: Kind) -> str:
    return "k_" + kind.name.replace("-", "_")


def stored(kind: Kind) -> list[Any]:
    return [None, *(value for value, _ in kind.values)]


def delivered(kind: Kind) -> list[Any]:
    return [None, *(value for _, value in kind.values)]


def exact(values: list[Any], type: str) -> list[str]:
    """Values with the signs of zeros and the scales of decimals, NaN equal to itself."""
    return [repr(value) for value in pa.array(values, carrier(type)).to_pylist()]


@pytest.fixture(scope="module")
def worlds(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Each store's place with a table a kind, the store over it, and Foz over it, with the same rows in the oracle."""
    closing = []

    @functools.cache
    def world(store: str) -> tuple[Asked, World]:
        place = places[store]
        for kind in KINDS[store]:
            place.hold(table(kind), kind.declared, stored(kind))
        asked = Asked(place)
        running = foz_over([document(place)], tmp_path_factory.mktemp("foz"))
        opened = running.__enter__()
        closing.append((asked, running))
        for kind in KINDS[store]:
            rows = pa.table({"id": range(len(delivered(kind))), "x": pa.array(delivered(kind), carrier(kind.type))})
            opened.oracle.register("rows", rows)
            columns = f"id, CAST(x AS {kind.type}) AS x"
            opened.oracle.execute(f"CREATE TABLE s.{table(kind)} AS SELECT {columns} FROM rows")
            opened.oracle.unregister("rows")
        return asked, opened

    yield world
    for asked, running in closing:
        running.__exit__(None, None, None)
        asked.close()


@each(CASES)
def test_values_arrive_as_they_are(worlds: Any, store: str, case: Kind) -> None:
    asked, _ = worlds(store)
    column = asked.table(table(case)).column("x")
    assert (column.type, column.nullable) == (case.type, True)
    rows = asked.rows(table(case))
    assert [repr(row["x"]) for row in rows] == exact(delivered(case), case.type)


@each(EMPTY)
def test_an_empty_table_has_the_same_types(places: Places, store: str, case: Kind) -> None:
    places[store].hold("empty", case.declared, [])
    try:
        with Asked(places[store]) as asked:
            found = asked.table("empty")
            assert {"id": "BIGINT", "x": case.type}.items() <= {column.name: column.type for column in found.columns}.items()
            rows = asked.read(asked.whole("empty"))
            assert (rows.num_rows, rows.schema.field("x").type) == (0, carrier(case.type))
    finally:
        places[store].drop("empty")


@each(CASES)
def test_queries_over_the_type_answer_as_duckdb(worlds: Any, store: str, case: Kind) -> None:
    _, world = worlds(store)
    for sql in queries(f"s.{table(case)}", case, world):
        world.check(sql, ordered="ORDER BY" in sql)


def queries(name: str, kind: Kind, world: World) -> Iterator[str]:
    """SQL over a table of `id` and `x` whose answer depends on how values compare."""
    yield f"SELECT id, x FROM {name}"
    yield f"SELECT count(*) AS n, count(x) AS x, count(DISTINCT x) AS d FROM {name}"
    yield f"SELECT x, count(*) AS n FROM {name} GROUP BY x"
    yield f"SELECT DISTINCT x FROM {name}"
    yield f"SELECT min(x) AS low, max(x) AS high FROM {name}"
    yield f"SELECT x FROM {name} ORDER BY x"
    yield f"SELECT x FROM {name} ORDER BY x DESC NULLS FIRST"
    yield f"SELECT x FROM {name} ORDER BY x DESC, id LIMIT 2"
    yield f"SELECT id FROM {name} WHERE x IS NULL"
    yield f"SELECT id FROM {name} WHERE x IS NOT NULL"
    yield f"SELECT a.id, b.id AS other FROM {name} a JOIN {name} b ON a.x = b.x"
    yield f"SELECT a.id, b.id AS other FROM {name} a LEFT JOIN {name} b ON a.x < b.x"
    yield f"SELECT id FROM {name} WHERE x NOT IN (SELECT x FROM {name} WHERE id > 1)"
    yield f"SELECT id FROM {name} WHERE x = (SELECT max(x) FROM {name})"
    yield f"SELECT id, x FROM {name} UNION SELECT id + 1, x FROM {name}"
    if kind.type.endswith("]") or kind.type.startswith(("STRUCT", "MAP")):
        return
    literals = constants(kind, world)
    for literal in literals:
        for operator in ("=", "<>", "<", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"):
            yield f"SELECT id FROM {name} WHERE x {operator} {literal}"
        yield f"SELECT id FROM {name} WHERE NOT (x > {literal})"
    yield f"SELECT id FROM {name} WHERE x IN ({', '.join(literals)})"
    yield f"SELECT id FROM {name} WHERE x NOT IN ({literals[0]}, {literals[-1]})"
    yield f"SELECT id FROM {name} WHERE x BETWEEN {literals[0]} AND {literals[-1]}"
    yield f"SELECT id, coalesce(x, {literals[0]}) AS x FROM {name}"
    yield f"SELECT id, x = {literals[0]} AS same FROM {name}"
    yield f"SELECT id, CASE WHEN x = {literals[0]} THEN 1 END AS c FROM {name}"


def constants(kind: Kind, world: World) -> list[str]:
    """The first, the middle and the last of the kind's values as SQL."""
    chosen = sorted({0, len(kind.values) // 2, len(kind.values) - 1})
    found = []
    for index in chosen:
        text = f"SELECT CAST(x AS VARCHAR) FROM s.{quoted(table(kind))} WHERE id = {index + 1}"
        ((value,),) = world.oracle.execute(text).fetchall()
        found.append(f"CAST('{value.replace(chr(39), chr(39) * 2)}' AS {kind.type})")
    return found
