"""FROM: tables, derived tables, lateral ones, arrays taken apart, and the joins between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from sqlglot import exp

from planner.catalog import Table
from planner.correlation import finds_its_rows
from planner.types import Typed
from translators.postgres.expressions import Context, Queries, only, unite
from translators.postgres.types import element_type, quoted
from translators.postgres.value import Refused, Scope, Value, columns_of, maybe_absent, renamed

Relations = dict[str, Mapping[str, Value]]


class Source(Queries, Protocol):
    """What renders the queries inside of a FROM, with names for their columns where they are given new ones."""

    def query(self, query: exp.Query, outer: Scope | None, names: list[str] | None = None) -> tuple[str, list[Value]]: ...

    def table(self, node: exp.Table) -> Table: ...


def from_clause(query: exp.Select, around: Scope, source: Source) -> tuple[str, Scope, list[str]]:
    """FROM and the joins: the SQL, the scope in which the rest of the query stands, and conditions for its WHERE."""
    from_ = query.args.get("from_")
    if from_ is None:
        return "", around, []
    sql, relations = _relation(from_.this, around, {}, source)
    conditions: list[str] = []
    joins = query.args.get("joins") or []
    for place, join in enumerate(joins):
        only(join, "this", "on", "side", "kind")
        kind, side = join.args.get("kind") or "", join.args.get("side") or ""
        text, found = _relation(join.this, around, relations, source)
        if set(found) & set(relations):
            raise Refused(join, "two relations have one name")
        if kind in ("SEMI", "ANTI"):
            if any(later.args.get("side") in ("RIGHT", "FULL") for later in joins[place + 1 :]) or side not in ("", "LEFT"):
                raise Refused(join, f"a {kind} join before an outer join is not pushed")
            scope = Scope({**relations, **found}, around.outer, around.ctes)
            conditions.append(_semi(join, text, Context(scope, source)))
            continue
        if side in ("RIGHT", "FULL"):
            if isinstance(join.this, (exp.Lateral, exp.Unnest)):
                raise Refused(join, f"a {side} join to a lateral relation is not pushed")
            relations = {name: maybe_absent(columns) for name, columns in relations.items()}
        text, relations = _beside(join, text, found, around, relations, source)
        sql = f"{sql} {text}"
    return f" FROM {sql}", Scope(relations, around.outer, around.ctes), conditions


def joined(join: exp.Join, around: Scope, relations: Relations, source: Source) -> tuple[str, Relations]:
    """A join that is not in the query, to a derived table: its SQL, and all the relations. Raises Refused."""
    text, found = _relation(join.this, around, relations, source)
    return _beside(join, text, found, around, relations, source)


def _beside(
    join: exp.Join, text: str, found: Relations, around: Scope, relations: Relations, source: Source
) -> tuple[str, Relations]:
    if (join.args.get("side") or "") in ("LEFT", "FULL"):
        found = {name: maybe_absent(columns) for name, columns in found.items()}
    relations = {**relations, **found}
    return _join(join, text, found, Context(Scope(relations, around.outer, around.ctes), source)), relations


def _semi(join: exp.Join, text: str, context: Context) -> str:
    """A semi or anti join as the condition that it is: the rows of its right side are seen by nothing else."""
    if join.args.get("on") is None:
        raise Refused(join, f"a {join.args['kind']} join without a condition is not pushed")
    word = "EXISTS" if join.args["kind"] == "SEMI" else "NOT EXISTS"
    return f"{word} (SELECT 1 FROM {text} WHERE {context.condition(join.args['on'])})"


def _join(join: exp.Join, text: str, found: Mapping[str, Mapping[str, Value]], context: Context) -> str:
    side, kind, on = join.args.get("side") or "", join.args.get("kind") or "", join.args.get("on")
    if side not in ("", "LEFT", "RIGHT", "FULL") or kind not in ("", "INNER", "OUTER", "CROSS"):
        raise Refused(join, f"a {kind or side} join is not pushed")
    if on is None:
        if side:
            raise Refused(join, "an outer join without a condition is not pushed")
        return f"CROSS JOIN {text}"
    if side == "FULL" and not _has_column_equality(on, set(found)):
        raise Refused(join, "PostgreSQL takes a FULL JOIN only over an equality of columns")
    return f"{side + ' ' if side else ''}JOIN {text} ON {context.condition(on)}"


def _has_column_equality(on: exp.Expr, right: set[str]) -> bool:
    """Whether one of the AND-ed parts is an equality of columns of either side, by which PostgreSQL can hash."""
    for conjunct in on.flatten() if isinstance(on, exp.And) else [on]:
        sides = (conjunct.this, conjunct.expression) if isinstance(conjunct.unnest(), exp.EQ) else ()
        columns = [side for side in sides if isinstance(side, exp.Column)]
        if len({column.table.lower() in right for column in columns}) == 2:
            return True
    return False


def _relation(node: exp.Expr, around: Scope, before: Relations, source: Source) -> tuple[str, Relations]:
    """One relation of a FROM: its SQL with its alias, and its columns. `before` are the relations to its left."""
    if isinstance(node, exp.Lateral):
        only(node, "this", "alias", "view", "outer")
        if not isinstance(node.this, exp.Subquery):
            raise Refused(node, "LATERAL over this is not pushed")
        text, columns = _derived(node.this.this, node, Scope(before, around.outer, around.ctes), source)
        if not finds_its_rows(node.this.this, source.table):
            raise Refused(node, "PostgreSQL would run it again for every row, with no index to find its rows by")
        return f"LATERAL {text}", columns
    if isinstance(node, exp.Unnest):
        return _taken_apart(node, Context(Scope(before, around.outer, around.ctes), source))
    if isinstance(node, exp.Subquery):
        only(node, "this", "alias")
        return _derived(node.this, node, Scope({}, around.outer, around.ctes), source)
    if isinstance(node, exp.Values):
        return _values(node, Context(Scope({}, around.outer, around.ctes), source))
    return _table(node, around, source)


def _column_names(node: exp.Expr) -> list[str]:
    alias = node.args.get("alias")
    return [column.name for column in alias.args.get("columns") or []] if isinstance(alias, exp.TableAlias) else []


def _derived(query: exp.Query, node: exp.Expr, scope: Scope, source: Source) -> tuple[str, Relations]:
    alias, names = node.alias_or_name, _column_names(node)
    if not alias:
        raise Refused(node, "a derived table without a name is not pushed")
    text, columns = source.query(query, scope, names or None)
    names = names or [column.alias_or_name for column in query.selects]
    if len(names) != len(columns):
        raise Refused(node, "a derived table whose columns are named in part is not pushed")
    return f"({text}) AS {quoted(alias)}", {alias.lower(): renamed(dict(zip(names, columns, strict=True)), alias)}


def _table(node: exp.Expr, around: Scope, source: Source) -> tuple[str, Relations]:
    if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
        raise Refused(node, f"{node.key.upper()} in FROM is not read in PostgreSQL")
    only(node, "this", "db", "catalog", "alias")
    if isinstance(node.args.get("alias"), exp.TableAlias):
        only(node.args["alias"], "this")
    alias = node.alias_or_name
    if not node.args.get("catalog"):
        known = around.cte(node.name) if not node.args.get("db") else None
        if known is None:
            raise Refused(node, f"the table {node.name} is not known here")
        return f"{quoted(node.name)} AS {quoted(alias)}", {alias.lower(): renamed(known, alias)}
    table = source.table(node)
    return f"{quoted(table.schema)}.{quoted(table.stored_as)} AS {quoted(alias)}", {alias.lower(): columns_of(table, alias)}


def _taken_apart(node: exp.Unnest, context: Context) -> tuple[str, Relations]:
    """`unnest(list)` as a relation: a row for each element, none for an empty list or NULL."""
    only(node, "expressions", "alias", "offset")
    alias, names = node.alias_or_name, _column_names(node)
    if len(node.expressions) != 1 or not alias or len(names) > 1:
        raise Refused(node, "unnest of several lists is not pushed")
    text, element = elements(context, node.expressions[0])
    counted = node.args.get("offset")
    name = names[0] if names else "unnest"
    columns = {name.lower(): replace(element, text=f"{quoted(alias)}.{quoted(name)}")}
    listed = quoted(name)
    if isinstance(counted, exp.Identifier):
        columns[counted.name.lower()] = Value(f"{quoted(alias)}.{quoted(counted.name)}", Typed("BIGINT"), filled=True)
        listed += f", {quoted(counted.name)}"
    ordinality = " WITH ORDINALITY" if counted else ""
    return f"LATERAL unnest({text}){ordinality} AS {quoted(alias)}({listed})", {alias.lower(): columns}


def elements(context: Context, node: exp.Expr) -> tuple[str, Value]:
    """A list as an argument of PostgreSQL's unnest, and what its elements are (without a text). Raises Refused.

    An array of several dimensions is an error, as it is where it is read: PostgreSQL would take it apart to its last element.
    """
    value = context.value(node)
    type = element_type(value.type)
    if type is None or value.nullified or not isinstance(node, exp.Column) or not value.base.startswith("_"):
        raise Refused(node, f"{value.type} is not taken apart in PostgreSQL")
    base, known = value.base.removeprefix("_"), value.text
    element = Value("", Typed(type), value.collation, orderable=value.orderable, loose=value.loose, base=base)
    if type == "INTERVAL" or element_type(type) is not None or (type == "VARCHAR" and base not in ("text", "varchar")):
        element = replace(element, opaque=True)
    fails = f"{known}[1 / (array_ndims({known}) - array_ndims({known})):1]"
    return f"CASE WHEN array_ndims({known}) > 1 THEN {fails} ELSE {known} END", element


def _values(node: exp.Values, context: Context) -> tuple[str, Relations]:
    """Rows of constants, each column in the type that DuckDB gives it; PostgreSQL calls them column1, column2 … by itself."""
    only(node, "expressions", "alias")
    alias, names = node.alias_or_name, _column_names(node)
    rows = [list(row.expressions) if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
    if not alias or len({len(row) for row in rows}) != 1 or len(names) != len(rows[0]):
        raise Refused(node, "VALUES without a name for each column is not pushed")
    columns = [unite([context.value(part) for part in column], node) for column in zip(*rows, strict=True)]
    texts = ", ".join(f"({', '.join(value.text for value in row)})" for row in zip(*columns, strict=True))
    listed = ", ".join(quoted(name) for name in names)
    united = {name: _column_of(values) for name, values in zip(names, columns, strict=True)}
    return f"(VALUES {texts}) AS {quoted(alias)}({listed})", {alias.lower(): renamed(united, alias)}


def _column_of(values: Sequence[Value]) -> Value:
    """What is known of a column of constants; its texts compare under the database's collation, of which nothing is known."""
    return Value("", Typed(values[0].type), loose=any(value.loose for value in values))
