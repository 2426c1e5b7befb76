"""Queries about the rows that belong to a row around them, as queries that depend on nothing; aggregates are groups to be joined.

A store runs a query that depends on what is around it again for every row, which reads a table as often unless an index finds the
rows. The groups are computed once; a row that none belongs to has what an aggregate over nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from sqlglot import exp

from planner.fragments import conjunction
from planner.joins import flat_conjuncts
from planner.types import FLOATS

SEVERAL = "a row may belong to several groups: whole numbers that differ equal one floating-point number"

_AGGREGATES = (exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max)
_CLAUSES = {"expressions", "from_", "joins", "where"}


@dataclass(frozen=True)
class Decorrelated:
    """An expression without correlated aggregates, and the left joins that give it what it reads instead, a row at most each."""

    expression: exp.Expr
    joins: tuple[exp.Join, ...]


def decorrelated(
    expression: exp.Expr, rereads: Callable[[exp.Query], bool], alias: str, around: Collection[str]
) -> Decorrelated | None:
    """The expression with each query that is a value and that `rereads` says of that it is run again for every row, as groups.

    None where there is none, or where one of them cannot be: it may depend on equalities with columns of the relations `around`
    only. `alias` is what the groups are called, with a number behind.

    >>> from sqlglot import parse_one
    >>> expression = parse_one("p.a < (SELECT 1 - SUM(t.b) FROM t AS t WHERE t.k = p.k AND t.c > 5)")
    >>> found = decorrelated(expression, lambda query: True, "g", {"p"})
    >>> found.expression.sql()
    'p.a < (1 - "g1"."v0")'
    >>> found.joins[0].sql()
    'LEFT JOIN (SELECT t.k AS "k0", SUM(t.b) AS "v0" FROM t AS t WHERE t.c > 5 GROUP BY t.k) AS "g1" ON "g1"."k0" = p.k'
    """
    copied = exp.Paren(this=expression.copy())
    joins: list[exp.Join] = []
    for node in _values(copied):
        if not rereads(node.this):
            continue
        found = _grouped(node.this, f"{alias}{len(joins) + 1}", around)
        if found is None:
            return None
        value, join = found
        node.replace(exp.Paren(this=value))
        joins.append(join)
    return Decorrelated(copied.this, tuple(joins)) if joins else None


class _Value(Protocol):
    """What a translator knows of an expression."""

    @property
    def type(self) -> str: ...


def meets_several(join: exp.Join, value: Callable[[exp.Expr], _Value]) -> bool:
    """Whether a row may meet several of the groups that are joined, for the reason `SEVERAL`; `value` of a column of the groups,
    and of one around them, knows its type."""
    sides = [(value(each.this).type, value(each.expression).type) for each in flat_conjuncts(join.args["on"])]
    return any(own != other and other in FLOATS for own, other in sides)


def _values(node: exp.Expr) -> list[exp.Subquery]:
    """The queries that are values of the expression itself, not of a query inside of it."""
    found: list[exp.Subquery] = []
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, exp.Subquery) and not isinstance(each.parent, (exp.In, exp.Exists, exp.Any, exp.All)):
            found.append(each)
        elif not isinstance(each, exp.Query):
            waiting.extend(each.iter_expressions())
    return found[::-1]


def _grouped(query: exp.Query, alias: str, around: Collection[str]) -> tuple[exp.Expr, exp.Join] | None:
    if not isinstance(query, exp.Select) or {name for name, value in query.args.items() if value} - _CLAUSES:
        return None
    if len(query.selects) != 1 or query.args.get("from_") is None or query.args.get("where") is None:
        return None
    inside = _inside(query)
    keys, kept = _keys(query)
    value = exp.Paren(this=query.selects[0].unalias().copy())
    aggregates = list(value.find_all(exp.AggFunc))
    own = {id(column) for aggregate in aggregates for column in aggregate.find_all(exp.Column)}
    if not all(other.table.lower() in around for _, other in keys):
        return None
    if not keys or not aggregates or value.find(exp.Query, exp.Window, exp.AnonymousAggFunc):
        return None
    if not all(type(aggregate) in _AGGREGATES and not isinstance(aggregate.parent, exp.AggFunc) for aggregate in aggregates):
        return None
    if any(isinstance(aggregate.parent, (exp.Filter, exp.IgnoreNulls, exp.RespectNulls)) for aggregate in aggregates):
        return None
    if any(id(column) not in own and column.table in inside for column in value.find_all(exp.Column)):
        return None
    selected = [exp.alias_(own_key.copy(), f"k{index}", quoted=True) for index, (own_key, _) in enumerate(keys)]
    for index, aggregate in enumerate(aggregates):
        selected.append(exp.alias_(aggregate.copy(), f"v{index}", quoted=True))
        read = exp.column(f"v{index}", table=alias, quoted=True)
        counted = isinstance(aggregate, exp.Count)
        aggregate.replace(exp.Coalesce(this=read, expressions=[exp.Literal.number(0)]) if counted else read)
    groups = exp.Select(
        expressions=selected,
        from_=query.args["from_"].copy(),
        joins=[join.copy() for join in query.args.get("joins") or ()],
        where=exp.Where(this=conjunction([each.copy() for each in kept])) if kept else None,
        group=exp.Group(expressions=[own_key.copy() for own_key, _ in keys]),
    )
    if depends(groups):
        return None
    on = [
        exp.EQ(this=exp.column(f"k{index}", table=alias, quoted=True), expression=other.copy())
        for index, (_, other) in enumerate(keys)
    ]
    derived = exp.Subquery(this=groups, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    return value.this, exp.Join(this=derived, side="LEFT", on=conjunction(on))


def depends(query: exp.Query) -> bool:
    """Whether a query reads columns of what is around it."""
    inside = _inside(query)
    return any(column.table and column.table not in inside for column in query.find_all(exp.Column))


@dataclass(frozen=True)
class Matches:
    """A query that depends on nothing, and the columns around it that are to be among its rows, none of which has a NULL."""

    query: exp.Select
    among: tuple[exp.Column, ...]


def matches(query: exp.Query) -> Matches | None:
    """What `EXISTS (query)` asks, where the query depends on what is around it by equalities of columns alone.

    >>> from sqlglot import parse_one
    >>> found = matches(parse_one("SELECT 1 FROM t AS t WHERE t.k = p.k AND t.c > 5"))
    >>> found.query.sql(), [column.sql() for column in found.among]
    ('SELECT t.k AS "k0" FROM t AS t WHERE NOT t.k IS NULL AND t.c > 5', ['p.k'])
    """
    if not isinstance(query, exp.Select) or {name for name, value in query.args.items() if value} - _CLAUSES:
        return None
    if query.args.get("from_") is None or query.args.get("where") is None:
        return None
    if any(item.find(exp.AggFunc, exp.Window, exp.AnonymousAggFunc, exp.Unnest, exp.Explode) for item in query.selects):
        return None
    keys, kept = _keys(query)
    present: list[exp.Expr] = [exp.Not(this=exp.Is(this=own.copy(), expression=exp.Null())) for own, _ in keys]
    found = exp.Select(
        expressions=[exp.alias_(own.copy(), f"k{index}", quoted=True) for index, (own, _) in enumerate(keys)],
        from_=query.args["from_"].copy(),
        joins=[join.copy() for join in query.args.get("joins") or ()],
        where=exp.Where(this=conjunction([*present, *(each.copy() for each in kept)])) if keys else None,
    )
    return Matches(found, tuple(other for _, other in keys)) if keys and not depends(found) else None


def _inside(query: exp.Query) -> set[str]:
    return {node.alias_or_name for node in query.find_all(exp.Table, exp.Subquery)}


def _keys(query: exp.Select) -> tuple[list[tuple[exp.Column, exp.Column]], list[exp.Expr]]:
    """The equalities of a column inside with one around, each so, and the other conjuncts."""
    inside = _inside(query)
    keys, kept = [], []
    for conjunct in flat_conjuncts(query.args["where"].this):
        sides = (conjunct.this, conjunct.expression) if isinstance(conjunct, exp.EQ) else ()
        columns = [side for side in sides if isinstance(side, exp.Column) and side.table]
        own = [column for column in columns if column.table in inside]
        if len(columns) == 2 and len(own) == 1:
            keys.append((own[0], next(column for column in columns if column is not own[0])))
        else:
            kept.append(conjunct)
    return keys, kept
