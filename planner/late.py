"""Late projection: a SELECT that is ordered and limited is read ordered and limited, though its store cannot compute its outputs.

SELECT f(a) FROM t WHERE p ORDER BY b LIMIT 3
  store:     SELECT a, b FROM t WHERE p ORDER BY b LIMIT 3
  residual:  SELECT f(a) FROM f0 ORDER BY b
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from planner.fragments import fragment_node, selected

_BARRIERS = ("group", "having", "distinct", "qualify", "windows", "laterals", "with_", "sample")


def limited_rows(select: exp.Select) -> exp.Select | None:
    """The SELECT of the plain columns that `select` computes its outputs and its order from, under the same order and limit.

    Its outputs are called `alias.column`. None where `select` has no order and limit, or its outputs are not computed row by row,
    or it orders by what the store would have to compute.
    """
    order = select.args.get("order")
    if order is None or select.args.get("limit") is None or any(select.args.get(barrier) for barrier in _BARRIERS):
        return None
    if any(output.find(exp.AggFunc, exp.Window, exp.Unnest, exp.Explode, exp.Query) for output in select.selects):
        return None
    keys = [_plain_key(ordered.this, select) for ordered in order.expressions]
    columns = [column for output in select.selects for column in output.find_all(exp.Column)]
    if any(key is None for key in keys) or any(not column.table for column in columns):
        return None
    named = {f"{column.table}.{column.name}": column for column in [*columns, *(key for key in keys if key is not None)]}
    inner = select.copy()
    inner.set("expressions", [selected(column.table, column.name, name) for name, column in named.items()])
    for ordered, key in zip(inner.args["order"].expressions, keys, strict=True):
        if key is not None:
            ordered.set("this", key.copy())
    return inner


def read_from(select: exp.Select, name: str, outputs: Sequence[str]) -> None:
    """Lets `select` compute its outputs over the rows of the fragment `name`, which are already filtered and limited."""
    spelled = {output.lower(): output for output in outputs}
    for ordered in select.args["order"].expressions:
        key = _plain_key(ordered.this, select)
        if key is not None:
            ordered.set("this", key.copy())
    for clause in ("from_", "joins", "where", "limit", "offset"):
        select.set(clause, None)
    for column in select.find_all(exp.Column):
        known = f"{column.table}.{column.name}"
        column.set("this", exp.to_identifier(spelled.get(known.lower(), known), quoted=True))
        column.set("table", exp.to_identifier(name, quoted=True))
    select.set("from_", exp.From(this=fragment_node(name, name)))


def _plain_key(key: exp.Expr, select: exp.Select) -> exp.Column | None:
    """The column that a sort key is, an output's name looked up; None for anything else."""
    if isinstance(key, exp.Column) and not key.table:
        output = next((output for output in select.selects if output.alias_or_name == key.name), None)
        key = output.unalias() if output is not None else key
    return key if isinstance(key, exp.Column) and key.table else None
