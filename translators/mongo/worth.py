"""Whether looking the documents of one collection up in another costs less than reading both and joining them here.

A `$lookup` finds the partners of one document through an index in 80 to 100 µs (MongoDB 6.0), as long as Foz takes to read and
join about thirty documents, and gives a partner in about the time of two. So the driving documents have to be few, by the
statistics that the planner hands over; nothing is looked up where these are not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from planner.catalog import Source, Table
from planner.cost import estimate
from planner.fragments import conjunction
from planner.plan import Fragment

DOCUMENTS_A_LOOKUP = 40
"""How many documents are read and joined in the time of one look-up, with a margin for estimates that are too low."""

DOCUMENTS_A_PARTNER = 2
"""The same for each document that is found."""


def expected_rows(source: Source, relation: exp.Expr, joins: Iterable[exp.Join], conditions: Sequence[exp.Expr]) -> int | None:
    """About how many rows relations have under `conditions`, all of it copied; None where nothing tells."""
    query = exp.Select(expressions=[exp.Literal.number(1)], from_=exp.From(this=relation.copy()))
    query.set("joins", [join.copy() for join in joins])
    if conditions:
        query.set("where", exp.Where(this=conjunction([condition.copy() for condition in conditions])))
    return estimate(Fragment("", source.id, query, ()), source).rows


def against(driving: int | None, partners: int | None, looked_into: int | None, table: Table) -> str | None:
    """Why `driving` documents are not looked up in `table` and `partners` found, where otherwise `looked_into` of its documents
    would be read; None where they are."""
    if driving is None or partners is None or looked_into is None:
        return "no statistics say how many documents would be looked up"
    if driving * DOCUMENTS_A_LOOKUP + partners * DOCUMENTS_A_PARTNER > looked_into:
        found = f" and finding about {partners}" if partners else ""
        return f"{driving} look-ups{found} cost more than reading about {looked_into} documents of {table.name}, by the estimate"
    return None


def indexed(table: Table, name: str) -> bool:
    """Whether an index of `table` begins with the column `name`."""
    return any(key[0].lower() == name.lower() for key in (table.primary_key, *table.unique_keys, *table.indexes) if key)
