"""Making the fragments that are proposed to a store: one-source queries with the origin and type of every column known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlglot import exp

from planner.catalog import Catalog, Column, Table
from planner.plan import Field, Fragment
from planner.types import type_of

_NARROW = ("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "DATE", "BIGINT", "DOUBLE", "TIMESTAMP", "VARCHAR")

TYPE = "duckdb_type"


def base_table(node: exp.Expr, catalog: Catalog) -> Table | None:
    """The catalogue's table that a node of a qualified query names; None for a CTE, a function or anything else."""
    if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier) or not node.args.get("catalog"):
        return None
    source = catalog.by_id.get(node.catalog)
    return source.by_path.get((node.db.lower(), node.name.lower())) if source else None


def note_types(query: exp.Query, catalog: Catalog) -> None:
    """Notes in the `meta` of every column of a base table which type the catalogue gives it: rules see no catalogue."""
    tables = {node.alias_or_name: table for node in query.find_all(exp.Table) if (table := base_table(node, catalog))}
    for column in query.find_all(exp.Column):
        table = tables.get(column.table)
        origin = table.column(column.name) if table is not None else None
        if origin is not None:
            column.meta[TYPE] = origin.type


def fragment(name: str, query: exp.Query, outputs: Sequence[Field], catalog: Catalog) -> Fragment:
    """A fragment over `query`, which is taken over (not copied): its columns get the catalogue's spelling.

    The query reads base tables of one source. Columns of derived tables are typed by what their projection is; one whose type
    is not known has no entry in `types`, and a translator refuses what depends on it.
    """
    parts: dict[type[exp.Expr], list[Any]] = {exp.Table: [], exp.Column: [], exp.CTE: [], exp.Subquery: []}
    for node in query.walk():
        if (same := parts.get(type(node))) is not None:
            same.append(node)
    tables = {node.alias_or_name: table for node in parts[exp.Table] if (table := base_table(node, catalog))}
    origins: dict[int, Column] = {}
    types: dict[int, str] = {}
    derived = _derived(parts[exp.CTE], parts[exp.Subquery], parts[exp.Table])
    inner: list[exp.Column] = []
    for column in parts[exp.Column]:
        table = tables.get(column.table)
        origin = table.column(column.name) if table is not None else None
        if origin is not None:
            if column.name != origin.name:
                column.set("this", exp.to_identifier(origin.name, quoted=True))
            origins[id(column)] = origin
            types[id(column)] = origin.type
        elif column.table in derived:
            inner.append(column)
    while inner:
        typed = {id(column): found for column in inner if (found := _projected_type(derived[column.table], column.name, types))}
        if not typed:
            break
        types.update(typed)
        inner = [column for column in inner if id(column) not in typed]
    source = next(iter(tables.values())).source
    return Fragment(name, source, query, tuple(outputs), origins, types)


def scan(
    name: str,
    alias: str,
    table: Table,
    columns: Sequence[Column],
    conjuncts: Iterable[exp.Expr],
    catalog: Catalog,
) -> Fragment:
    """A fragment that reads `columns` of one table where all `conjuncts` hold; the conjuncts are copied."""
    query = exp.Select(
        expressions=[_output(alias, column.name, column.name) for column in columns],
        from_=exp.From(this=table_node(table, alias)),
    )
    add_where(query, conjuncts)
    return fragment(name, query, [Field(column.name, column.type) for column in columns], catalog)


def table_node(table: Table, alias: str) -> exp.Table:
    return exp.Table(
        this=exp.to_identifier(table.name, quoted=True),
        db=exp.to_identifier(table.schema, quoted=True),
        catalog=exp.to_identifier(table.source, quoted=True),
        alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)),
    )


def add_where(query: exp.Select, conjuncts: Iterable[exp.Expr]) -> None:
    kept = [conjunct.copy() for conjunct in conjuncts]
    query.set("where", exp.Where(this=conjunction(kept)) if kept else None)


def conjunction(conjuncts: Sequence[exp.Expr]) -> exp.Expr:
    """The conjuncts joined by AND, as a balanced tree: ten thousand of them are fourteen levels deep, not ten thousand."""
    if len(conjuncts) == 1:
        return conjuncts[0]
    middle = len(conjuncts) // 2
    left, right = (
        exp.Paren(this=part[0]) if len(part) == 1 and isinstance(part[0], exp.Or) else conjunction(part)
        for part in (conjuncts[:middle], conjuncts[middle:])
    )
    return exp.And(this=left, expression=right)


def selected(alias: str, name: str, output: str) -> exp.Alias:
    """`alias.name AS output`."""
    return _output(alias, name, output)


def _output(alias: str, name: str, output: str) -> exp.Alias:
    column = exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(alias, quoted=True))
    return exp.Alias(this=column, alias=exp.to_identifier(output, quoted=True))


def _derived(
    ctes: Sequence[exp.CTE], subqueries: Sequence[exp.Subquery], tables: Sequence[exp.Table]
) -> Mapping[str, tuple[exp.Query, Sequence[str]]]:
    """Queries by the alias under which their rows are read, with the column aliases given there."""
    found: dict[str, tuple[exp.Query, Sequence[str]]] = {}
    for subquery in subqueries:
        if subquery.alias:
            found[subquery.alias] = (subquery.this, subquery.alias_column_names)
    bodies = {cte.alias: cte for cte in ctes}
    for node in tables:
        if bodies and not node.args.get("catalog") and node.name in bodies:
            cte = bodies[node.name]
            found[node.alias_or_name] = (cte.this, node.alias_column_names or cte.alias_column_names)
    return found


def _projected_type(derived: tuple[exp.Query, Sequence[str]], name: str, types: Mapping[int, str]) -> str | None:
    query, renamed = derived
    selects = query.selects
    names = list(renamed) or query.named_selects
    lowered = [each.lower() for each in names]
    if name.lower() not in lowered or len(names) != len(selects):
        return None
    if isinstance(query, exp.SetOperation):
        return None
    return type_of(selects[lowered.index(name.lower())].unalias(), types)


def fragment_node(name: str, alias: str, columns: Sequence[str] = ()) -> exp.Table:
    """A relation of the residual query: the rows of the fragment `name`, known as `alias`."""
    renamed = [exp.to_identifier(column, quoted=True) for column in columns]
    return exp.Table(
        this=exp.to_identifier(name, quoted=True),
        alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True), columns=renamed or None),
    )


def narrowest(table: Table) -> Column:
    """The cheapest column to read where only the number of rows matters."""
    fixed = [column for kind in _NARROW for column in table.columns if column.type == kind]
    return (fixed or list(table.columns))[0]
