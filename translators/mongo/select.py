"""A query as rows and outputs: FROM, WHERE, GROUP BY, HAVING, windows, DISTINCT, ORDER BY, LIMIT, in the order of SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from planner.joins import flat_conjuncts
from planner.plan import Left
from translators.mongo.aggregates import is_aggregate
from translators.mongo.expressions import Value, value
from translators.mongo.fields import Field
from translators.mongo.filters import NONE, Filter, conjunction, present_by, where
from translators.mongo.grouping import distinct, grouped, rewritten
from translators.mongo.joins import read
from translators.mongo.ordering import key, plain, prepared
from translators.mongo.outputs import Answer, Output
from translators.mongo.refusal import Refused
from translators.mongo.rows import Context, Rows, Stage
from translators.mongo.sendable import sendable
from translators.mongo.subqueries import asks_a_query, kept
from translators.mongo.types import Shape
from translators.mongo.unions import united
from translators.mongo.unwinding import unnested
from translators.mongo.windows import windowed

_UNDERSTOOD = {
    "expressions", "from_", "joins", "laterals", "where", "group", "having", "qualify", "order", "limit", "offset", "distinct",
    "kind", "with_",
}  # fmt: skip
_BOUNDING = ("group", "having", "qualify", "distinct", "order", "limit", "offset")


def answer(query: exp.Expr, context: Context) -> Answer:
    """The rows and outputs of a query. Raises Refused."""
    if (
        isinstance(query, exp.Subquery)
        and not query.alias
        and not any(given for name, given in query.args.items() if name != "this")
    ):
        return answer(query.this, context)
    context = _with_ctes(query, context)
    if isinstance(query, exp.SetOperation):
        found = united(query, context, answer)
        rows, outputs = ordered(query, found.rows, list(found.outputs), [], context)
        return Answer(rows, tuple(outputs))
    if isinstance(query, exp.Select):
        return select(query, context)
    raise Refused(query, "it is no query that is translated to MongoDB")


def _with_ctes(query: exp.Expr, context: Context) -> Context:
    with_ = query.args.get("with_")
    if with_ is None:
        return context
    if with_.args.get("recursive"):
        raise Refused(with_, "recursive queries are not translated to MongoDB")
    ctes = dict(context.ctes)
    for cte in with_.expressions:
        ctes[cte.alias.lower()] = cte
    return replace(context, ctes=ctes)


def select(query: exp.Select, context: Context) -> Answer:
    for name, given in query.args.items():
        if given and name not in _UNDERSTOOD:
            raise Refused(query, f"{name.upper().strip('_')} is not translated to MongoDB")
    rows, done = read(query, context, answer)
    grouping = query.args.get("group") or any(map(is_aggregate, _own(query)))
    bounded = grouping or any(query.args.get(name) for name in _BOUNDING) or any(map(_is_window, _own(query)))
    rows, left = _filtered(query, rows, done, context)
    if left and bounded:
        raise Refused(left[0].part, left[0].reason)
    known: list[tuple[exp.Expr, exp.Expr]] = []
    if grouping:
        groups = grouped(query, rows, context)
        rows, known = groups.rows, list(groups.known)
    having = query.args.get("having")
    if having is not None:
        rows = rows.matching(where(rewritten(having.this, known), rows.columns))
    rows, known = unnested(query, rows, known, context)
    rows, known = windowed(query, rows, known, context)
    qualify = query.args.get("qualify")
    if qualify is not None:
        rows = rows.settled().matching(where(rewritten(qualify.this, known), rows.columns))
    outputs = [_output(node, rows, known) for node in query.selects]
    if query.args.get("distinct"):
        rows, outputs = _distinct(query, rows, outputs, context)
    rows, outputs = ordered(query, rows, outputs, known, context)
    return Answer(rows, tuple(outputs), tuple(left))


def _own(query: exp.Select) -> list[exp.Expr]:
    """The nodes of a SELECT's outputs and what else is over its groups, queries in it apart."""
    places = [*query.selects, *(query.args[name] for name in ("having", "qualify", "order") if query.args.get(name))]
    return [node for place in places for node in place.walk(prune=lambda part: isinstance(part, exp.Query)) if node is not None]


def _is_window(node: exp.Expr) -> bool:
    return isinstance(node, exp.Window)


def _filtered(query: exp.Select, rows: Rows, done: frozenset[int], context: Context) -> tuple[Rows, list[Left]]:
    """The rows that the WHERE keeps, without the conjuncts in `done`: those that look documents up come last."""
    predicate = query.args.get("where")
    filters: list[Filter] = []
    left: list[Left] = []
    waiting = [part for part in flat_conjuncts(predicate.this if predicate else None) if id(part) not in done]
    satisfied = [part for part in flat_conjuncts(predicate.this if predicate else None) if id(part) in done]
    for part in (part for part in waiting if not asks_a_query(part)):
        try:
            filters.append(sendable(part, where(part, rows.columns)))
            satisfied.append(part)
        except Refused as refused:
            left.append(Left(part, refused.reason))
    rows = replace(rows.matching(conjunction(filters)), present=rows.present | present_by(filters))
    for part in filter(asks_a_query, waiting):
        try:
            rows = kept(part, query, satisfied, rows, context)
            satisfied.append(part)
        except Refused as refused:
            left.append(Left(part, refused.reason))
    return rows, left


def _output(node: exp.Expr, rows: Rows, known: Sequence[tuple[exp.Expr, exp.Expr]]) -> Output:
    inner = rewritten(node.unalias(), known) if known else node.unalias()
    found = rows.columns.find(inner)
    if found is not None and not (found.nullify and not rows.own):
        return Output(node.alias_or_name, node.unalias(), found)
    return Output(node.alias_or_name, node.unalias(), value(inner, rows.columns))


def _distinct(query: exp.Select, rows: Rows, outputs: list[Output], context: Context) -> tuple[Rows, list[Output]]:
    if query.args["distinct"].args.get("on"):
        raise Refused(query.args["distinct"], "DISTINCT ON is not translated to MongoDB")
    values = [(output.node, _operand(output, rows), _shape(output)) for output in outputs]
    rows, fields = distinct(rows, values, context)
    return rows, [replace(output, content=field) for output, field in zip(outputs, fields, strict=True)]


def _operand(output: Output, rows: Rows) -> Value:
    """What a stage over the rows computes with."""
    return rows.reading(output.content, output.node) if isinstance(output.content, Field) else output.content


def _shape(output: Output) -> Shape | None:
    return output.content.shape if isinstance(output.content, Field) else None


def ordered(
    query: exp.Query, rows: Rows, outputs: list[Output], known: Sequence[tuple[exp.Expr, exp.Expr]], context: Context
) -> tuple[Rows, list[Output]]:
    """ORDER BY, OFFSET and LIMIT of a query, over its outputs or, before them, the rows that they are computed from."""
    skip, limit = count(query.args.get("offset")) or 0, count(query.args.get("limit"))
    if limit == 0:
        return rows.matching(NONE), outputs
    order = query.args.get("order")
    stages: list[Stage] = []
    if order is not None:
        keys = []
        for node in order.expressions:
            target = _target(node.this, outputs)
            if isinstance(target, Output) and isinstance(target.content, Value):
                rows, (field,) = rows.setting([target.content], context.names)
                position = next(number for number, each in enumerate(outputs) if each is target)
                target = outputs[position] = replace(target, content=field)
            if isinstance(target, Output):
                assert isinstance(target.content, Field)
                given = _operand(target, rows)
                keys.append(key(node, node, plain(target.content), given, rows.present))
                continue
            if query.args.get("distinct") or isinstance(query, exp.SetOperation):
                raise Refused(node, "it does not order by an output")
            inner = rewritten(_without_aliases(node.this, outputs), known)
            keys.append(key(node, node, plain(rows.columns.find(inner)), rows.operand(inner), rows.present))
        rows, document = prepared(rows, keys, context.names)
        stages.append({"$sort": document})
    if skip:
        stages.append({"$skip": skip})
    if limit is not None:
        stages.append({"$limit": limit})
    return rows.then(*stages), outputs


def _target(node: exp.Expr, outputs: Sequence[Output]) -> Output | exp.Expr:
    """The output that a key of ORDER BY means: by its alias, its position, or written again."""
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        position = int(node.name)
        if not 0 < position <= len(outputs):
            raise Refused(node, "there is no output at that position")
        return outputs[position - 1]
    if isinstance(node, exp.Column) and not node.table:
        named = next((output for output in outputs if output.name.lower() == node.name.lower()), None)
        if named is not None:
            return named
    return next((output for output in outputs if output.node == node), node)


def _without_aliases(node: exp.Expr, outputs: Sequence[Output]) -> exp.Expr:
    """A key of ORDER BY in which outputs stand as what they were written as."""
    named = {output.name.lower(): output.node for output in outputs}

    def replaced(part: exp.Expr) -> exp.Expr:
        found = named.get(part.name.lower()) if isinstance(part, exp.Column) and not part.table else None
        return part if found is None else exp.Paren(this=found.copy())

    return node.copy().transform(replaced, copy=False)


def count(node: exp.Expr | None) -> int | None:
    """The number of a LIMIT or OFFSET clause."""
    if node is None:
        return None
    value = node.expression if isinstance(node, exp.Limit | exp.Offset) else None
    if any(given for name, given in node.args.items() if name not in ("this", "expression")):
        raise Refused(node, "it is not a plain number of rows")
    if not isinstance(value, exp.Literal) or value.is_string or not value.name.isdigit() or len(value.name) > 15:
        raise Refused(node, "it is not a plain number of rows")
    return int(value.name)
