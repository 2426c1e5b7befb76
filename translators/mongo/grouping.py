"""GROUP BY, DISTINCT and aggregates: the rows of a SELECT become those of its groups.

one `$group`      its `_id` holds the keys, its accumulators what the aggregates are made of
two `$group`s     where an aggregate is over different values only: first by the keys and the value, then by the keys
over nothing      without GROUP BY there is one row, even where nothing is read
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from translators.mongo import aggregates
from translators.mongo.aggregates import GROUPED, Accumulators, aggregate, counts_each_once, is_aggregate, within_window
from translators.mongo.columns import Columns
from translators.mongo.expressions import Value
from translators.mongo.fields import Field
from translators.mongo.refusal import Refused
from translators.mongo.rows import COMPUTED, Context, Rows, Stage, computed
from translators.mongo.types import Shape

_MERGED = {"$sum": "$sum", "$min": "$min", "$max": "$max"}
"""How an accumulator over groups is made one over fewer groups."""


@dataclass(frozen=True)
class Grouped:
    """The rows of the groups, and what nodes of the SELECT have become: columns of the relation `COMPUTED`."""

    rows: Rows
    known: tuple[tuple[exp.Expr, exp.Expr], ...]

    def rewritten(self, node: exp.Expr) -> exp.Expr:
        return rewritten(node, self.known)


def rewritten(node: exp.Expr, known: Sequence[tuple[exp.Expr, exp.Expr]]) -> exp.Expr:
    """A copy of `node` in which every part that is known reads what was computed for it; the call of a window is its own."""

    def replaced(part: exp.Expr) -> exp.Expr:
        if within_window(part) is not None:
            return part
        return next((column.copy() for given, column in known if type(part) is type(given) and part == given), part)

    return node.copy().transform(replaced, copy=False)


def reading(field: Field) -> exp.Column:
    """A column that reads a computed field."""
    return exp.column(exp.to_identifier(field.path, quoted=True), table=exp.to_identifier(COMPUTED, quoted=True))


def key_nodes(query: exp.Select) -> list[exp.Expr]:
    """The expressions of GROUP BY. Raises Refused."""
    group = query.args.get("group")
    if group is None:
        return []
    if any(given for name, given in group.args.items() if name not in ("expressions", "all")):
        raise Refused(group, "GROUPING SETS are not translated to MongoDB")
    if group.args.get("all"):
        return [node.unalias() for node in query.selects if not any(map(is_aggregate, node.walk()))]
    return [_named(node, query) for node in group.expressions]


def _named(node: exp.Expr, query: exp.Select) -> exp.Expr:
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit() and 0 < int(node.name) <= len(query.selects):
        return query.selects[int(node.name) - 1].unalias()
    if isinstance(node, (exp.Tuple, exp.Cube, exp.Rollup, exp.GroupingSets)):
        raise Refused(node, "GROUPING SETS are not translated to MongoDB")
    return node


def grouped(query: exp.Select, rows: Rows, context: Context) -> Grouped:
    """The groups of `query`, with every aggregate of its SELECT, HAVING, QUALIFY and ORDER BY. Raises Refused."""
    keys = key_nodes(query)
    wanted = _aggregates(query)
    repeated = [node for node in wanted if counts_each_once(node)]
    into = Accumulators(rows, context.names)
    values = [_key(node, into) for node in keys]
    if repeated:
        return _twice(query, rows, context, keys, values, wanted, into)
    results = [aggregate(node, into) for node in wanted]
    names = [f"k{number}" for number in range(len(keys))]
    identity = {name: each.expression for name, each in zip(names, values, strict=True)} or None
    stage = _with_checks(rows, identity, into)
    return _projected(rows, context, (stage,), keys, values, wanted, results)


def _with_checks(rows: Rows, identity: dict[str, Any] | None, into: Accumulators) -> Stage:
    """The `$group`; the first thing that it computes for every document checks what any of it reads."""
    reads = into.reads | rows.watched
    document = dict(into.document)
    if identity:
        first = next(iter(identity))
        identity = {**identity, first: rows.checked(identity[first], reads)}
    elif reads:
        path, (operator, operand) = next((path, next(iter(each.items()))) for path, each in document.items())
        document[path] = {operator: rows.checked(operand, reads)}
    return {"$group": {"_id": identity, **document}}


def _key(node: exp.Expr, into: Accumulators) -> Value:
    found = into.rows.operand(node)
    if found.kind not in GROUPED:
        raise Refused(node, f"MongoDB does not group {found.type} as SQL does")
    into.reads |= found.reads
    return replace(found, expression={"$ifNull": [found.expression, None]} if found.nullable else found.expression)


def _aggregates(query: exp.Select) -> list[exp.Expr]:
    """The different aggregates of a SELECT, those within windows' operands included."""
    found: list[exp.Expr] = []
    places = [*query.selects, *(query.args[name] for name in ("having", "qualify", "order") if query.args.get(name))]
    for place in places:
        for node in place.walk(prune=lambda part: isinstance(part, exp.Query) or is_aggregate(part)):
            if is_aggregate(node) and node not in found:
                found.append(node)
    return found


def _twice(
    query: exp.Select,
    rows: Rows,
    context: Context,
    keys: list[exp.Expr],
    values: list[Value],
    wanted: list[exp.Expr],
    into: Accumulators,
) -> Grouped:
    repeated = [node for node in wanted if counts_each_once(node)]
    operands = [_operand(node) for node in repeated]
    if any(each != operands[0] for each in operands):
        raise Refused(repeated[1], "several different DISTINCT operands are not translated to MongoDB")
    only = into.only(operands[0].expression.this) if isinstance(operands[0], exp.Filter) else None
    distinct = into.operand(operands[0].this if isinstance(operands[0], exp.Filter) else operands[0], only)
    if distinct.kind not in GROUPED:
        raise Refused(repeated[0], f"MongoDB does not group {distinct.type} as SQL does")
    results = [aggregate(node, into) if node not in repeated else None for node in wanted]
    identity = {f"k{number}": each.expression for number, each in enumerate(values)}
    identity["d"] = {"$ifNull": [distinct.expression, None]}
    first = _with_checks(rows, identity, into)
    again = Accumulators(rows, context.names, _merged(into.document, query))
    again.distinct = Value("$_id.d", distinct.type, distinct.kind, True)
    finished = [result or aggregate(_without_filter(node), again) for node, result in zip(wanted, results, strict=True)]
    outer = {f"k{number}": f"$_id.k{number}" for number in range(len(keys))} or None
    second = {"$group": {"_id": outer, **again.document}}
    return _projected(rows, context, (first, second), keys, values, wanted, finished)


def _operand(node: exp.Expr) -> exp.Expr:
    """What a DISTINCT aggregate is over, together with its FILTER."""
    call = node.this if isinstance(node, exp.Filter) else node
    if len(call.this.expressions) != 1:
        raise Refused(node, "DISTINCT over several operands is not translated to MongoDB")
    operand = call.this.expressions[0]
    return exp.Filter(this=operand.copy(), expression=node.expression.copy()) if isinstance(node, exp.Filter) else operand


def _without_filter(node: exp.Expr) -> exp.Expr:
    return node.this if isinstance(node, exp.Filter) else node


def _merged(document: dict[str, Any], query: exp.Select) -> dict[str, Any]:
    merged = {}
    for path, accumulator in document.items():
        operator = next(iter(accumulator))
        if operator not in _MERGED:
            raise Refused(query, "an ordered aggregate beside a DISTINCT one is not translated to MongoDB")
        merged[path] = {_MERGED[operator]: f"${path}"}
    return merged


def _projected(
    rows: Rows,
    context: Context,
    stages: Iterable[Stage],
    keys: Sequence[exp.Expr],
    values: Sequence[Value],
    wanted: Sequence[exp.Expr],
    results: Sequence[aggregates.Aggregate],
) -> Grouped:
    """The groups as rows of computed fields."""
    project: dict[str, Any] = {"_id": 0}
    nothing: dict[str, Any] = {}
    fields: list[Field] = []
    for number, each in enumerate(values):
        stored = rows.columns.find(keys[number])
        field = _like(context.names.fresh(), each, stored.shape if stored else None)
        project[field.path] = f"$_id.k{number}"
        fields.append(field)
    for result in results:
        field = computed(context.names.fresh(), result.value)
        project[field.path] = result.value.expression
        nothing[field.path] = result.over_nothing
        fields.append(field)
    made = (*stages, {"$project": project})
    if not keys:
        if not context.at_least(5, 1):
            raise Refused(wanted[0], "an aggregate of everything needs MongoDB 6.0")
        made = (*made, {"$unionWith": {"pipeline": [{"$documents": [nothing]}]}}, {"$limit": 1})
    known = tuple((node, reading(field)) for node, field in zip((*keys, *wanted), fields, strict=True))
    columns = Columns({COMPUTED: {field.path.lower(): field for field in fields}})
    return Grouped(Rows(rows.table, (*rows.stages, *made), columns, own=False), known)


def _like(path: str, value: Value, shape: Shape | None) -> Field:
    """A computed field for a key; that of a stored field keeps its shape (the text of an ObjectId)."""
    field = computed(path, value)
    return replace(field, shape=shape) if shape else field


def distinct(rows: Rows, values: Sequence[tuple[exp.Expr, Value, Shape | None]], context: Context) -> tuple[Rows, list[Field]]:
    """The different rows of `values`. Raises Refused."""
    into = Accumulators(rows, context.names)
    keys = []
    for node, each, _ in values:
        if each.kind not in GROUPED:
            raise Refused(node, f"MongoDB does not group {each.type} as SQL does")
        into.reads |= each.reads
        keys.append(replace(each, expression={"$ifNull": [each.expression, None]} if each.nullable else each.expression))
    identity = {f"k{number}": each.expression for number, each in enumerate(keys)}
    fields = [_like(context.names.fresh(), each, shape) for (_, _, shape), each in zip(values, keys, strict=True)]
    project = {"_id": 0, **{field.path: f"$_id.k{number}" for number, field in enumerate(fields)}}
    made = (_with_checks(rows, identity, into), {"$project": project})
    columns = Columns({COMPUTED: {field.path.lower(): field for field in fields}})
    return Rows(rows.table, (*rows.stages, *made), columns, own=False), fields
