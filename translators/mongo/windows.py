"""Window functions as `$setWindowFields`, where the frame and the order mean the same in both.

Partitions, orders and operands are fields that a `$set` has made, NULL being null. `$rank` looks at one field: an order
of several keys is one sub-document there, which compares key by key (`$documentNumber` does too: rows are counted instead). A
frame of RANGE takes in the rows that tie with the current one and MongoDB's does not, so that it is done where the order is a key
of the collection, and nothing ties.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from translators.mongo.aggregates import GROUPED, Accumulators, aggregate
from translators.mongo.constants import constant
from translators.mongo.expressions import Value, value
from translators.mongo.fields import Field
from translators.mongo.grouping import reading, rewritten
from translators.mongo.ordering import Key, keys_of, prepared
from translators.mongo.refusal import Refused
from translators.mongo.rows import COMPUTED, Context, Rows, computed

Known = list[tuple[exp.Expr, exp.Expr]]
_UNDERSTOOD = {"this", "partition_by", "order", "spec", "over"}
_NO_ORDER = "the order of its rows is not given"
_SO_FAR: dict[str, Any] = {"window": {"documents": ["unbounded", "current"]}}
_FAR = 2**31
_TIES = "rows that tie in its order belong to one frame"
_OVER_ALL = (exp.Count, exp.CountIf, exp.Sum, exp.Min, exp.Max, exp.LogicalAnd, exp.LogicalOr)


@dataclass(frozen=True)
class _Window:
    """One window being made: its node (with what is known put in), the partition, the order and the rows so far."""

    node: exp.Window
    rows: Rows
    context: Context
    partition: Any
    keys: list[Key]

    @property
    def sorted(self) -> list[Key]:
        if not self.keys:
            raise Refused(self.node, _NO_ORDER)
        return self.keys


def windowed(query: exp.Select, rows: Rows, known: Known, context: Context) -> tuple[Rows, Known]:
    """The rows with every window function of the SELECT beside them. Raises Refused."""
    places = [*query.selects, *(query.args[name] for name in ("qualify", "order") if query.args.get(name))]
    found: list[exp.Window] = []
    for place in places:
        for node in place.walk(prune=lambda part: isinstance(part, exp.Query)):
            if isinstance(node, exp.Window) and node not in found:
                found.append(node)
    if not found:
        return rows, known
    if not context.at_least(5, 0):
        raise Refused(found[0], "window functions need MongoDB 5.0")
    if query.args.get("distinct"):
        raise Refused(found[0], "DISTINCT over window functions is not translated to MongoDB")
    rows = rows.settled()
    made = list(known)
    for node in found:
        inner = rewritten(node, known)
        assert isinstance(inner, exp.Window)
        rows, field = _one(inner, rows, context)
        rows = rows.beside(COMPUTED, {**rows.columns.relations.get(COMPUTED, {}), field.path.lower(): field})
        made.append((node, reading(field)))
    return rows, made


def _one(node: exp.Window, rows: Rows, context: Context) -> tuple[Rows, Field]:
    if any(given and name not in _UNDERSTOOD for name, given in node.args.items()):
        raise Refused(node, "named windows are not translated to MongoDB")
    values = [rows.operand(each) for each in node.args.get("partition_by") or []]
    for each in values:
        if each.kind not in GROUPED:
            raise Refused(node, f"MongoDB does not group {each.type} as SQL does")
    nulls = [replace(each, expression={"$ifNull": [each.expression, None]}) if each.nullable else each for each in values]
    rows, fields = rows.setting(nulls, context.names)
    partition = {f"k{number}": f"${field.path}" for number, field in enumerate(fields)} or None
    order = node.args.get("order")
    keys = keys_of(order.expressions if order else [], rows)
    window = _Window(node, rows, context, partition, keys)
    call = node.this
    handler = _FUNCTIONS.get(type(call))
    if handler is not None:
        return handler(window, call)
    inner = call.this if isinstance(call, exp.Filter) else call
    if isinstance(inner, _OVER_ALL):
        return _aggregated(window, call)
    if isinstance(inner, exp.Avg):
        raise Refused(node, "DuckDB averages a window with more digits than a double has")
    raise Refused(node, "this window function is not translated to MongoDB")


def _staged(window: _Window, rows: Rows, order: dict[str, int] | None, output: dict[str, Any]) -> Rows:
    stage: dict[str, Any] = {}
    if window.partition:
        stage["partitionBy"] = window.partition
    if order:
        stage["sortBy"] = order
    # What the order reads has not been checked yet; sorted rows keep their fields, so that it can be now.
    return rows.then({"$setWindowFields": {**stage, "output": output}}).settled()


def _numbered(window: _Window, call: exp.Expr) -> tuple[Rows, Field]:
    _only(window, call)
    rows, order = prepared(window.rows, window.sorted, window.context.names)
    field = computed(window.context.names.fresh(), Value("", "BIGINT", "long", False))
    return _staged(window, rows, order, {field.path: {"$sum": 1, **_SO_FAR}}), field


def _ranked(window: _Window, call: exp.Expr) -> tuple[Rows, Field]:
    _only(window, call)
    operator = "$rank" if isinstance(call, exp.Rank) else "$denseRank"
    keys = window.sorted
    if len({key.direction for key in keys}) > 1:
        raise Refused(window.node, "ranks in an order of several directions are not translated to MongoDB")
    direction = keys[0].direction
    reads = frozenset[Field]().union(*(key.value.reads for key in keys))
    parts: dict[str, Any] = {}
    for number, key in enumerate(keys):
        if key.rank is not None:
            parts[f"r{number}"] = key.rank if direction == 1 else {"$multiply": [-1, key.rank]}
        parts[f"k{number}"] = {"$ifNull": [key.value.expression, None]}
    path = window.context.names.fresh()
    rows = window.rows.then({"$set": {path: window.rows.checked(parts, reads)}})
    field = computed(window.context.names.fresh(), Value("", "BIGINT", "long", False))
    return _staged(window, rows, {path: direction}, {field.path: {operator: {}}}), field


def _shifted(window: _Window, call: exp.Lag | exp.Lead) -> tuple[Rows, Field]:
    _only(window, call, "this", "offset", "default")
    operand = window.rows.operand(call.this)
    given = call.args.get("offset")
    offset = constant(given) if given is not None else None
    if given is not None and (offset is None or offset.kind != "int" or not 0 <= offset.value < 2**31):
        raise Refused(window.node, "its distance is not a constant number of rows")
    by = 1 if offset is None else int(offset.value)
    default: Any = None
    if call.args.get("default") is not None:
        otherwise = value(call.args["default"], window.rows.columns)
        if otherwise.constant is None or (otherwise.constant.kind != "null" and otherwise.type != operand.type):
            raise Refused(window.node, "its default is not a constant of its operand's type")
        default = otherwise.expression
    read = replace(operand, expression={"$ifNull": [operand.expression, None]})
    rows, (field,) = window.rows.setting([read], window.context.names)
    rows, order = prepared(rows, window.sorted, window.context.names)
    found = computed(window.context.names.fresh(), replace(operand, nullable=True))
    kept = window.rows.columns.find(call.this)
    found = replace(found, shape=kept.shape) if kept else found
    shift = {"output": f"${field.path}", "by": -by if isinstance(call, exp.Lag) else by, "default": default}
    return _staged(window, rows, order, {found.path: {"$shift": shift}}), found


def _aggregated(window: _Window, call: exp.Expr) -> tuple[Rows, Field]:
    if call.find(exp.Distinct):
        raise Refused(window.node, "DISTINCT in a window is not translated to MongoDB")
    frame = _frame(window)
    names = window.context.names
    into = Accumulators(window.rows, names)
    result = aggregate(call, into)
    rows = window.rows
    if into.reads:
        rows = replace(rows, watched=rows.watched | into.reads).settled()
    order: dict[str, int] | None = None
    if window.keys:
        rows, order = prepared(rows, window.keys, names)
    output = {path: {**accumulator, **frame} for path, accumulator in into.document.items()}
    rows = _staged(window, rows, order, output)
    rows, (field,) = rows.setting([replace(result.value, reads=frozenset())], names)
    return rows, field


def _frame(window: _Window) -> dict[str, Any]:
    """The frame of an aggregate as MongoDB's `window`; none for the whole partition."""
    spec = window.node.args.get("spec")
    if spec is None or spec.args.get("kind") is None:
        if not window.keys:
            return {}
        if not _unique(window):
            raise Refused(window.node, _TIES)
        return _SO_FAR
    if spec.args.get("exclude"):
        raise Refused(window.node, "EXCLUDE is not translated to MongoDB")
    start, end = (_bound(window, spec, side) for side in ("start", "end"))
    if (start, end) == ("unbounded", "unbounded"):
        return {}
    if not window.keys:
        raise Refused(window.node, _NO_ORDER)
    kind = str(spec.args["kind"]).upper()
    if kind != "ROWS" and not (kind == "RANGE" and {start, end} <= {"unbounded", "current"} and _unique(window)):
        raise Refused(window.node, _TIES)
    low = -_FAR if start == "unbounded" else start
    high = _FAR if end == "unbounded" else end
    if _place(low) > _place(high):
        raise Refused(window.node, "its frame ends before it begins")
    return {"window": {"documents": [start, end]}}


def _place(bound: str | int) -> int:
    """How many rows after the current one a bound is."""
    return bound if isinstance(bound, int) else 0


def _bound(window: _Window, spec: exp.WindowSpec, side: str) -> str | int:
    given, direction = spec.args.get(side), str(spec.args.get(f"{side}_side") or "").upper()
    if given is None or given == "CURRENT ROW":
        return "current"
    if given == "UNBOUNDED":
        return "unbounded"
    found = constant(given) if isinstance(given, exp.Expr) else None
    if found is None or found.kind != "int" or found.value >= 2**31:
        raise Refused(window.node, "its frame is not a constant number of rows")
    return -int(found.value) if direction == "PRECEDING" else int(found.value)


def _unique(window: _Window) -> bool:
    """Whether no two rows tie: they are the collection's documents, and a key of it is in the order."""
    rows = window.rows
    if not rows.own or any(next(iter(stage)) == "$unwind" for stage in rows.stages):
        return False
    return any(key.field is not None and key.field.path == "_id" for key in window.keys)


def _only(window: _Window, call: exp.Expr, *arguments: str) -> None:
    if any(given not in (None, False, []) and name not in arguments for name, given in call.args.items()):
        raise Refused(window.node, "this form of the window function is not translated to MongoDB")
    spec = window.node.args.get("spec")
    if spec is not None and spec.args.get("exclude"):
        raise Refused(window.node, "EXCLUDE is not translated to MongoDB")


_FUNCTIONS: dict[type[exp.Expr], Callable[[_Window, Any], tuple[Rows, Field]]] = {
    exp.RowNumber: _numbered,
    exp.Rank: _ranked,
    exp.DenseRank: _ranked,
    exp.Lag: _shifted,
    exp.Lead: _shifted,
}
