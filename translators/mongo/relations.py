"""A relation of a FROM: a collection, a derived table or a CTE."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from translators.mongo.columns import Columns
from translators.mongo.fields import Field
from translators.mongo.outputs import Answering
from translators.mongo.refusal import Refused
from translators.mongo.rows import Context, Rows, scanned

_TABLE = {"this", "alias", "db", "catalog"}


def relation(node: exp.Expr, context: Context, answer: Answering) -> Rows:
    """The rows of a relation, with its columns under its alias."""
    if isinstance(node, exp.Subquery):
        if any(given for name, given in node.args.items() if name not in ("this", "alias")):
            raise Refused(node, "this form of a derived table is not translated to MongoDB")
        return _derived(node.this, node.alias, node.alias_column_names, context, answer)
    if not isinstance(node, exp.Table) or any(given for name, given in node.args.items() if name not in _TABLE):
        raise Refused(node, "it does not read a collection")
    if not node.args.get("catalog"):
        cte = context.ctes.get(node.name.lower())
        if cte is None:
            raise Refused(node, "it does not read a collection")
        outer = replace(context, ctes={name: each for name, each in context.ctes.items() if each is not cte})
        return _derived(cte.this, node.alias_or_name, node.alias_column_names or cte.alias_column_names, outer, answer)
    if node.alias_column_names:
        raise Refused(node, "renamed columns are not translated to MongoDB")
    table = context.source.table(node.name, node.db or None)
    if table is None:
        raise Refused(node, "the collection is not in the catalogue")
    return scanned(table, node.alias_or_name, node)


def _derived(query: exp.Expr, alias: str, renamed: list[str], context: Context, answer: Answering) -> Rows:
    found = answer(query, context)
    if found.left:
        raise Refused(found.left[0].part, found.left[0].reason)
    names = [*renamed, *(output.name for output in found.outputs[len(renamed) :])]
    if len({name.lower() for name in names}) != len(names):
        raise Refused(query, "two of its columns have one name")
    rows = found.rows
    fields: dict[str, Field] = {}
    for name, output in zip(names, found.outputs, strict=True):
        content = output.content
        if not isinstance(content, Field):
            rows, (content,) = rows.setting([content], context.names)
        fields[name.lower()] = content
    return replace(rows, columns=Columns({alias.lower(): fields}))
