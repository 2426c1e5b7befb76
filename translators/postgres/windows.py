"""Window functions: the same partitions, orders and frames, and for each function what PostgreSQL gives for it.

Between rows that are equal in a window's order SQL leaves the order open: functions that depend on it go down where an order is
given, as ORDER BY with LIMIT does. Ranks, and aggregates over frames that end with peers, do not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from planner.types import Typed, is_exact
from translators.postgres import constants
from translators.postgres.aggregates import AGGREGATES, called
from translators.postgres.arithmetic import interval
from translators.postgres.compare import by_bytes, coerce, kept_apart, usable
from translators.postgres.expressions import Context, only, renders
from translators.postgres.ordering import direction
from translators.postgres.value import Refused, Value


@dataclass(frozen=True)
class Window:
    """A window's definition with the named one that it extends put in: what is partitioned by, the order, and the frame."""

    partition: tuple[exp.Expr, ...]
    order: tuple[exp.Expr, ...]
    frame: exp.WindowSpec | None


@renders(exp.Window)
def _window(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "partition_by", "order", "spec", "alias", "over", "first")
    if node.args.get("over") not in (None, "OVER") or node.args.get("first") is False:
        raise Refused(node, "a window of this form is not pushed")
    window = _defined(context, node)
    over = _over(context, window, node)
    function = node.this
    ranking = _RANKING.get(type(function))
    if ranking is not None:
        only(function)
        if ranking.ordered and not window.order:
            raise Refused(node, "the order of the rows of its window is not given")
        return Value(f"{ranking.name}(){over}{ranking.cast}", Typed(ranking.type), reach=20 if ranking.type == "DOUBLE" else None)
    written = _POSITIONED.get(type(function))
    if written is not None:
        if not window.order:
            raise Refused(node, "the order of the rows of its window is not given")
        return written(context, function, over)
    plain = function.this if isinstance(function, exp.Filter) else function
    if type(plain) not in AGGREGATES:
        raise Refused(node, f"{plain.name or plain.key.upper()} over a window is not known to mean the same in PostgreSQL")
    if isinstance(plain.this, exp.Order):
        raise Refused(node, "PostgreSQL has no ORDER BY in an aggregate over a window")
    return called(context, function, over)


def _defined(context: Context, node: exp.Expr, depth: int = 0) -> Window:
    """The window of a function, or of a definition in the WINDOW clause."""
    own = Window(tuple(node.args.get("partition_by") or ()), _terms(node), node.args.get("spec"))
    name = node.args.get("alias")
    if name is None:
        return own
    definitions = (context.select.args.get("windows") or []) if context.select is not None else []
    found = next((each for each in definitions if each.name.lower() == name.name.lower()), None)
    if found is None or depth > 20:
        raise Refused(node, f"the window {name.name} is not known here")
    base = _defined(context, found, depth + 1)
    if own.partition or (own.order and base.order) or (base.frame and (own.order or own.frame)):
        raise Refused(node, "a window that changes what it is made from is not pushed")
    return Window(base.partition, own.order or base.order, own.frame or base.frame)


def _terms(node: exp.Expr) -> tuple[exp.Expr, ...]:
    order = node.args.get("order")
    return tuple(order.expressions) if order is not None else ()


def _over(context: Context, window: Window, node: exp.Expr) -> str:
    keys: list[tuple[Value, exp.Ordered]] = []
    for item in window.order:
        if not isinstance(item, exp.Ordered):
            raise Refused(item, "a window's order of this form is not pushed")
        only(item, "this", "desc", "nulls_first")
        value = usable(context.value(item.this), item)
        if value.constant is not None:
            raise Refused(item, "a window's order by a constant is not pushed")
        keys.append((value, item))
    parts = []
    if window.partition:
        parts.append(f"PARTITION BY {', '.join(kept_apart(context.value(key), key) for key in window.partition)}")
    frame, order = "", [f"{by_bytes(value, item)} {direction(item)}" for value, item in keys]
    if window.frame is not None:
        frame, guarded = _frame(context, window.frame, keys, node)
        order = [f"{guarded} {direction(keys[0][1])}"] if guarded is not None else order
    if order:
        parts.append(f"ORDER BY {', '.join(order)}")
    return f" OVER ({' '.join((*parts, frame)).strip()})"


def _frame(
    context: Context, frame: exp.WindowSpec, keys: list[tuple[Value, exp.Ordered]], node: exp.Expr
) -> tuple[str, str | None]:
    """The frame clause, and the order by which it must be computed where the order itself would not raise as DuckDB does."""
    only(frame, "kind", "start", "start_side", "end", "end_side", "exclude")
    kind = str(frame.args.get("kind") or "").upper()
    if kind not in ("ROWS", "RANGE", "GROUPS") or (kind == "GROUPS" and not keys):
        raise Refused(node, "a frame of this form is not pushed")
    if kind == "ROWS" and not keys:
        raise Refused(node, "the order of the rows of its window is not given")
    bounds, reached = [], []
    for name in ("start", "end"):
        bound, side = frame.args.get(name), str(frame.args.get(f"{name}_side") or "").upper()
        if bound is None:
            bound = "CURRENT ROW"
        if isinstance(bound, str):
            bounds.append(bound.upper() if bound.upper() == "CURRENT ROW" else f"{bound.upper()} {side}")
        elif kind == "RANGE":
            offset = _range_offset(context, bound, keys, node)
            reached.append((offset, side))
            bounds.append(f"{offset} {side}")
        else:
            bounds.append(f"{_count(bound, node)} {side}")
    exclude = frame.args.get("exclude")
    excluded = f" EXCLUDE {exclude.name if isinstance(exclude, exp.Expr) else exclude}" if exclude is not None else ""
    if "EXCLUDE NO OTHERS" in excluded:
        excluded = ""
    guarded = _guarded(keys[0], reached) if reached else None
    return f"{kind} BETWEEN {bounds[0]} AND {bounds[1]}{excluded}", guarded


def _count(node: exp.Expr, owner: exp.Expr, least: int = 0, most: int = 2**31 - 1) -> str:
    if isinstance(node, exp.Literal) and not node.is_string and str(node.this).isdigit() and least <= int(node.this) <= most:
        return str(int(node.this))
    raise Refused(owner, "a number of rows is pushed only as a constant")


_LIMITS = {"INTEGER": (-(2**31), 2**31 - 1, "int4"), "BIGINT": (-(2**63), 2**63 - 1, "int8")}
"""Least and greatest value of the integers by which a RANGE may reach, and their type in PostgreSQL."""


def _range_offset(context: Context, bound: exp.Expr, keys: list[tuple[Value, exp.Ordered]], node: exp.Expr) -> str:
    if len(keys) == 1:
        type = keys[0][0].type
        if type in _LIMITS:
            return _count(bound, node, most=_LIMITS[type][1])
        if type in ("DATE", "TIMESTAMP") and isinstance(bound, exp.Interval) and not str(bound.this.name).startswith("-"):
            return interval(bound).text
    raise Refused(node, "a RANGE of this distance is not pushed")


def _guarded(key: tuple[Value, exp.Ordered], reached: list[tuple[str, str]]) -> str | None:
    """The key of a RANGE so written that a bound beyond its type raises, as in DuckDB: PostgreSQL takes it as endless."""
    value, item = key
    limits = _LIMITS.get(value.type)
    if limits is None:
        return None
    least, most, home = limits
    arms = []
    for offset, side in reached:
        if (side == "PRECEDING") != bool(item.args.get("desc")):
            arms.append(f"WHEN {value.text} < {least + int(offset)} THEN ({value.text} - {offset}::{home})")
        else:
            arms.append(f"WHEN {value.text} > {most - int(offset)} THEN ({value.text} + {offset}::{home})")
    return f"(CASE {' '.join(arms)} ELSE {value.text} END)"


@dataclass(frozen=True)
class _Ranking:
    """A function of a row's place alone; `ordered` says that equal rows are told apart by it."""

    name: str
    type: str
    ordered: bool = False
    cast: str = ""


_RANKING: Mapping[type[exp.Expr], _Ranking] = {
    exp.RowNumber: _Ranking("row_number", "BIGINT", ordered=True),
    exp.Rank: _Ranking("rank", "BIGINT"),
    exp.DenseRank: _Ranking("dense_rank", "BIGINT"),
    exp.PercentRank: _Ranking("percent_rank", "DOUBLE"),
    exp.CumeDist: _Ranking("cume_dist", "DOUBLE"),
}


def _ntile(context: Context, node: exp.Expr, over: str) -> Value:
    only(node, "this")
    return Value(f"ntile({_count(node.this, node, least=1)}){over}::int8", Typed("BIGINT"))


def _taken(context: Context, node: exp.Expr) -> Value:
    """The value that is taken from another row."""
    if isinstance(node.this, exp.Order):
        raise Refused(node, "an order inside of a window function is not pushed")
    value = usable(context.value(node.this), node)
    return coerce(value, value.type, node) if value.constant is not None else value


def _from_another_row(value: Value, text: str) -> Value:
    return Value(
        text, Typed(value.type), value.collation, value.ordered_by_bytes, value.orderable, value.loose, value.reach,
        base="" if value.padded else value.base,
    )  # fmt: skip


def _neighbour(context: Context, node: exp.Expr, over: str) -> Value:
    only(node, "this", "offset", "default")
    value = _taken(context, node)
    offset, default = node.args.get("offset"), node.args.get("default")
    back = isinstance(offset, exp.Neg)
    arguments = value.text
    if offset is not None:
        arguments += f", {'-' if back else ''}{_count(offset.this if back else offset, node)}"
    if default is not None:
        other = context.value(default)
        exact = other.typed.integer is not None and is_exact(value.type) and constants.fits(other.typed.integer, value.type)
        if not (other.type == value.type or other.type == '"NULL"' or exact):
            raise Refused(node, "a default of another type than the value is not pushed")
        arguments += f", {coerce(other, value.type, node).text}"
        if value.type == "VARCHAR" and not (other.collation == "" or other.collation == value.collation):
            raise Refused(node, "a default of another collation than the value is not pushed")
    return _from_another_row(value, f"{node.key}({arguments}){over}")


def _of_frame(context: Context, node: exp.Expr, over: str) -> Value:
    only(node, "this", "offset")
    value = _taken(context, node)
    if isinstance(node, exp.NthValue):
        return _from_another_row(value, f"nth_value({value.text}, {_count(node.args['offset'], node, least=1)}){over}")
    name = "first_value" if isinstance(node, (exp.First, exp.FirstValue)) else "last_value"
    return _from_another_row(value, f"{name}({value.text}){over}")


_POSITIONED: Mapping[type[exp.Expr], Callable[[Context, exp.Expr, str], Value]] = {
    exp.Ntile: _ntile,
    exp.Lag: _neighbour,
    exp.Lead: _neighbour,
    **dict.fromkeys((exp.FirstValue, exp.LastValue, exp.First, exp.Last, exp.NthValue), _of_frame),
}
