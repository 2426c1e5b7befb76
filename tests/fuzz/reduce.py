"""The smallest query that still differs: parts are taken out of the syntax tree for as long as the difference stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp, parse_one
from sqlglot.errors import ParseError

_CLAUSES = ("where", "having", "qualify", "order", "limit", "offset", "distinct", "group", "with_")


def reduced(sql: str, differs: Callable[[str], bool], tries: int = 600) -> str:
    """A query no longer than `sql` for which `differs` holds."""
    left = tries
    best = sql
    progress = True
    while progress and left > 0:
        progress = False
        for candidate in _smaller(best):
            left -= 1
            if left <= 0:
                break
            if len(candidate) < len(best) and differs(candidate):
                best, progress = candidate, True
                break
    return best


def _smaller(sql: str) -> Iterator[str]:
    """Every query that is `sql` with one part taken out, the largest parts first; none of a text that sqlglot does not parse."""
    try:
        tree = parse_one(sql, dialect="duckdb")
    except ParseError:
        return
    for position in range(sum(1 for _ in tree.walk(bfs=True))):
        for change in range(_changes(_at(tree, position))):
            copied = tree.copy()
            node = _at(copied, position)
            replaced = _change(node, change)
            if replaced is not None:
                copied = replaced if node is copied else copied
                try:
                    yield copied.sql(dialect="duckdb")
                except (TypeError, AttributeError):  # a part was taken out of a place that needs it
                    continue


def _at(tree: exp.Expr, position: int) -> exp.Expr:
    return next(node for number, node in enumerate(tree.walk(bfs=True)) if number == position)


def _changes(node: exp.Expr) -> int:
    if isinstance(node, exp.Select):
        return len(_CLAUSES) + len(node.selects) + len(node.args.get("joins") or [])
    if isinstance(node, (exp.SetOperation, exp.Binary)):
        return 2
    if isinstance(node, (exp.Case, exp.Func, exp.Unary, exp.Between, exp.In, exp.Window, exp.Filter)):
        return len(list(node.iter_expressions()))
    if isinstance(node, exp.With):
        return len(node.expressions)
    return 0


def _change(node: exp.Expr, change: int) -> exp.Expr | None:
    """Makes a change to `node` in its tree; returns what stands in its place, None where nothing does."""
    if isinstance(node, exp.Select):
        return _change_select(node, change)
    if isinstance(node, exp.With):
        node.expressions[change].pop()
        return node if node.expressions else None
    parts = list(node.iter_expressions())
    if change >= len(parts):
        return None
    part = parts[change]
    if isinstance(part, (exp.If, exp.DataType, exp.Order, exp.Where, exp.Identifier, exp.Var)):
        part = part.args.get("true") or part
    if isinstance(part, (exp.DataType, exp.Order, exp.Where, exp.Identifier, exp.Var)):
        return None
    node.replace(part)
    return part


def _change_select(select: exp.Select, change: int) -> exp.Expr | None:
    if change < len(_CLAUSES):
        if select.args.get(_CLAUSES[change]) is None:
            return None
        select.set(_CLAUSES[change], None)
        return select
    change -= len(_CLAUSES)
    if change < len(select.selects):
        if len(select.selects) == 1:
            return None
        select.selects[change].pop()
        return select
    select.args["joins"][change - len(select.selects)].pop()
    return select
