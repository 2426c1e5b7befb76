"""One `$lookup`: the documents of a collection that SQL's equality joins to each row.

    inner   $match: the key is there    $lookup    $unwind
    left    $set: the key, or MinKey    $lookup    $unwind that keeps rows without a partner
    semi    $match: the key is there    $lookup of at most one    $match: there is one
    anti    $set: the key, or MinKey    $lookup of at most one    $match: there is none

MongoDB's own equality takes null for missing and an array for its elements: SQL joins neither. The pipeline of the `$lookup` asks
that the other side's field holds a value of its column and no array; a key of a driving row that is NULL is kept out, or
becomes MinKey, which no column holds. Both sides must compare as they do in DuckDB: `_incomparable`.

The documents found lie below a field of their own, and their fields stay stored ones (`Field.joined`), with all their guards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from bson import MinKey
from sqlglot import exp

from planner.catalog import Table
from planner.types import decimal_parts
from translators.mongo import worth
from translators.mongo.columns import Columns, fields_of, valued
from translators.mongo.expressions import Value, value
from translators.mongo.fields import Field
from translators.mongo.filters import Filter, conjunction, where
from translators.mongo.grouping import reading, rewritten
from translators.mongo.refusal import Refused
from translators.mongo.rows import COMPUTED, Context, Rows, Stage, computed
from translators.mongo.sendable import sendable


class Unlinked(Refused):
    """No equality joins a collection to what is there."""


How = Literal["inner", "left", "semi", "anti"]

_EXACT = {"TINYINT", "SMALLINT", "INTEGER"}
_INTEGERS = {*_EXACT, "BIGINT"}
_CHECKED_DIGITS = 33
"""The widest DECIMAL whose values are checked in the server (`expressions.stored.fits`)."""


@dataclass(frozen=True)
class Foreign:
    """A collection to look into, under its alias in lower case."""

    alias: str
    node: exp.Expr
    table: Table
    fields: Mapping[str, Field]

    @property
    def place(self) -> str:
        return f"{self.table.schema}.{self.table.stored_as}"

    @property
    def scope(self) -> Columns:
        return Columns({self.alias: self.fields})


@dataclass(frozen=True)
class Key:
    """An equality by which documents are found: the column `own` of the other collection, and what it equals."""

    condition: exp.Expr
    own: exp.Column
    other: exp.Expr


def foreign(node: exp.Expr, rows: Rows, context: Context) -> Foreign:
    """The collection that a relation is. Raises Refused where nothing is looked up in it."""
    if not isinstance(node, exp.Table) or not node.args.get("catalog") or node.alias_column_names:
        raise Refused(node, "it is no collection that documents are looked up in")
    if not context.at_least(5, 0):
        raise Refused(node, "looking documents up needs MongoDB 5.0")
    table = context.source.table(node.name, node.db or None)
    if table is None:
        raise Refused(node, "the collection is not in the catalogue")
    if not rows.own:
        raise Refused(node, "what drives the join are no documents of a collection")
    if table.kind != "table":
        raise Refused(node, "a view has no indexes to look documents up by")
    if table.schema != rows.table.schema:
        raise Refused(node, "the collections are in different databases")
    if "collated" in rows.table.facts:
        raise Refused(node, "the view has a collation of its own")
    return Foreign(node.alias_or_name.lower(), node, table, fields_of(table))


def aliases(condition: exp.Expr) -> frozenset[str]:
    """The relations that a condition reads, in lower case."""
    return frozenset(column.table.lower() for column in condition.find_all(exp.Column))


def key(into: Foreign, rows: Rows, conditions: Iterable[exp.Expr]) -> Key:
    """The equality by which documents of `into` are found. Raises Refused."""
    refusal: Refused = Unlinked(into.node, f"no equality finds documents of {into.table.name}")
    for condition in conditions:
        if not isinstance(condition, exp.EQ):
            continue
        for own, other in ((condition.this, condition.expression), (condition.expression, condition.this)):
            own, other = own.unnest(), other.unnest()
            read = aliases(other)
            if not isinstance(own, exp.Column) or own.table.lower() != into.alias or not read <= rows.columns.relations.keys():
                continue
            if not read or into.alias in read:
                continue
            try:
                _same_values(condition, into.fields[own.name.lower()], _local(other, rows))
            except Refused as refused:
                refusal = refused
                continue
            if not worth.indexed(into.table, own.name):
                refusal = Refused(condition, f"no index of {into.table.name} begins with {own.name}")
            elif "language" in into.table.facts and into.fields[own.name.lower()].shape.kind == "string":
                refusal = Refused(condition, f"the indexes of {into.table.name} order texts by a language")
            else:
                return Key(condition, own, other)
    raise refusal


def _local(node: exp.Expr, rows: Rows) -> Value:
    found = rows.columns.find(node)
    return value(node, rows.columns) if found is None else valued(found, node)


def _same_values(node: exp.Expr, own: Field, other: Value) -> None:
    """Raises Refused where equality of the two is not the same in MongoDB as in DuckDB."""
    mine = valued(own, node)
    reason = _incomparable(mine, other)
    if reason is not None:
        raise Refused(node, reason)


def _incomparable(one: Value, other: Value) -> str | None:
    """Why MongoDB's equality of two stored values is not SQL's; None where it is.

    Numbers of all kinds compare by their exact values there; DuckDB makes a BIGINT a double beside a double, and gives decimals
    of different scales a common one.
    """
    kinds, types = {one.kind, other.kind}, {one.type, other.type}
    if kinds <= {"int", "long"} and types <= _INTEGERS:
        return None
    if kinds <= {"int", "long", "double"} and types <= {*_EXACT, "DOUBLE"}:
        return None
    if len(kinds) == 1 and len(types) == 1:
        parts = decimal_parts(one.type)
        if parts is not None and parts[0] > _CHECKED_DIGITS:
            return f"whether a value fits {one.type} is not checked in MongoDB"
        if parts is not None or (one.kind, one.type) in _ALIKE:
            return None
    return f"MongoDB does not join {one.type} with {other.type} as DuckDB does"


_ALIKE = {
    ("double", "DOUBLE"),
    ("string", "VARCHAR"),
    ("objectId", "VARCHAR"),
    ("date", "TIMESTAMP"),
    ("date", "DATE"),
    ("bool", "BOOLEAN"),
    ("uuid", "UUID"),
}


def looked_up(
    rows: Rows, into: Foreign, by: Key, within: Sequence[exp.Expr], read: Iterable[exp.Column], context: Context, how: How
) -> Rows:
    """`rows` joined with the documents of `into` for which `by` and all of `within` hold. Raises Refused.

    `read` are the columns of the query that are read of them afterwards.
    """
    rows, local = _with_local(rows, by, context, kept=how in ("left", "anti"))
    own = into.fields[by.own.name.lower()]
    lets: dict[str, Any] = {}
    filters = [own.present]
    for condition in within:
        rewritten_condition, scope = _with_lets(condition, into, rows, context, lets)
        filters.append(sendable(condition, where(rewritten_condition, scope)))
    root = context.names.fresh()
    pipeline: list[Stage] = [{"$match": conjunction(filters)}]
    if how in ("semi", "anti"):
        pipeline += [{"$limit": 1}, {"$project": {"_id": 1}}]
    else:
        pipeline += _projected(into, read)
    stage: dict[str, Any] = {
        "from": into.table.stored_as,
        "localField": local,
        "foreignField": own.path,
        **({"let": lets} if lets else {}),
        "pipeline": pipeline,
        "as": root,
    }
    rows = rows.then({"$lookup": stage})
    if how in ("semi", "anti"):
        found: Filter = {root: {"$ne": []}} if how == "semi" else {root: {"$eq": []}}
        return rows.then({"$match": found})
    unwind: Any = f"${root}" if how == "inner" else {"path": f"${root}", "preserveNullAndEmptyArrays": True}
    fields = {name: replace(field, names=(root, *field.names), joined=into.place) for name, field in into.fields.items()}
    return rows.then({"$unwind": unwind}).beside(into.alias, fields)


def _with_local(rows: Rows, by: Key, context: Context, *, kept: bool) -> tuple[Rows, str]:
    """The rows with the path of their key. A row whose key is NULL goes, unless such rows are `kept`."""
    field = rows.columns.find(by.other)
    if field is not None and not kept and not field.computed and not field.refusal:
        rows = rows if field.path in rows.present else rows.matching(field.present)
        return replace(rows, watched=rows.watched | {field}), field.path
    found = _local(by.other, rows)
    path = context.names.fresh()
    checked = rows.checked(found.expression, found.reads)
    return rows.then({"$set": {path: {"$ifNull": [checked, MinKey()]} if found.nullable else checked}}), path


def _with_lets(
    condition: exp.Expr, into: Foreign, rows: Rows, context: Context, lets: dict[str, Any]
) -> tuple[exp.Expr, Columns]:
    """The condition as the pipeline of the `$lookup` sees it: what it reads of the driving row are variables there."""
    known: list[tuple[exp.Expr, exp.Expr]] = []
    variables: dict[str, Field] = {}
    for node in condition.walk(prune=lambda part: rows.columns.find(part) is not None):
        if rows.columns.find(node) is None or into.scope.find(node) is not None or any(node == given for given, _ in known):
            continue
        found = _local(node, rows)
        if found.kind in ("array", "object"):
            raise Refused(node, f"{found.type} is not compared with what is looked up")
        name = context.names.fresh()
        lets[name] = rows.checked(found.expression, found.reads)
        variable = replace(computed(f"${name}", found), facts=frozenset())
        variables[variable.path.lower()] = variable
        known.append((node.copy(), reading(variable)))
    scope = Columns({into.alias: into.fields, COMPUTED: variables})
    return (rewritten(condition, known) if known else condition), scope


def _projected(into: Foreign, read: Iterable[exp.Column]) -> list[Stage]:
    """The fields that are read of what was found, and what its errors are named by."""
    named = {column.name.lower() for column in read if column.table.lower() == into.alias}
    tops = dict.fromkeys(("_id", *(field.names[0] for name, field in into.fields.items() if name in named)), 1)
    if any("." in top or top.startswith("$") or not top for top in tops):
        return []
    return [{"$project": tops}]
