"""When documents are looked up: the statistics that the planner hands over decide, and an index must serve. No server is here."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlglot

from planner.catalog import Catalog, Column, Source, Table
from planner.fragments import fragment
from planner.plan import Field, Taken
from planner.statistics import ColumnStatistics, TableStatistics
from translators.mongo import STORE


def table(name: str, rows: int, indexes: tuple[tuple[str, ...], ...] = ()) -> Table:
    """Rows with a key, a `part` that a hundredth of them has, and a text."""
    columns = ("_id", "INTEGER", "int"), ("part", "INTEGER", "int"), ("owner", "INTEGER", "int"), ("label", "VARCHAR", "string")
    known = (
        ("_id", ColumnStatistics(null_fraction=0.0, distinct=rows)),
        ("part", ColumnStatistics(null_fraction=0.0, distinct=100)),
        ("owner", ColumnStatistics(null_fraction=0.0, distinct=rows / 5)),
        ("label", ColumnStatistics(null_fraction=0.0, distinct=rows)),
    )
    return Table(
        "src", "s", name, tuple(Column(name, type, native=native) for name, type, native in columns),
        primary_key=("_id",), indexes=indexes, statistics=TableStatistics(rows, None, known, "collection count"),
    )  # fmt: skip


FEW, MANY, BARE = table("few", 1_000), table("many", 100_000, (("owner", "part"), ("label",))), table("bare", 100_000)
FACTS = frozenset({"version:6.0.5", "snapshots"})


def take(sql: str, *tables: Table, facts: frozenset[str] = FACTS) -> Taken:
    source = Source("src", "mongodb", tables=tables or (FEW, MANY, BARE), schemas=("s",), facts=facts)
    query = sqlglot.parse_one(sql, read="duckdb")
    assert isinstance(query, sqlglot.exp.Select)
    outputs = [Field(name, "INTEGER") for name in query.named_selects]
    return STORE.take(fragment("f0", query, outputs, Catalog((source,))), source)


JOIN = "SELECT f._id AS a, m._id AS b FROM src.s.few AS f JOIN src.s.{} AS m ON m.owner = f._id"
ONE = f"{JOIN} WHERE f._id = 5"

LOOKED_UP = [
    ONE.format("many"),
    f"{JOIN.format('many')} WHERE f.part = 5",
    "SELECT f._id AS a, m._id AS b FROM src.s.many AS m JOIN src.s.few AS f ON m.owner = f._id WHERE m._id IN (5, 6)",
    "SELECT f._id AS a, m._id AS b FROM src.s.few AS f LEFT JOIN src.s.many AS m ON m.owner = f._id WHERE f._id = 0",
    "SELECT f._id AS a FROM src.s.few AS f WHERE f.part = 7 AND EXISTS (SELECT 1 FROM src.s.many AS m WHERE m.owner = f._id)",
    "SELECT f._id AS a FROM src.s.few AS f WHERE f.part = 7 AND f._id IN (SELECT m.owner FROM src.s.many AS m)",
    "SELECT f._id AS a, m.part AS b FROM src.s.few AS f JOIN src.s.many AS m ON m.label = f.label WHERE f._id = 5",
]


@pytest.mark.parametrize("sql", LOOKED_UP)
def test_few_documents_are_looked_up_in_many_by_an_index(sql: str) -> None:
    taken = take(sql)
    assert taken.native is not None
    assert not taken.left
    assert '{"$lookup": {"from": ' in taken.native.text


AGAINST = [
    (JOIN.format("many"), "1000 look-ups and finding about 100000 cost more than reading about 100000 documents of many"),
    (f"{JOIN.format('many')} WHERE f._id = 5 AND m.part = 3", ""),
    (ONE.format("bare"), "no index of bare begins with owner"),
    (
        "SELECT f._id AS a, m._id AS b FROM src.s.many AS m JOIN src.s.few AS f ON m.owner = f._id WHERE m.part = 5",
        "1000 look-ups and finding about 1000 cost more than reading about 1000 documents of few",
    ),
    (
        "SELECT f._id AS a FROM src.s.few AS f WHERE EXISTS (SELECT 1 FROM src.s.many AS m WHERE m.owner = f._id AND m.part = 1)",
        "1000 look-ups cost more than reading about 1000 documents of many",
    ),
    (
        "SELECT f._id AS a, m._id AS b FROM src.s.few AS f JOIN src.s.many AS m ON m.part = f.part WHERE f._id = 5",
        "no index of many begins with part",
    ),
]


@pytest.mark.parametrize(("sql", "reason"), AGAINST)
def test_the_estimate_or_the_index_that_lacks_is_the_reason_in_the_receipt(sql: str, reason: str) -> None:
    taken = take(sql)
    if not reason:
        assert taken.native is not None
        return
    assert reason in taken.left[0].reason


def test_without_statistics_nothing_is_looked_up() -> None:
    sql = f"{JOIN.format('many')} WHERE f.part = 5"
    for unknown in ((replace(FEW, statistics=None), MANY), (FEW, replace(MANY, statistics=None))):
        taken = take(sql, *unknown)
        assert [left.reason for left in taken.left] == ["no statistics say how many documents would be looked up"]


def test_what_a_server_or_a_collection_cannot_do() -> None:
    sql = ONE.format("many")
    assert "needs MongoDB 5.0" in take(sql, facts=frozenset({"version:4.4.1"})).left[0].reason
    assert "a view has no indexes" in take(sql, FEW, replace(MANY, kind="view")).left[0].reason
    assert "no index of many" in take(sql, FEW, replace(MANY, indexes=(("part", "owner"),))).left[0].reason
    by_label = LOOKED_UP[-1]
    assert (
        "the indexes of many order texts by a language"
        in take(by_label, FEW, replace(MANY, facts=frozenset({"language"}))).left[0].reason
    )


def test_the_relation_with_the_fewest_rows_drives() -> None:
    text = str(take(LOOKED_UP[2]).native.text)  # type: ignore[union-attr]
    assert 'getCollection("many").aggregate' in text
    assert '"from": "few"' in text


def test_the_same_fragment_gives_the_same_request() -> None:
    assert len({take(sql).native.text for sql in LOOKED_UP[:1] for _ in range(3)}) == 1  # type: ignore[union-attr]
