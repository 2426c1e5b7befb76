"""The parts of a query as cutting sees them: its own SELECT, the queries nested in it, its tables, its outputs."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp


def own_selects(query: exp.Query) -> Iterator[exp.Select]:
    """The SELECT that a query is; none for a set operation, whose sides are nested in it."""
    if isinstance(query, exp.Select):
        yield query


def nested(query: exp.Query) -> list[exp.Query]:
    """The queries directly inside `query`: CTEs, derived tables, subqueries, sides of a set operation."""
    found: list[exp.Query] = []
    waiting = list(query.iter_expressions())
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, (exp.Select, exp.SetOperation)):
            found.append(node)
        else:
            waiting.extend(node.iter_expressions())
    return found


def tables_in_from(select: exp.Select) -> list[exp.Table]:
    """Every table that stands in the FROM clause itself, wherever it stands there."""
    waiting: list[exp.Expr] = []
    for key in ("from_", "joins", "laterals"):
        part = select.args.get(key)
        waiting.extend(part if isinstance(part, list) else [part] if part is not None else [])
    found: list[exp.Table] = []
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, exp.Table):
            found.append(node)
        if not isinstance(node, (exp.Select, exp.SetOperation)):
            waiting.extend(node.iter_expressions())
    return found


def unique_outputs(query: exp.Query) -> bool:
    """Gives repeated outputs of a SELECT names of their own; False where that cannot be done without changing its meaning."""
    names = [name.lower() for name in query.named_selects]
    if len(set(names)) == len(names) and all(names):
        return True
    if not isinstance(query, exp.Select) or not all(names):
        return False
    ordered = query.args.get("order")
    repeated = {name for name in names if names.count(name) > 1}
    if ordered is not None and any(
        not column.table and column.name.lower() in repeated for column in ordered.find_all(exp.Column)
    ):
        return False
    taken: set[str] = set()
    for projection in query.selects:
        fresh, number = projection.alias_or_name, 2
        while fresh.lower() in taken or (number > 2 and fresh.lower() in names):
            fresh, number = f"{projection.alias_or_name}_{number}", number + 1
        taken.add(fresh.lower())
        if isinstance(projection, exp.Alias):
            projection.set("alias", exp.to_identifier(fresh, quoted=True))
    return len({name.lower() for name in query.named_selects}) == len(names)
