"""`unnest` of an array as `$unwind`: one row an element, none for an empty array or NULL.

A value that is no array would be taken for an array of itself, so that it is checked before; the elements are checked where they
are read, like every stored field.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlglot import exp

from translators.mongo.columns import Columns
from translators.mongo.expressions import value
from translators.mongo.fields import Field
from translators.mongo.grouping import reading
from translators.mongo.refusal import Refused
from translators.mongo.rows import COMPUTED, Context, Rows, computed

Known = list[tuple[exp.Expr, exp.Expr]]


def is_unnest(join: exp.Join) -> bool:
    """Whether a join takes an array apart."""
    node = join.this.this if isinstance(join.this, exp.Lateral) else join.this
    return isinstance(node, (exp.Unnest, exp.Explode))


def unwound(join: exp.Join, rows: Rows, context: Context) -> Rows:
    """The rows of a join with `unnest`. Raises Refused."""
    alias: exp.Expr = join.this
    node = alias.this if isinstance(alias, exp.Lateral) else alias
    operands = node.expressions if isinstance(node, exp.Unnest) else [node.this]
    if len(operands) != 1 or node.args.get("offset"):
        raise Refused(join, "unnest of several arrays, or with their positions, is not translated to MongoDB")
    side = str(join.side or "").upper()
    on = join.args.get("on")
    always = on is None or (isinstance(on, exp.Boolean) and on.this)
    if side not in ("", "LEFT") or join.method or join.args.get("using") or not always:
        raise Refused(join, "this form of a join with unnest is not translated to MongoDB")
    rows, element = _unwind(operands[0], rows, context, keep_empty={"LEFT": True}.get(side, False))
    names = alias.alias_column_names or ["unnest"]
    if len(names) != 1:
        raise Refused(join, "unnest of sub-documents into several columns is not translated to MongoDB")
    return rows.beside(alias.alias, {names[0].lower(): element})


def unnested(query: exp.Select, rows: Rows, known: Known, context: Context) -> tuple[Rows, Known]:
    """The rows with an output that is an `unnest` as one row an element. Raises Refused."""
    found = [node for select in query.selects for node in select.find_all(exp.Explode, exp.Unnest)]
    if not found:
        return rows, known
    if len(found) > 1 or query.find(exp.Window) or known:
        raise Refused(found[0], "unnest beside other unnests, groups or windows is not translated to MongoDB")
    node = found[0]
    operand = node.expressions[0] if isinstance(node, exp.Unnest) else node.this
    if any(given not in (None, False, []) and name not in ("this", "expressions") for name, given in node.args.items()):
        raise Refused(node, "this form of unnest is not translated to MongoDB")
    if isinstance(operand, exp.Tuple) or (isinstance(node, exp.Explode) and node.expressions):
        raise Refused(node, "this form of unnest is not translated to MongoDB")
    rows, element = _unwind(operand, rows, context, keep_empty=False)
    return rows.beside(COMPUTED, {element.path.lower(): element}), [*known, (node, reading(element))]


def _unwind(node: exp.Expr, rows: Rows, context: Context, *, keep_empty: bool) -> tuple[Rows, Field]:
    field = rows.columns.find(node)
    path = context.names.fresh()
    if field is None or field.computed or field.nullify:
        found = value(node, rows.columns)
        shape = computed(path, found).shape
        expression, facts = rows.checked(found.expression, found.reads), frozenset[str]()
    else:
        if field.refusal:
            raise Refused(node, field.refusal)
        shape, facts = field.shape, field.facts & {"collated"}
        expression = rows.checked(f"${field.path}", {field})
    if shape.kind != "array" or shape.item is None:
        raise Refused(node, f"{shape.type} is no array")
    unwind: Any = {"path": f"${path}", "preserveNullAndEmptyArrays": True} if keep_empty else f"${path}"
    rows = rows.then({"$set": {path: expression}}, {"$unwind": unwind})
    return replace(rows, columns=Columns(rows.columns.relations)), Field((path,), shape.item, facts)
