"""What an EXISTS selects is not read."""

from __future__ import annotations

from sqlglot import exp

_MAKES_ROWS = (exp.AggFunc, exp.Unnest, exp.Explode, exp.Anonymous, exp.Query)
_KEPT = ("distinct", "group", "having", "qualify", "limit", "offset", "order")


def ignore_selected_in_exists(query: exp.Query) -> exp.Query:
    """The projections of an EXISTS become the constant 1, unless what they are decides whether there is a row.

    An aggregate makes one row of none and `unnest` many of one; any function that sqlglot does not know may be either.

    >>> from sqlglot import parse_one
    >>> ignore_selected_in_exists(parse_one('SELECT a.x FROM a WHERE EXISTS(SELECT b.y FROM b WHERE b.x = a.x)')).sql()
    'SELECT a.x FROM a WHERE EXISTS(SELECT 1 AS "1" FROM b WHERE b.x = a.x)'
    """
    for exists in query.find_all(exp.Exists):
        inner = exists.this
        if not isinstance(inner, exp.Select) or any(inner.args.get(kept) for kept in _KEPT) or inner.args.get("from_") is None:
            continue
        if not any(projection.find(*_MAKES_ROWS) for projection in inner.selects):
            inner.set("expressions", [exp.Alias(this=exp.Literal.number(1), alias=exp.to_identifier("1", quoted=True))])
    return query
