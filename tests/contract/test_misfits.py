"""What a column's type cannot hold is an error that names the column, or NULL where that is asked for; never another value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from planner.errors import SourceData
from tests.answers.world import World, rows_of
from tests.contract import in_files, in_mongodb, in_postgres, in_sqlite
from tests.contract.asked import Asked, document, foz_over
from tests.contract.capabilities import each
from tests.contract.conftest import Places
from tests.contract.in_mongodb import WITHIN
from tests.contract.place import Misfit, Place
from translators.arrow import carrier

MISFITS: dict[str, tuple[Misfit, ...]] = {
    "files": in_files.MISFITS,
    "mongodb": in_mongodb.MISFITS,
    "postgres": in_postgres.MISFITS,
    "sqlite": in_sqlite.MISFITS,
}
CASES = [(store, "", misfit) for store, misfits in MISFITS.items() for misfit in misfits]

QUERIES = (
    "SELECT id, x FROM s.misfit ORDER BY id",
    "SELECT x FROM s.misfit WHERE x IS NOT NULL",
    "SELECT id FROM s.misfit WHERE x IS NULL",
    "SELECT count(x) AS n FROM s.misfit",
    "SELECT count(*) AS n FROM s.misfit",
    "SELECT count(DISTINCT x) AS n FROM s.misfit",
    "SELECT min(x) AS low, max(x) AS high FROM s.misfit",
    "SELECT x, count(*) AS n FROM s.misfit GROUP BY x",
    "SELECT DISTINCT x FROM s.misfit",
    "SELECT x FROM s.misfit ORDER BY x",
    "SELECT x FROM s.misfit ORDER BY x DESC NULLS FIRST LIMIT 2",
    "SELECT a.id FROM s.misfit a JOIN s.misfit b ON a.x = b.x",
    "SELECT a.id FROM s.misfit a LEFT JOIN s.misfit b ON a.x <> b.x",
    "SELECT id FROM s.misfit WHERE x = (SELECT x FROM s.misfit WHERE id = 1)",
    "SELECT id FROM s.misfit WHERE id < 2 AND x IS NOT NULL",
    "SELECT id, x IS NULL AS gone FROM s.misfit",
)
BY_CONSTANT = (
    "SELECT id FROM s.misfit WHERE x = {constant}",
    "SELECT id FROM s.misfit WHERE x <> {constant}",
    "SELECT id FROM s.misfit WHERE x >= {constant}",
    "SELECT id FROM s.misfit WHERE x < {constant}",
    "SELECT id FROM s.misfit WHERE NOT (x > {constant})",
    "SELECT id FROM s.misfit WHERE x NOT IN ({constant}, {constant})",
    "SELECT id FROM s.misfit WHERE x IS DISTINCT FROM {constant}",
    "SELECT id, coalesce(x, {constant}) AS x FROM s.misfit",
)


@contextmanager
def held(place: Place, misfit: Misfit) -> Iterator[dict[str, Any]]:
    """The table `misfit` of a null, a value that fits and one that does not, in this order; gives what the source declares."""
    place.hold("misfit", misfit.declared, [None, misfit.good[0], misfit.bad])
    try:
        yield {} if misfit.declared_type is None else {"misfit": {"x": misfit.declared_type}}
    finally:
        drop(place, misfit)


def drop(place: Place, misfit: Misfit) -> None:
    if misfit.declared in ("csv", "ndjson"):
        directory = Path(place.connection["path"])
        (directory / f"misfit.{misfit.declared}").unlink()
    else:
        place.drop("misfit")


@each(CASES)
def test_an_error_names_the_column(places: Places, store: str, case: Misfit) -> None:
    with held(places[store], case) as declared, Asked(places[store], declared=declared) as asked:
        assert asked.table("misfit").column("x").type == case.type
        with pytest.raises(SourceData) as caught:
            asked.rows("misfit")
    details = caught.value.details
    assert caught.value.code == "source.data"
    assert case.details.items() <= details.items()
    assert {details.get("column"), details.get("field")} == {"x", None} or "line" in details
    assert details["source"] == "s"


@each(CASES)
def test_or_it_is_null(places: Places, store: str, case: Misfit) -> None:
    with held(places[store], case) as declared, Asked(places[store], declared=declared, on_mismatch="nullify") as asked:
        rows = asked.rows("misfit")
    expected = pa.array([None, case.good[1], None], carrier(case.type)).to_pylist()
    assert [row["x"] for row in rows] == expected


@each(CASES)
def test_queries_see_the_same_nulls_or_the_error(places: Places, tmp_path: Path, store: str, case: Misfit) -> None:
    place = places[store]
    with held(place, case) as declared:
        tables = {name: {"columns": columns} for name, columns in declared.items()}
        for on_mismatch in ("nullify", "error"):
            source = document(place, tables=tables, onMismatch=on_mismatch)
            with foz_over([source], tmp_path) as world:
                x = pa.array([None, case.good[1], None], carrier(case.type))
                world.oracle.register("rows", pa.table({"id": range(3), "x": x}))
                world.oracle.execute(f"CREATE TABLE s.misfit AS SELECT id, CAST(x AS {case.type}) AS x FROM rows")
                for sql in (*QUERIES, *by_constant(case, world)):
                    if on_mismatch == "nullify":
                        world.check(sql, ordered="ORDER BY" in sql)
                    else:
                        check_or_error(world, sql, case)


def by_constant(case: Misfit, world: World) -> list[str]:
    if case.type.endswith("]") or case.type.startswith("STRUCT"):
        return []
    ((value,),) = world.oracle.execute("SELECT CAST(x AS VARCHAR) FROM s.misfit WHERE id = 1").fetchall()
    return [sql.format(constant=f"CAST('{value}' AS {case.type})") for sql in BY_CONSTANT]


def check_or_error(world: World, sql: str, case: Misfit) -> None:
    """An answer may leave the misfit's row out (a store filtered it first), and says nothing else of it."""
    try:
        got = rows_of(world.ask(sql))
    except SourceData:
        return
    expected = rows_of(world.expected(sql))
    without = rows_of(world.expected(sql.replace("s.misfit", "(SELECT * FROM s.misfit WHERE id < 2)")))
    if sorted(map(repr, got)) in (sorted(map(repr, expected)), sorted(map(repr, without))):
        return
    # The store may know that the value is none of the others and not null, as long as nothing is told of what it is.
    names = world.expected(sql).schema.names
    if names[0] == "n":
        assert got in ([(2,)], [(3,)]), sql
    else:
        assert names[0] == "id", f"{sql}: {got}"
        assert {row[0] for row in got} - {row[0] for row in without} <= {2}, sql
        assert not {row[0] for row in without} - {row[0] for row in got}, sql


@pytest.mark.parametrize(("type", "bad", "field", "left"), WITHIN)
def test_a_part_that_does_not_fit(places: Places, type: str, bad: Any, field: str, left: Any) -> None:
    place = places["mongodb"]
    place.hold("part", None, [None, bad])
    try:
        declared = {"part": {"x": type}}
        with Asked(place, declared=declared) as asked, pytest.raises(SourceData) as caught:
            asked.rows("part")
        details = caught.value.details
        assert details["field"].replace("[]", "") == field
        assert (details["bsonType"], details["documentId"]) == ("double" if isinstance(bad, list) else "string", "1")
        with Asked(place, declared=declared, on_mismatch="nullify") as asked:
            assert asked.rows("part")[1]["x"] == left
    finally:
        place.drop("part")
