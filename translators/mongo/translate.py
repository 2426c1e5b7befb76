"""`take`: what of a fragment MongoDB does, as a `find` or an aggregation, and what it leaves, with the reason.

query ─ select, relations, grouping, … ─ rows and outputs ─ passes ─ a shorter pipeline ─ a find, where it can be one
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlglot import exp

from planner.catalog import Source
from planner.errors import RequestInvalid
from planner.plan import Field as PlanField
from planner.plan import Fragment, Left, Taken
from translators.mongo.decode import Reading
from translators.mongo.expressions import Value
from translators.mongo.fields import Field
from translators.mongo.native import Request, as_find
from translators.mongo.outputs import Answer
from translators.mongo.passes import optimised
from translators.mongo.refusal import Refused
from translators.mongo.rows import Context, Names, Rows, computed
from translators.mongo.select import answer
from translators.mongo.sendable import sendable_whole
from translators.mongo.types import Shape

_UNSENT = (exp.Placeholder, exp.Parameter)


def take(fragment: Fragment, source: Source) -> Taken:
    """What MongoDB does of `fragment`. Never raises: what is not understood is refused."""
    try:
        return _take(fragment, source)
    except Refused as refused:
        return Taken(None, (Left(refused.part, refused.reason),))
    except RequestInvalid as invalid:
        return Taken(None, (Left(fragment.query, invalid.message),))
    except RecursionError:
        return Taken(None, (Left(fragment.query, "it is nested too deeply"),))


def _take(fragment: Fragment, source: Source) -> Taken:
    for node in fragment.query.find_all(*_UNSENT):
        raise Refused(node, f"{node.key.upper()} is not translated to MongoDB")
    context = Context(source, Names(_stored_names(fragment.query, source)))
    found = answer(fragment.query, context)
    request = _request(found, fragment, context)
    return Taken(request, found.left)


def _stored_names(query: exp.Expr, source: Source) -> frozenset[str]:
    tables = {source.table(node.name, node.db or None) for node in query.find_all(exp.Table) if node.args.get("catalog")}
    return frozenset(column.stored_as for table in tables if table is not None for column in table.columns)


def _request(found: Answer, fragment: Fragment, context: Context) -> Request:
    rows = found.rows if found.rows.own else found.rows.settled()
    readings: list[Reading] = []
    joined: dict[str, str] = {}
    made: dict[str, Any] = {}
    tops: dict[str, int] = {"_id": 1} if rows.own else {}
    for output, wanted in zip(found.outputs, fragment.outputs, strict=True):
        content = output.content
        if isinstance(content, Value):
            if content.kind == "null":
                raise Refused(output.node, "NULL alone has no type")
            _same_type(output.node, content.type, wanted)
            field = computed(context.names.fresh(), content)
            made[field.path] = rows.checked(content.expression, content.reads)
            readings.append(Reading(field.names, _delivered(field.shape, wanted)))
            continue
        tops[content.names[0]] = 1
        if content.joined:
            joined[content.names[0]] = content.joined
        shape = content.shape
        if content.computed:
            _same_type(output.node, shape.type, wanted)
        readings.append(Reading(content.names, _delivered(shape, wanted) if content.computed else shape))
    checks = _checks(rows, readings) if rows.own else ()
    tops |= dict.fromkeys((check.path[0] for check in checks), 1)
    joined |= {field.names[0]: field.joined for field in rows.watched if field.joined}
    rows = rows.then(_projection(rows, tops, made))
    stages = optimised(rows.stages)
    sendable_whole(fragment.query, stages)
    table = rows.table
    request = Request(
        table.schema,
        table.stored_as,
        tuple(readings),
        pipeline=stages,
        checks=checks,
        collation="collated" not in table.facts,
        computed=not rows.own,
        joined=joined,
    )
    return as_find(request)


def _same_type(node: exp.Expr, type: str, wanted: PlanField) -> None:
    if type != wanted.type:
        raise Refused(node, f"it is {type} in MongoDB and {wanted.type} in DuckDB")


def _delivered(shape: Shape, wanted: PlanField) -> Shape:
    """How a computed value is decoded: a HUGEINT travels as the decimal that it is."""
    return shape if shape.kind in ("array", "object") else replace(shape, type=wanted.type)


def _checks(rows: Rows, readings: list[Reading]) -> tuple[Reading, ...]:
    """Fields that are decoded for their misfits alone: those that the rows were ordered by."""
    found = [Reading(field.names, field.shape) for field in sorted(rows.watched, key=lambda each: each.names) if _stored(field)]
    return tuple(check for check in found if check not in readings)


def _stored(field: Field) -> bool:
    return not field.computed


def _projection(rows: Rows, tops: dict[str, int], made: dict[str, Any]) -> dict[str, Any]:
    """The last stage: what is read and computed, and nothing else."""
    if any("." in top or top.startswith("$") or not top for top in tops):
        return {"$set": made} if made else {}
    if not rows.own and not made:
        return {}
    if not rows.own:
        return {"$project": {"_id": 0, **tops, **made}}
    return {"$project": {**tops, **made}}
