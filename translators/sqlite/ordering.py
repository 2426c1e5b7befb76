"""ORDER BY, LIMIT and OFFSET as DuckDB means them: the place of NULLs always said, no key that SQLite takes for a position."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from planner.types import NULL
from translators.sqlite.compare import ordered
from translators.sqlite.expressions import Context
from translators.sqlite.values import Refused, Value, only


def order_by(order: exp.Expr | None, context: Context, columns: Sequence[Value], names: Sequence[str]) -> str:
    """` ORDER BY …`; nothing where there is none. A key without a relation names one of the result's `columns`."""
    if order is None:
        return ""
    only(order, "expressions")
    terms = [term for item in order.expressions for term in _terms(item, context, columns, names)]
    return f" ORDER BY {', '.join(terms)}"


def _terms(item: exp.Expr, context: Context, columns: Sequence[Value], names: Sequence[str]) -> list[str]:
    if not isinstance(item, exp.Ordered):
        raise Refused(item, "The order is left to the residual.")
    key, places = item.this, {name.lower(): index for index, name in enumerate(names)}
    if isinstance(key, exp.Literal) and not key.is_string and key.name.isdigit() and 1 <= int(key.name) <= len(columns):
        return terms_of(context, columns[int(key.name) - 1], item)
    if isinstance(key, exp.Column) and not key.table and key.name.lower() in places:
        return terms_of(context, columns[places[key.name.lower()]], item)
    return terms_of(context, context.value(key), item)


def terms_of(context: Context, value: Value, item: exp.Ordered) -> list[str]:
    """The SQL of one key: two terms for a sum, which is two integers. Raises Refused."""
    only(item, "this", "desc", "nulls_first")
    direction = f"{' DESC' if item.args.get('desc') else ''} NULLS {'FIRST' if item.args.get('nulls_first') else 'LAST'}"
    if value.low is not None:
        return [f"{value.sql}{direction}", f"{value.low}{direction}"]
    if value.constant is not None or value.type == NULL or not varies(value):
        raise Refused(item, "An order by a constant is left to the residual: SQLite takes a whole number for a position.")
    return [f"{ordered(context, value, item).sql}{direction}"]


def varies(value: Value) -> bool:
    """Whether a value's SQL reads a column or counts rows: names stand in double quotes there, and constants do not."""
    return '"' in re.sub(r"'(?:[^']|'')*'", "", value.sql) or "count(*)" in value.sql or " OVER (" in value.sql


def limit(query: exp.Query) -> str:
    """` LIMIT n OFFSET m`, as far as the query has them. Raises Refused for what is not a plain number."""
    counts = {}
    for name in ("limit", "offset"):
        clause = query.args.get(name)
        if clause is None:
            continue
        only(clause, "expression")
        count = clause.expression
        if not (isinstance(count, exp.Literal) and not count.is_string and re.fullmatch(r"\d{1,18}", count.name)):
            raise Refused(clause, "Only a plain number limits rows in SQLite.")
        counts[name] = count.name
    if not counts:
        return ""
    return f" LIMIT {counts.get('limit', '-1')}" + (f" OFFSET {counts['offset']}" if "offset" in counts else "")
