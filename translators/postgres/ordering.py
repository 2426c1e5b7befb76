"""ORDER BY, LIMIT and OFFSET as DuckDB means them: texts by bytes, the place of NULLs always said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from planner.joins import flat_conjuncts
from planner.types import NULL
from translators.postgres.binds import unmarked
from translators.postgres.compare import by_bytes
from translators.postgres.expressions import Context, only
from translators.postgres.grouping import has_grouping_sets
from translators.postgres.value import Refused, Value

_NUMBER = re.compile(r"[-() 0-9.]+")
"""The text of a constant that was cast or computed: to PostgreSQL a position, or an error."""


def direction(item: exp.Ordered, backwards: bool = False, filled: bool = False) -> str:
    """`ASC NULLS LAST` and its like; `backwards` gives the order in which the last row comes first.

    Where there are no NULLs (`filled`), their place is the one that an index has them in: it can be read either way then.
    """
    descending, first = bool(item.args.get("desc")), bool(item.args.get("nulls_first"))
    if filled:
        return "DESC" if descending != backwards else "ASC"
    return f"{'DESC' if descending != backwards else 'ASC'} NULLS {'FIRST' if first != backwards else 'LAST'}"


def ordered(order: exp.Expr | None, context: Context, columns: Sequence[Value], names: Sequence[str]) -> list[tuple[Value, str]]:
    """What an ORDER BY orders by, each key with its direction; keys that are constants order nothing and are left out.

    A key without a relation names one of the result's columns, whose values are `columns` and whose names are `names`.
    """
    if order is None:
        return []
    only(order, "expressions")
    positions = {name.lower(): index for index, name in enumerate(names)}
    keys: list[tuple[Value, str]] = []
    for item in order.expressions:
        if not isinstance(item, exp.Ordered):
            raise Refused(item, "ORDER BY in this form is not pushed")
        only(item, "this", "desc", "nulls_first")
        key = item.this
        if isinstance(key, exp.Literal) and not key.is_string:
            value = columns[_position(key, len(columns))]
        elif isinstance(key, exp.Column) and not key.table:
            if key.name.lower() not in positions:
                raise Refused(key, f"ORDER BY names {key.name}, which is not a column of the result")
            value = columns[positions[key.name.lower()]]
        else:
            value = context.value(key)
        bare = unmarked(value.text)
        if value.constant is None and value.type != NULL and not _NUMBER.fullmatch(bare):
            by_bytes(value, item)
            way = direction(item, filled=_filled(value, key, context.select))
            keys.append((value if bare == value.text else replace(value, text=bare), way))
    return keys


_STRICT = (exp.EQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.Like)


def _filled(value: Value, key: exp.Expr, select: exp.Select | None) -> bool:
    """Whether a key is never NULL: by its table, or because the WHERE lets no row through in which it is."""
    if select is None or has_grouping_sets(select):
        return value.filled and select is None
    if isinstance(key, exp.Column) and not key.table:
        key = next((each.unalias() for each in select.selects if each.alias_or_name.lower() == key.name.lower()), key)
    where = select.args.get("where")
    conditions = flat_conjuncts(where.this) if where is not None and isinstance(key, exp.Column) else ()
    return value.filled or any(_lets_no_null_through(condition, key) for condition in conditions)


def _lets_no_null_through(condition: exp.Expr, column: exp.Expr) -> bool:
    if isinstance(condition, _STRICT):
        return condition.this == column and not isinstance(condition.args.get("expression"), exp.All)
    tested = condition.this.unnest() if isinstance(condition, exp.Not) else None
    return isinstance(tested, exp.Is) and tested.this == column and isinstance(tested.expression, exp.Null)


def order_by(keys: Sequence[tuple[Value, str]], node: exp.Expr) -> str:
    """` ORDER BY …` over keys; nothing where there are none."""
    return f" ORDER BY {', '.join(f'{by_bytes(value, node)} {way}' for value, way in keys)}" if keys else ""


def _position(node: exp.Literal, columns: int) -> int:
    if not str(node.this).isdigit() or not 1 <= int(node.this) <= columns:
        raise Refused(node, "ORDER BY names a column that is not there")
    return int(node.this) - 1


def limit(query: exp.Query) -> str:
    """` LIMIT n OFFSET m`, as far as the query has them. Raises Refused for what is not a plain number."""
    sql = ""
    for name, word in (("limit", "LIMIT"), ("offset", "OFFSET")):
        clause = query.args.get(name)
        if clause is None:
            continue
        only(clause, "expression")
        count = clause.expression
        if not (isinstance(count, exp.Literal) and not count.is_string and str(count.this).isdigit() and int(count.this) < 2**63):
            raise Refused(clause, f"{word} is pushed only with a constant number")
        sql += f" {word} {count.this}"
    return sql
