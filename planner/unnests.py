"""`unnest` as an output of a SELECT: of arrays only, by its expression in GROUP BY and ORDER BY, and beside groups as a join.

    SELECT unnest(c.tags) AS tag, count(*) FROM c GROUP BY 1
      ─►  SELECT u.e AS tag, count(*) FROM c CROSS JOIN unnest(c.tags) AS u(e) GROUP BY u.e

DuckDB takes an array apart before it groups by the elements, as the join says. `unnest` of a struct gives a column a field: a
SELECT with one has other outputs than are written in it, and stays as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.helper import find_new_name
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.schema import Schema

from planner.dialect import DUCKDB

UNNESTS = (exp.Unnest, exp.Explode)

_ARRAYS = (
    exp.Array,
    exp.ArrayAppend,
    exp.ArrayConcat,
    exp.ArrayDistinct,
    exp.ArrayFilter,
    exp.ArraySort,
    exp.RegexpExtractAll,
    exp.Split,
    exp.Transform,
)
"""Functions that give arrays, of which sqlglot's types do not say so always."""


def without_structs(query: exp.Query, schema: Schema) -> bool:
    """Whether every `unnest` of a qualified query is of arrays."""
    if query.find(*UNNESTS) is None:
        return True
    typed = annotate_types(query.copy(), schema=schema, dialect=DUCKDB)
    operands = [operand for node in typed.find_all(*UNNESTS) for operand in _operands(node)]
    return all(isinstance(operand, _ARRAYS) or operand.is_type(exp.DType.ARRAY, exp.DType.LIST) for operand in operands)


def grouped_as_joins(query: exp.Query) -> None:
    """Writes the `unnest` by which a SELECT of a qualified query groups as a join, in place."""
    for select in list(query.find_all(exp.Select)):
        group = select.args.get("group")
        if not isinstance(group, exp.Group) or select.args.get("from_") is None:
            continue
        nodes = [node for place in _over_groups(select) for node in _unnests(place)]
        plain = all(len(_operands(node)) == 1 and not _options(node) for node in nodes)
        if not any(True for key in group.expressions for _ in _unnests(key)) or len(set(nodes)) != 1 or not plain:
            continue
        names = {alias.name.lower() for alias in query.find_all(exp.TableAlias)}
        alias = exp.TableAlias(this=exp.to_identifier(find_new_name(names, "_unnested")), columns=[exp.to_identifier("_element")])
        select.append("joins", exp.Join(this=exp.Unnest(expressions=[_operands(nodes[0])[0].copy()], alias=alias), kind="CROSS"))
        for node in nodes:
            node.replace(exp.column("_element", alias.name))


def is_unnested(output: exp.Expr) -> bool:
    """Whether an output of a SELECT holds an `unnest` of its own."""
    return any(True for _ in _unnests(output))


def _over_groups(select: exp.Select) -> Iterator[exp.Expr]:
    yield from select.selects
    yield from (select.args[name] for name in ("group", "having", "qualify", "order") if select.args.get(name))


def _unnests(place: exp.Expr) -> Iterator[exp.Expr]:
    return (node for node in place.walk(prune=lambda part: isinstance(part, exp.Query)) if isinstance(node, UNNESTS))


def _operands(node: exp.Expr) -> list[exp.Expr]:
    return list(node.expressions) if isinstance(node, exp.Unnest) else [node.this, *node.expressions]


def _options(node: exp.Expr) -> list[str]:
    return [name for name, given in node.args.items() if given and name not in ("this", "expressions")]
