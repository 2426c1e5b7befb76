"""A statement's names resolved against the catalogue, and its answer's names and types fixed.

    Statement ─ base tables found ─ named in the catalogue ─ described by DuckDB ─ columns qualified ─ Bound

What DuckDB says of the caller's own text over empty tables of the same types is the answer's schema, and the check that the
query means anything. Columns are then qualified for cutting. A form that cannot be qualified faithfully (PIVOT, COLUMNS(…),
a row used as a value) keeps `qualified` None and runs in the residual as it was written, over its tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.schema import MappingSchema

from planner.catalog import Catalog, Source, Table
from planner.dialect import DUCKDB, reads_otherwise
from planner.errors import SourceUnavailable, UnknownTable
from planner.fingerprint import written
from planner.parameters import given, put, put_closely, splice
from planner.parse import CLOCK_WORDS, Statement
from planner.plan import Field
from planner.positions import without_positions
from planner.simple import qualified_simply
from planner.spelled import spelled_out
from planner.unnests import grouped_as_joins, without_structs

Describe = Callable[[str, Mapping[str, Sequence[Field]], Mapping[str, str]], tuple[Field, ...]]
"""`describe(sql, tables, names)`: names and types of the answer over empty `tables`; `names` is how errors call those."""

_WHOLE_ROW = (exp.Columns, exp.Pivot, exp.TableSample)


@dataclass(frozen=True, eq=False)
class Reference:
    """One place in the query where a base table stands: `start` and `end` are its name's span in the text, -1 where unknown."""

    node: exp.Table
    table: Table
    alias: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Bound:
    """A query whose names are resolved.

    `columns` are the answer's. `qualified` has every table written `source.schema.table AS alias`, aliases unique in the whole
    query, and every column as `alias.column`; None where the query has a form that cannot be written so. `constants` stand for
    the parameters of the statement's text.
    """

    statement: Statement
    columns: tuple[Field, ...]
    references: tuple[Reference, ...]
    qualified: exp.Query | None
    catalog: Catalog
    constants: tuple[exp.Literal, ...] = ()

    def with_constants(self, constants: Sequence[exp.Literal]) -> Bound:
        """This query with the constants of another text of the same shape in the place of its parameters."""
        query = self.qualified.copy() if self.qualified is not None else None
        for parameter in list(query.find_all(exp.Placeholder)) if query is not None else ():
            parameter.replace(constants[int(parameter.name) - 1].copy())
        return replace(self, qualified=query, constants=tuple(constants))

    def over(self, catalog: Catalog) -> Bound:
        """This query over a catalogue of the same version: the same tables with the statistics of another moment."""
        if catalog is self.catalog:
            return self
        return replace(self, catalog=catalog, references=tuple(_moved(each, catalog) for each in self.references))

    def residual_text(self, tables: Sequence[str]) -> str:
        """The caller's text with the n-th base table replaced by the n-th of `tables`, and the constants in their places."""
        text = _with_tables(self.statement, self.references, tables)
        if not self.constants:
            return text
        render = given([written(constant) for constant in self.constants])
        return put(text, render) if _is_rewritten(self.references) else put_closely(text, render)


def bind(
    statement: Statement,
    catalog: Catalog,
    describe: Describe,
    default_source: str | None = None,
    default_schema: str | None = None,
) -> Bound:
    """Resolves every name in `statement`. Raises UnknownTable, UnknownColumn, SqlType, Unsupported, SourceUnavailable."""
    references = resolve(statement, catalog, default_source, default_schema)
    columns = as_called(describe(*describable(statement, references)), statement, references)
    hidden = statement.clocked and _hides_the_clock(statement.query, references)
    return Bound(statement, columns, references, None if hidden else _qualified(statement.query, references), catalog)


def _hides_the_clock(query: exp.Query, references: Sequence[Reference]) -> bool:
    """Whether a column may be what a word such as `current_date` means."""
    named = any(node.name.lower() in CLOCK_WORDS for node in query.find_all(exp.Identifier))
    return named or any(column.name.lower() in CLOCK_WORDS for each in references for column in each.table.columns)


def resolve(
    statement: Statement, catalog: Catalog, default_source: str | None = None, default_schema: str | None = None
) -> tuple[Reference, ...]:
    """Every place in the query where a base table stands. Raises UnknownTable, SourceUnavailable."""
    return tuple(_references(statement.query, catalog, default_source, default_schema))


def describable(
    statement: Statement, references: Sequence[Reference]
) -> tuple[str, Mapping[str, Sequence[Field]], Mapping[str, str]]:
    """What `Describe` is asked: the text with tables named by their content, their columns, and what the caller calls them."""
    keys = [f"t_{reference.table.content}" for reference in references]
    tables = {key: fields_of(reference.table) for key, reference in zip(keys, references, strict=True)}
    names = {key: reference.table.path for key, reference in zip(keys, references, strict=True)}
    return _with_tables(statement, references, keys), tables, names


def as_called(columns: Sequence[Field], statement: Statement, references: Sequence[Reference]) -> tuple[Field, ...]:
    """The described columns, in whose names (of a subquery: its text) the tables are called what the caller calls them."""
    renamed = list(columns)
    for reference in references:
        key = f"t_{reference.table.content}"
        if reference.start >= 0 and any(key in column.name for column in renamed):
            written = statement.text[reference.start : reference.end]
            given = key if reference.node.alias else f"{key} AS {reference.alias}"
            renamed = [Field(column.name.replace(given, written), column.type) for column in renamed]
    return tuple(renamed)


def _moved(reference: Reference, catalog: Catalog) -> Reference:
    table = reference.table
    return replace(reference, table=catalog.by_id[table.source].by_path[table.schema.lower(), table.name.lower()])


def fields_of(table: Table) -> tuple[Field, ...]:
    return tuple(Field(column.name, column.type) for column in table.columns)


def _references(
    query: exp.Query, catalog: Catalog, default_source: str | None, default_schema: str | None
) -> Iterator[Reference]:
    for node in query.find_all(exp.Table):
        if not isinstance(node.this, exp.Identifier) or _names_a_cte(node):
            continue
        parts = [part.name for part in node.parts]
        table = _resolve(parts, catalog, default_source, default_schema)
        spans = [part.meta for part in node.parts if "start" in part.meta]
        known = len(spans) == len(parts)
        start = min(int(span["start"]) for span in spans) if known else -1
        end = max(int(span["end"]) for span in spans) + 1 if known else -1
        yield Reference(node, table, node.alias or node.name, start, end)


def _names_a_cte(table: exp.Table) -> bool:
    if table.args.get("db"):
        return False
    name, inside = table.name.lower(), table.parent
    below: exp.Expr = table
    while inside is not None:
        with_ = inside.args.get("with_")
        if isinstance(inside, exp.With):
            if _visible_sibling(inside, below, name):
                return True
        elif with_ is not None and below is not with_ and any(cte.alias.lower() == name for cte in with_.expressions):
            return True
        below, inside = inside, inside.parent
    return False


def _visible_sibling(with_: exp.With, own: exp.Expr, name: str) -> bool:
    """Whether the CTE `own` of `with_` sees another of that name: the earlier ones, and in a recursive WITH itself."""
    for cte in with_.expressions:
        if cte is own:
            return bool(with_.args.get("recursive")) and cte.alias.lower() == name
        if cte.alias.lower() == name:
            return True
    return False


def _resolve(parts: list[str], catalog: Catalog, default_source: str | None, default_schema: str | None) -> Table:
    for source_id, schema, name in _readings(parts, default_source, default_schema):
        source = _source(catalog, source_id)
        if source is None:
            continue
        found = source.table(name, schema)
        if found is not None:
            return found
        if source.problem is not None:
            raise SourceUnavailable(f"The source {source.id} is down: {source.problem}", source=source.id)
    raise _unknown_table(".".join(parts), catalog)


def _readings(parts: list[str], default_source: str | None, default_schema: str | None) -> Iterator[tuple[str, str | None, str]]:
    """What a name of one, two or three parts may mean, the nearest meaning first."""
    if len(parts) == 3:
        yield parts[0], parts[1], parts[2]
    elif len(parts) == 2:
        yield parts[0], None, parts[1]
        if default_source:
            yield default_source, parts[0], parts[1]
    elif len(parts) == 1 and default_source:
        if default_schema:
            yield default_source, default_schema, parts[0]
        else:
            yield default_source, None, parts[0]


def _source(catalog: Catalog, name: str) -> Source | None:
    return catalog.by_id.get(name) or catalog.by_id.get(name.lower())


def _unknown_table(name: str, catalog: Catalog) -> UnknownTable:
    paths = {f"{table.source}.{table.name}": table for source in catalog.sources for table in source.tables}
    last = name.rsplit(".", 1)[-1].lower()
    near = (
        get_close_matches(name.lower(), paths, n=3, cutoff=0.6)
        or [path for path in paths if path.rsplit(".", 1)[-1].lower() == last][:3]
    )
    hint = f" Did you mean {' or '.join(near)}?" if near else " Tables are written source.table or source.schema.table."
    return UnknownTable(f"There is no table {name}.{hint}", nearest=near or None)


def _with_tables(statement: Statement, references: Sequence[Reference], tables: Sequence[str]) -> str:
    """The statement's text with each reference renamed, under the alias by which the query knows it."""
    if _is_rewritten(references):
        return _rewritten(statement.query, references, tables)
    edits = []
    for reference, name in zip(references, tables, strict=True):
        alias = "" if reference.node.alias else f" AS {_quoted(reference.alias)}"
        edits.append((reference.start, reference.end, _quoted(name) + alias))
    edits.extend(_prefix_edits(statement.query, references))
    return splice(statement.text, edits)


def _prefix_edits(query: exp.Query, references: Sequence[Reference]) -> Iterator[tuple[int, int, str]]:
    """Columns written `source.table.column` lose what stands before the table: the table goes by its alias now."""
    paths = {tuple(part.name.lower() for part in reference.node.parts) for reference in references if not reference.node.alias}
    for column in query.find_all(exp.Column):
        parts = column.parts
        for length in (3, 2):
            if len(parts) > length and tuple(part.name.lower() for part in parts[:length]) in paths and "start" in parts[0].meta:
                yield int(parts[0].meta["start"]), int(parts[length - 1].meta["start"]), ""
                break


def _is_rewritten(references: Sequence[Reference]) -> bool:
    return any(reference.start < 0 for reference in references)


def _rewritten(query: exp.Query, references: Sequence[Reference], tables: Sequence[str]) -> str:
    """As `_with_tables`, through the AST: for text whose positions are not known."""
    chosen = {id(reference.node): (name, reference.alias) for reference, name in zip(references, tables, strict=True)}
    copied = query.copy()
    for original, node in zip(list(query.find_all(exp.Table)), list(copied.find_all(exp.Table)), strict=True):
        if id(original) in chosen:
            name, alias = chosen[id(original)]
            node.set("this", exp.to_identifier(name, quoted=True))
            node.set("db", None)
            node.set("catalog", None)
            if not node.alias:
                node.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    return copied.sql(dialect=DUCKDB, copy=False)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _tables_to_qualify(query: exp.Query) -> list[exp.Table] | None:
    """The query's tables in its walk's order; None where it has a form that cannot be qualified."""
    tables = []
    for node in query.walk():
        if (
            isinstance(node, _WHOLE_ROW)
            or reads_otherwise(node)
            or (isinstance(node, (exp.Table, exp.Subquery)) and node.args.get("joins"))
        ):
            return None
        if isinstance(node, exp.Table):
            tables.append(node)
    return tables


def _without_spans(query: exp.Query) -> exp.Query:
    """A copy that does not know where in the text it stood: with that, copying takes three times as long."""
    noted = [(node, node._meta) for node in query.walk() if node._meta is not None]
    for node, _ in noted:
        node._meta = None
    copied = query.copy()
    for node, meta in noted:
        node._meta = meta
    return copied


def _qualified(query: exp.Query, references: Sequence[Reference]) -> exp.Query | None:
    originals = _tables_to_qualify(query)
    if originals is None:
        return None
    copied = _without_spans(query)
    tables = {id(reference.node): reference.table for reference in references}
    described: dict[str, Any] = {}
    for original, node in zip(originals, list(copied.find_all(exp.Table)), strict=True):
        table = tables.get(id(original))
        if table is None:
            continue
        if node.alias_column_names:
            return None  # `t AS x(a, b)` renames by position: the columns that are read would have to stay all and in order.
        alias = node.alias or node.name
        if node.args.get("alias") is None:
            node.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
        for part, name in (("catalog", table.source), ("db", table.schema), ("this", table.name)):
            node.set(part, exp.to_identifier(name, quoted=True))
        named = described.setdefault(table.source.lower(), {}).setdefault(table.schema.lower(), {})
        named[table.name.lower()] = {name: column.type for name, column in table.by_name.items()}
    if len(references) == len(originals) == 1 and qualified_simply(copied, references[0].table):
        return copied
    schema = MappingSchema(described, dialect=DUCKDB, normalize=False)
    try:
        qualified = qualify(
            copied,
            schema=schema,
            dialect=DUCKDB,
            validate_qualify_columns=False,
            canonicalize_table_aliases=False,
        )
        for written in qualified.walk():
            written._meta = None  # What qualifying has noted is for itself.
        if not (spelled_out(qualified) and without_positions(qualified) and without_structs(qualified, schema)):
            return None
        grouped_as_joins(qualified)
        return qualified if _resolved(qualified) else None
    except (SqlglotError, RecursionError, AssertionError, ValueError, KeyError, AttributeError, TypeError):
        return None


def _resolved(query: exp.Query) -> bool:
    """Whether every column names the relation that it comes from; gives every relation an alias of its own on the way."""
    taken: set[str] = set()
    scopes = traverse_scope(query)
    owned = {id(column) for scope in scopes for column in scope.columns if column.table in scope.sources}
    if query.find(exp.TableColumn):
        return False
    for scope in scopes:
        for column in scope.columns:
            column.set("db", None)
            column.set("catalog", None)
            if not column.table and not _names_an_output(column):
                return False
            if column.table and id(column) not in owned:
                return False
        scoped = scope.expression
        if isinstance(scoped, exp.Query) and any(isinstance(each, exp.Star) or each.is_star for each in scoped.selects):
            return False
    for scope in scopes:
        for alias in list(scope.selected_sources):
            if alias.lower() in taken:
                _rename(scope, alias, taken)
            taken.add(alias.lower())
    return True


def _names_an_output(column: exp.Column) -> bool:
    """Whether an unqualified column is an output of its SELECT (in ORDER BY) or a lambda's parameter."""
    parent = column.parent
    while parent is not None and not isinstance(parent, exp.Query):
        if isinstance(parent, exp.Order):
            query = parent.parent
            return isinstance(query, exp.Query) and column.name in query.named_selects
        if isinstance(parent, exp.Lambda):
            return any(argument.name == column.name for argument in parent.expressions)
        parent = parent.parent
    return False


def _rename(scope: Scope, alias: str, taken: set[str]) -> None:
    fresh, number = alias, 2
    while fresh.lower() in taken:
        fresh, number = f"{alias}_{number}", number + 1
    node, _ = scope.selected_sources[alias]
    for column in scope.columns:
        if column.table == alias:
            column.set("table", exp.to_identifier(fresh, quoted=True))
    node.set("alias", exp.TableAlias(this=exp.to_identifier(fresh, quoted=True), columns=node.args["alias"].args.get("columns")))
