"""WITH RECURSIVE, in the form that both systems take: one query to begin with, and one that reads the rows of the last round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlglot import exp

from planner.types import Typed
from translators.postgres.aggregates import own_aggregates
from translators.postgres.expressions import only
from translators.postgres.relations import Source
from translators.postgres.value import Refused, Scope, Value

_PLAIN = ("expressions", "from_", "joins", "where")


def recursive(cte: exp.CTE, scope: Scope, source: Source) -> tuple[str, list[Value], list[str]]:
    """A CTE that reads itself: its SQL, its columns and their names.

    PostgreSQL takes a recursive part without groups, order and limit, which reads the CTE once and never on the side of a join
    that may be absent; both parts must give the same types, because the first part's decide in DuckDB. Raises Refused.
    """
    union = cte.this
    if not isinstance(union, exp.Union):
        raise Refused(cte, "a recursive CTE that is not a UNION is not pushed")
    only(union, "this", "expression", "distinct")
    start, again = union.this, union.expression
    if any(_is(table, cte) for table in start.find_all(exp.Table)):
        raise Refused(cte, "a CTE whose first part reads itself is not pushed")
    names = [column.name for column in cte.args["alias"].args.get("columns") or []]
    names = names or [column.alias_or_name for column in start.selects]
    text, columns = source.query(start, scope, names)
    columns = [replace(column, filled=False, typed=Typed(column.type), constant=None, reach=None) for column in columns]
    _check(cte, again)
    known: dict[str, Mapping[str, Value]] = {**scope.ctes, cte.alias.lower(): dict(zip(names, columns, strict=True))}
    more, others = source.query(again, Scope({}, scope.outer, known), names)
    for column, other in zip(columns, others, strict=True):
        same = column.type == other.type and other.base in ("", column.base)
        if not same or column.opaque or (column.type == "VARCHAR" and column.collation != other.collation):
            raise Refused(cte, "a recursive CTE whose parts differ in a type is not pushed")
        if column.loose != other.loose:
            raise Refused(cte, "a recursive CTE whose parts differ in a type is not pushed")
    return f"({text}) UNION {'' if union.args.get('distinct') else 'ALL '}({more})", columns, names


def _is(table: exp.Table, cte: exp.CTE) -> bool:
    return table.name.lower() == cte.alias.lower() and not table.args.get("db")


def _check(cte: exp.CTE, again: exp.Expr) -> None:
    if not isinstance(again, exp.Select):
        raise Refused(cte, "a recursive part that is not a SELECT is not pushed")
    for name, value in again.args.items():
        if name not in _PLAIN and value not in (None, False, []):
            raise Refused(cte, f"a recursive part with {name.rstrip('_').upper()} is not pushed")
    if own_aggregates(again) or again.find(exp.Window):
        raise Refused(cte, "PostgreSQL has no aggregates in a recursive part")
    readers = [table for table in again.find_all(exp.Table) if _is(table, cte)]
    relations = [again.args["from_"].this if again.args.get("from_") else None]
    relations += [join.this for join in again.args.get("joins") or []]
    sides = [""] + [join.args.get("side") or "" for join in again.args.get("joins") or []]
    if len(readers) != 1 or not any(relation is readers[0] for relation in relations):
        raise Refused(cte, "PostgreSQL reads the rows of the last round once, in FROM")
    place = next(index for index, relation in enumerate(relations) if relation is readers[0])
    if sides[place] in ("LEFT", "FULL") or any(side in ("RIGHT", "FULL") for side in sides[place + 1 :]):
        raise Refused(cte, "PostgreSQL does not read the rows of the last round on the side of a join that may be absent")
