"""`take`: what of a fragment MongoDB does, as a `find` or an aggregation, and what it leaves, with the reason.

One collection at a time: its fields, the conjuncts of its WHERE (`filters`), DISTINCT, GROUP BY (`aggregates`), ORDER BY, LIMIT
and OFFSET. Joins, windows, subqueries and computed columns are refused, and the planner asks for the columns instead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bson import encode
from sqlglot import exp

from planner.catalog import Source, Table
from planner.errors import RequestInvalid
from planner.plan import Fragment, Left, Taken
from translators.mongo import aggregates
from translators.mongo.decode import Reading
from translators.mongo.fields import Field, Fields
from translators.mongo.filters import NONE, Filter, conjunction, where
from translators.mongo.native import Request
from translators.mongo.refusal import Refused

_UNDERSTOOD = {"expressions", "from_", "where", "group", "order", "limit", "offset", "distinct", "kind"}
_SORTED = ("int", "long", "double", "decimal", "string", "objectId", "bool", "date")
_FLAG = "foz_null_"
_LEVELS = 80
_FILTER_BYTES = 4_000_000


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
    query = fragment.query
    table = _table(query, source)
    assert isinstance(query, exp.Select)
    fields = Fields(table, fragment.origins)
    grouping = query.args.get("group") or query.args.get("distinct") or any(map(aggregates.is_aggregate, query.selects))
    filters, left = _conjuncts(query, fields)
    bounded = grouping or any(query.args.get(name) for name in ("order", "limit", "offset"))
    if left and bounded:
        return Taken(None, tuple(left))
    if len(encode(conjunction(filters))) > 2 * _FILTER_BYTES:
        raise Refused(query, "its conditions are larger than MongoDB takes")
    base = Request(table.schema, table.stored_as, (), filter=conjunction(filters), collation="collated" not in table.facts)
    base = replace(base, skip=_count(query.args.get("offset")) or 0, limit=_count(query.args.get("limit")))
    if grouping:
        return Taken(aggregates.grouped(query, fields, fragment.outputs, base))
    readings = tuple(_reading(node, fields) for node in query.selects)
    return Taken(_rows(query, fields, replace(base, readings=readings)), tuple(left))


def _table(query: exp.Expr, source: Source) -> Table:
    if not isinstance(query, exp.Select):
        raise Refused(query, "set operations are not translated to MongoDB")
    for name, value in query.args.items():
        if value and name not in _UNDERSTOOD:
            raise Refused(query, f"{name.upper().strip('_')} is not translated to MongoDB")
    for node in query.find_all(exp.Subquery, exp.Window, exp.Exists, exp.Placeholder, exp.Parameter):
        raise Refused(node, f"{node.key.upper()} is not translated to MongoDB")
    found = query.args.get("from_")
    if found is None or not isinstance(found.this, exp.Table) or found.this.args.get("joins") or found.this.args.get("sample"):
        raise Refused(query, "it does not read one collection")
    table = source.table(found.this.name, found.this.db or None)
    if table is None:
        raise Refused(found.this, "the collection is not in the catalogue")
    return table


def _conjuncts(query: exp.Select, fields: Fields) -> tuple[list[Filter], list[Left]]:
    predicate = query.args.get("where")
    filters: list[Filter] = []
    left: list[Left] = []
    for part in _parts(predicate.this) if predicate else []:
        try:
            filters.append(_sendable(part, where(part, fields)))
        except Refused as refused:
            left.append(Left(part, refused.reason))
    return filters, left


def _sendable(part: exp.Expr, filter: Filter) -> Filter:
    """`filter`, where a command can hold it: MongoDB takes 100 levels of nesting and 16 MB."""
    depth, level = 0, list[Any]([filter])
    while level:
        depth += 1
        inner = [value for node in level for value in (node.values() if isinstance(node, dict) else node)]
        level = [value for value in inner if isinstance(value, dict | list)]
    if depth > _LEVELS:
        raise Refused(part, "it is nested more deeply than MongoDB takes")
    if len(encode(filter)) > _FILTER_BYTES:
        raise Refused(part, "it is larger than MongoDB takes")
    return filter


def _parts(predicate: exp.Expr) -> list[exp.Expr]:
    return list(predicate.flatten()) if isinstance(predicate, exp.And) else [predicate]


def _count(node: exp.Expr | None) -> int | None:
    """The number of a LIMIT or OFFSET clause."""
    if node is None:
        return None
    value = node.expression if isinstance(node, exp.Limit | exp.Offset) else None
    if not isinstance(value, exp.Literal) or value.is_string or not value.name.isdigit() or len(value.name) > 15:
        raise Refused(node, "it is not a plain number of rows")
    return int(value.name)


def _reading(node: exp.Expr, fields: Fields) -> Reading:
    found = fields.find(node.unalias())
    if found is None:
        raise Refused(node, "a computed column is not translated to MongoDB")
    return Reading(found.names, found.shape)


def _rows(query: exp.Select, fields: Fields, base: Request) -> Request:
    """The request for plain columns, ordered or not: a `find` wherever MongoDB's own order will do."""
    keys = [_sort_key(node, query, fields) for node in query.args["order"].expressions] if query.args.get("order") else []
    checks = tuple(Reading(field.names, field.shape) for field, _, _ in keys)
    base = replace(base, checks=tuple(check for check in checks if check not in base.readings))
    if base.limit == 0 or base.filter == NONE:
        base, keys = replace(base, filter=NONE, limit=None, skip=0), []
    tops = dict.fromkeys(("_id", *(reading.path[0] for reading in (*base.readings, *base.checks))))
    if any("." in top or top.startswith("$") or not top for top in tops):
        projection: dict[str, Any] = {}
    else:
        projection = dict.fromkeys(tops, 1)
    sort: dict[str, int] = {}
    flags: dict[str, Any] = {}
    for field, descending, nulls_first in keys:
        if field.path in sort:
            continue
        if nulls_first == descending:
            flag = f"{_FLAG}{len(flags)}"
            flags[flag] = {"$lte": [f"${field.path}", None]}
            sort[flag] = -1 if nulls_first else 1
        if field.shape.kind == "double":
            flag = f"{_FLAG}{len(flags)}"
            flags[flag] = {"$eq": [f"${field.path}", float("nan")]}
            sort[flag] = -1 if descending else 1
        sort[field.path] = -1 if descending else 1
    if not flags:
        return replace(base, projection=projection, sort=tuple(sort.items()))
    stages: list[dict[str, Any]] = [{"$match": base.filter}] if base.filter else []
    if projection:
        stages.append({"$project": projection})
    stages += [{"$addFields": flags}, {"$sort": sort}]
    if base.skip:
        stages.append({"$skip": base.skip})
    if base.limit is not None:
        stages.append({"$limit": base.limit})
    stages.append({"$unset": list(flags)})
    return replace(base, filter={}, skip=0, limit=None, pipeline=tuple(stages))


def _sort_key(node: exp.Ordered, query: exp.Select, fields: Fields) -> tuple[Field, bool, bool]:
    """The field, whether it descends, and whether its NULLs come first. An alias of a column is that column."""
    target = node.this
    if isinstance(target, exp.Column) and not target.table:
        target = next((part.unalias() for part in query.selects if part.alias_or_name.lower() == target.name.lower()), target)
    field = fields.find(target)
    if field is None:
        raise Refused(node, "it does not order by a plain field")
    if field.shape.kind not in _SORTED:
        raise Refused(node, f"MongoDB does not order {field.shape.type} as SQL does")
    if field.refusal:
        raise Refused(node, field.refusal)
    if field.nullify:
        raise Refused(node, "values that do not fit read as NULL")
    if len(field.names) > 1:
        raise Refused(node, "arrays of sub-documents would order by their least element")
    return field, bool(node.args.get("desc")), bool(node.args.get("nulls_first"))
