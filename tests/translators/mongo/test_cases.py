"""Specification cases: SQL over `edges`, answered by MongoDB and by DuckDB.

`cases/pushed/*.sql` holds one case a line. A line that begins with SELECT or WITH is a query that goes down whole; any other is
an expression, which is computed for every document. Where DuckDB ends a document's computation with an error, so must MongoDB.
`cases/refused/*.txt` holds `case -- reason`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from planner.errors import FozError
from planner.plan import Field
from tests.translators.mongo.edges import open_edges
from tests.translators.mongo.shop import Shop
from translators.control import Control
from translators.mongo import expressions
from translators.mongo.columns import Columns, fields_of
from translators.mongo.decode import Reading
from translators.mongo.native import Request
from translators.mongo.refusal import Refused
from translators.mongo.types import Shape, shape_of

CASES = Path(__file__).parent / "cases"
_ERROR = "error"


def cases(folder: str) -> list[Any]:
    return [
        pytest.param(line.strip(), id=f"{path.stem}:{line.strip()[:90]}")
        for path in sorted((CASES / folder).glob("*.*"))
        for line in path.read_text().split("\n")
        if line.strip() and not line.startswith("--")
    ]


@pytest.fixture(scope="module")
def shop(mongodb_uri: str) -> Iterator[Shop]:
    with open_edges(mongodb_uri) as found:
        yield found


def scalar(shop: Shop, text: str) -> tuple[exp.Expr, Columns, str]:
    """An expression as the planner would hand it over, its scope, and its type in DuckDB."""
    fragment = shop.fragment(f"SELECT {text} AS v FROM t")
    return fragment.query.selects[0].unalias(), Columns({"t": fields_of(shop.table)}), fragment.outputs[0].type


def request(shop: Shop, value: expressions.Value, match: dict[str, Any]) -> Request:
    shape = Shape(value.kind, value.type) if value.kind not in ("array", "object") else shape_of(value.type, "")
    pipeline = ({"$match": match}, {"$sort": {"_id": 1}}, {"$project": {"v": value.expression}})
    readings = (Reading(("_id",), Shape("int", "INTEGER")), Reading(("v",), shape))
    return Request(shop.table.schema, shop.table.name, readings, pipeline=pipeline)


def computed(shop: Shop, value: expressions.Value, type: str, match: dict[str, Any]) -> Any:
    """What MongoDB computes for the documents that match, through DuckDB as text; `error` where it ends the query."""
    outputs = [Field("_id", "INTEGER"), Field("v", type)]
    try:
        with shop.store.reading(1, Control()) as reader:
            batches = list(reader.read(request(shop, value, match), outputs, Control()))
    except FozError:
        return _ERROR
    return {id: value for batch in batches for id, value in shown(shop.oracle, batch)}


def shown(oracle: duckdb.DuckDBPyConnection, batch: Any) -> list[tuple[int, str]]:
    oracle.register("given", batch)
    rows = oracle.execute("SELECT _id, v FROM given").fetchall()
    oracle.unregister("given")
    return [(id, f"{value!r}") for id, value in rows]


def expected(shop: Shop, text: str, where: str = "") -> Any:
    try:
        return {id: f"{value!r}" for id, value in shop.oracle.execute(f"SELECT _id, {text} AS v FROM t {where}").fetchall()}
    except duckdb.Error:
        return _ERROR


def ids(shop: Shop) -> list[int]:
    return [row[0] for row in shop.oracle.execute("SELECT _id FROM t ORDER BY _id").fetchall()]


@pytest.mark.parametrize("case", cases("pushed"))
def test_pushed(shop: Shop, case: str) -> None:
    if case.upper().startswith(("SELECT ", "WITH ")):
        _whole_query(shop, case)
        return
    node, scope, type = scalar(shop, case)
    value = expressions.value(node, scope)
    assert value.type == type
    wanted = expected(shop, case)
    if wanted == _ERROR:
        _document_by_document(shop, case, value, type)
    else:
        assert computed(shop, value, type, {}) == wanted
    if type == "BOOLEAN" and wanted != _ERROR:
        _as_condition(shop, case, expressions.condition(node, scope))
        negated, scope, _ = scalar(shop, f"NOT ({case})")
        _as_condition(shop, f"NOT ({case})", expressions.condition(negated, scope))
    if not value.nullable:
        assert wanted == _ERROR or "None" not in wanted.values()


def _document_by_document(shop: Shop, case: str, value: expressions.Value, type: str) -> None:
    whole = {id: expected(shop, case, f"WHERE _id = {id}") for id in ids(shop)}
    ends = [id for id, found in whole.items() if found == _ERROR]
    goes = {id: text for found in whole.values() if found != _ERROR for id, text in found.items()}
    assert ends
    assert computed(shop, value, type, {"_id": {"$nin": ends}}) == goes
    assert [id for id in ends if computed(shop, value, type, {"_id": id}) != _ERROR] == []


def _as_condition(shop: Shop, case: str, condition: Any) -> None:
    wanted = shop.oracle.execute(f"SELECT _id FROM t WHERE {case} ORDER BY _id").fetchall()
    request = Request(
        shop.table.schema,
        shop.table.name,
        (Reading(("_id",), Shape("int", "INTEGER")),),
        pipeline=({"$match": {"$expr": condition}}, {"$sort": {"_id": 1}}),
    )
    with shop.store.reading(1, Control()) as reader:
        batches = list(reader.read(request, [Field("_id", "INTEGER")], Control()))
    assert [(id,) for batch in batches for id in batch.column(0).to_pylist()] == wanted


def _whole_query(shop: Shop, sql: str) -> None:
    table, taken = shop.read(sql)
    assert not taken.left
    shop.oracle.register("given", table)
    given = [_text(row) for row in shop.oracle.execute("SELECT * FROM given").fetchall()]
    shop.oracle.unregister("given")
    wanted = [_text(row) for row in shop.oracle.execute(sql).fetchall()]
    if sqlglot.parse_one(sql, read="duckdb").args.get("order") is None:
        given, wanted = sorted(given), sorted(wanted)
    assert given == wanted


def _text(row: tuple[Any, ...]) -> str:
    """A row as text: a HUGEINT travels as a decimal without a fraction, NaN equals NaN."""
    return repr([f"{value}" for value in row])


@pytest.mark.parametrize("case", cases("refused"))
def test_refused(shop: Shop, case: str) -> None:
    text, _, reason = case.rpartition(" -- ")
    if text.upper().startswith(("SELECT ", "WITH ")):
        _, taken = shop.take(text)
        assert taken.native is None or taken.left
        assert taken.left[0].reason == reason
        return
    node, scope, _ = scalar(shop, text)
    with pytest.raises(Refused) as refused:
        expressions.value(node, scope)
    assert refused.value.reason == reason


def test_the_cases_parse_as_one_statement_each() -> None:
    for case in cases("pushed"):
        text = str(case.values[0])
        assert sqlglot.parse_one(text if text.upper().startswith(("SELECT ", "WITH ")) else f"SELECT {text}", read="duckdb")
