"""Window functions: the same partitions, orders and frames, and for each function what SQLite gives for it.

Between rows that are equal in a window's order SQL leaves the order open: functions that depend on it go down where an order is
given, as ORDER BY with LIMIT does. Ranks, and aggregates over frames that end with peers, do not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from planner.types import NULL
from translators.sqlite import constants
from translators.sqlite.aggregates import AGGREGATES, called
from translators.sqlite.compare import coerce, told_apart, usable
from translators.sqlite.expressions import Context, renders
from translators.sqlite.ordering import terms_of
from translators.sqlite.refused import reason
from translators.sqlite.values import Refused, Value, only

_UNORDERED = "The order of the rows of its window is not given."


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
        raise Refused(node, "A window of this form is left to the residual.")
    window = _defined(context, node)
    over = _over(context, window, node)
    function = node.this
    ranking = _RANKING.get(type(function))
    if ranking is not None:
        only(function)
        if ranking.ordered and not window.order:
            raise Refused(node, _UNORDERED)
        return Value(f"{ranking.name}(){over}", ranking.type, reach=1 if ranking.type == "DOUBLE" else None)
    written = _POSITIONED.get(type(function))
    if written is not None:
        if not window.order:
            raise Refused(node, _UNORDERED)
        return written(context, function, over)
    plain = function.this if isinstance(function, exp.Filter) else function
    if type(plain) not in AGGREGATES:
        raise Refused(node, reason(plain))
    return called(context, function, over)


def _defined(context: Context, node: exp.Expr, depth: int = 0) -> Window:
    """The window of a function, or of a definition in the WINDOW clause."""
    order = node.args.get("order")
    own = Window(
        tuple(node.args.get("partition_by") or ()), tuple(order.expressions) if order is not None else (), node.args.get("spec")
    )
    name = node.args.get("alias")
    if name is None:
        return own
    definitions = (context.select.args.get("windows") or []) if context.select is not None else []
    found = next((each for each in definitions if each.name.lower() == name.name.lower()), None)
    if found is None or depth > 20:
        raise Refused(node, f"The window {name.name} is not known here.")
    base = _defined(context, found, depth + 1)
    if own.partition or (own.order and base.order) or (base.frame and (own.order or own.frame)):
        raise Refused(node, "A window that changes what it is made from is left to the residual.")
    return Window(base.partition, own.order or base.order, own.frame or base.frame)


def _over(context: Context, window: Window, node: exp.Expr) -> str:
    parts = []
    if window.partition:
        keys = [told_apart(context.value(key), key) for key in window.partition]
        if any(key.constant is not None for key in keys):
            raise Refused(node, "A window over a constant is left to the residual.")
        parts.append(f"PARTITION BY {', '.join(key.sql for key in keys)}")
    terms: list[str] = []
    for item in window.order:
        if not isinstance(item, exp.Ordered):
            raise Refused(item, "A window's order of this form is left to the residual.")
        terms += terms_of(context, context.value(item.this), item)
    if terms:
        parts.append(f"ORDER BY {', '.join(terms)}")
    if window.frame is not None:
        parts.append(_frame(window.frame, bool(terms), node))
    return f" OVER ({' '.join(parts)})"


def _frame(frame: exp.WindowSpec, is_ordered: bool, node: exp.Expr) -> str:
    only(frame, "kind", "start", "start_side", "end", "end_side", "exclude")
    kind = str(frame.args.get("kind") or "").upper()
    if kind not in ("ROWS", "RANGE", "GROUPS") or (kind == "GROUPS" and not is_ordered):
        raise Refused(node, "A frame of this form is left to the residual.")
    if kind == "ROWS" and not is_ordered:
        raise Refused(node, _UNORDERED)
    bounds = []
    for name in ("start", "end"):
        bound, side = frame.args.get(name), str(frame.args.get(f"{name}_side") or "").upper()
        if bound is None:
            bound = "CURRENT ROW"
        if isinstance(bound, str):
            bounds.append(bound.upper() if bound.upper() == "CURRENT ROW" else f"{bound.upper()} {side}")
        elif kind == "RANGE":
            raise Refused(node, "A RANGE of a distance is left to the residual.")
        else:
            bounds.append(f"{_count(bound, node)} {side}")
    exclude = frame.args.get("exclude")
    excluded = f" EXCLUDE {exclude.name if isinstance(exclude, exp.Expr) else exclude}" if exclude is not None else ""
    return f"{kind} BETWEEN {bounds[0]} AND {bounds[1]}{excluded}"


def _count(node: exp.Expr, owner: exp.Expr, least: int = 0) -> str:
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit() and least <= int(node.name) < 2**31:
        return str(int(node.name))
    raise Refused(owner, "A number of rows is sent only as a constant.")


@dataclass(frozen=True)
class _Ranking:
    """A function of a row's place alone; `ordered` says that equal rows are told apart by it."""

    name: str
    type: str
    ordered: bool = False


_RANKING: Mapping[type[exp.Expr], _Ranking] = {
    exp.RowNumber: _Ranking("row_number", "BIGINT", ordered=True),
    exp.Rank: _Ranking("rank", "BIGINT"),
    exp.DenseRank: _Ranking("dense_rank", "BIGINT"),
    exp.PercentRank: _Ranking("percent_rank", "DOUBLE"),
    exp.CumeDist: _Ranking("cume_dist", "DOUBLE"),
}


def _ntile(context: Context, node: exp.Expr, over: str) -> Value:
    only(node, "this")
    return Value(f"ntile({_count(node.this, node, least=1)}){over}", "BIGINT")


def _taken(context: Context, node: exp.Expr) -> Value:
    """The value that is taken from another row."""
    if isinstance(node.this, exp.Order):
        raise Refused(node, "An order inside of a window function is left to the residual.")
    value = usable(context.value(node.this), node)
    if value.constant is not None or value.type == NULL:
        raise Refused(node, "A constant of another row is left to the residual.")
    return value


def _from_another_row(value: Value, sql: str) -> Value:
    return Value(sql, value.type, reach=value.reach, signed=value.signed)


def _neighbour(context: Context, node: exp.Expr, over: str) -> Value:
    only(node, "this", "offset", "default")
    value = _taken(context, node)
    offset, default = node.args.get("offset"), node.args.get("default")
    arguments = value.sql
    if offset is not None:
        arguments += f", {_count(offset, node)}"
    if default is not None:
        other = context.value(default)
        whole = other.typed.integer is not None and constants.number(other.typed.integer, value.type) is not None
        if not (other.type in (value.type, NULL) or whole):
            raise Refused(node, "A default of another type than the value is left to the residual.")
        arguments += ("" if offset is not None else ", 1") + f", {coerce(other, value.type, node).sql}"
    found = _from_another_row(value, f"{node.key}({arguments}){over}")
    return found if default is None else Value(found.sql, found.type, signed=found.signed)


def _of_frame(context: Context, node: exp.Expr, over: str) -> Value:
    only(node, "this", "offset")
    value = _taken(context, node)
    if isinstance(node, exp.NthValue):
        return _from_another_row(value, f"nth_value({value.sql}, {_count(node.args['offset'], node, least=1)}){over}")
    name = "first_value" if isinstance(node, (exp.First, exp.FirstValue)) else "last_value"
    return _from_another_row(value, f"{name}({value.sql}){over}")


_POSITIONED: Mapping[type[exp.Expr], Callable[[Context, exp.Expr, str], Value]] = {
    exp.Ntile: _ntile,
    exp.Lag: _neighbour,
    exp.Lead: _neighbour,
    **dict.fromkeys((exp.FirstValue, exp.LastValue, exp.First, exp.Last, exp.NthValue), _of_frame),
}
