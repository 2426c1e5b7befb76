"""Queries: a fragment in DuckDB's meaning as one SELECT of PostgreSQL, or the parts that PostgreSQL is not asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from planner.catalog import Source, Table
from planner.correlation import finds_its_rows
from planner.plan import Field, Fragment, Left, Taken
from translators.decorrelated import SEVERAL, decorrelated, meets_several
from translators.postgres import aggregates, arithmetic, casts, gathered, scalars, subqueries, windows
from translators.postgres.binds import taken_out, unmarked
from translators.postgres.compare import by_equality, kept_apart
from translators.postgres.deliver import delivered, guard
from translators.postgres.expressions import Context, only
from translators.postgres.grouping import group_by, has_grouping_sets
from translators.postgres.ordering import limit, order_by, ordered
from translators.postgres.reading import PostgresQuery
from translators.postgres.recursion import recursive
from translators.postgres.relations import elements, from_clause, joined
from translators.postgres.shape import Few, fewness, finds_rows, removable
from translators.postgres.types import element_type, quoted
from translators.postgres.unions import united
from translators.postgres.value import Refused, Scope, Value, in_itself, renamed

_TABLES = (arithmetic.OPERATORS, casts.CASTS, aggregates.AGGREGATES, gathered, scalars, subqueries, windows)
"""Importing these files fills `expressions.RENDER`."""


MAX_NAME_BYTES = 63
MAX_BINDS = 32
"""More constants than this (a long IN) make a text that seldom comes again: they stay in it."""

MAX_COLUMNS = 1600
"""A table's limit; that of a SELECT is 1,664, and a list output needs a second one."""

_SELECT = (
    *("expressions", "from_", "joins", "where", "group", "having", "windows", "qualify"),
    *("order", "limit", "offset", "distinct", "with_", "kind"),
)


def take(fragment: Fragment, source: Source) -> Taken:
    """What PostgreSQL does of the fragment. Pure; refuses, and says why, whatever is not certain to give DuckDB's answer."""
    queries = _Queries(source)
    try:
        return queries.taken(fragment)
    except Refused as refused:
        return Taken(None, (Left(refused.part, refused.reason),))
    except RecursionError:
        return Taken(None, (Left(fragment.query, "the query is nested too deeply"),))


@dataclass
class _Queries:
    """The rendering of one fragment: the source that it is rendered for, and what was left out of its outermost WHERE."""

    source: Source
    left: list[Left] = field(default_factory=list)
    groups: int = 0

    def taken(self, fragment: Fragment) -> Taken:
        query = fragment.query
        if fragment.needs:
            raise Refused(query, "rows of other fragments are not sent to PostgreSQL")
        for name in query.find_all(exp.Identifier):
            if len(name.name.encode()) > MAX_NAME_BYTES or "\0" in name.name:
                raise Refused(name, f"PostgreSQL cuts names at {MAX_NAME_BYTES} bytes")
        if len(fragment.outputs) > MAX_COLUMNS:
            raise Refused(query, f"PostgreSQL is asked for {MAX_COLUMNS} columns at most")
        text = self._final(query, fragment.outputs)
        guards = tuple(out.name for out in fragment.outputs if element_type(out.type))
        pieces, binds = taken_out(text)
        few = fewness(fragment, self.source)
        prepared = few is not Few.NOT and 0 < len(binds) <= MAX_BINDS and finds_rows(query)
        native = PostgresQuery(pieces, binds, few is not Few.NOT, few is Few.ESTIMATED, prepared, guards)
        return Taken(native, tuple(self.left), tuple(bind.home for bind in binds) if prepared else ())

    def _final(self, query: exp.Query, outputs: tuple[Field, ...]) -> str:
        """The whole request: the query's rows, each output in the form in which it leaves the server."""
        if isinstance(query, exp.Select):
            return self._select(query, None, outputs=outputs)[0]
        names = [out.name for out in outputs]
        text, columns = self.query(query, None, names)
        named = renamed(dict(zip(names, columns, strict=True)), "q")
        keys = ordered(query.args.get("order"), Context(Scope({"q": named}), self), [*named.values()], names)
        return f"SELECT {self._leaving([*named.values()], outputs, query)} FROM ({text}) AS q{order_by(keys, query)}"

    def query(self, query: exp.Query, outer: Scope | None, names: list[str] | None = None) -> tuple[str, list[Value]]:
        """A query inside of another: its SQL, and its columns in order as values (their texts mean nothing outside)."""
        if isinstance(query, exp.Subquery):
            only(query, "this", "alias")
            return self.query(query.this, outer, names)
        if isinstance(query, exp.Select):
            return self._select(query, outer, names=names)
        if isinstance(query, exp.SetOperation):
            return self._set_operation(query, outer, names)
        raise Refused(query, f"{query.key.upper()} is not pushed")

    def _set_operation(self, query: exp.SetOperation, outer: Scope | None, names: list[str] | None) -> tuple[str, list[Value]]:
        only(query, "this", "expression", "distinct", "with_", "order", "limit", "offset")
        scope, ctes = self._ctes(query, outer)
        left, right = (self.query(side, scope, names) for side in (query.this, query.expression))
        names = names or [column.alias_or_name for column in query.selects]
        text, columns = united(query, left, right, names)
        order = query.args.get("order")
        if not order and not query.args.get("limit") and not query.args.get("offset"):
            return ctes + text, columns
        named = renamed(dict(zip(names, columns, strict=True)), "u")
        keys = ordered(order, Context(Scope({"u": named}, scope), self), list(named.values()), names)
        items = ", ".join(f"u.{quoted(name)}" for name in names)
        return f"{ctes}SELECT {items} FROM ({text}) AS u{order_by(keys, query)}{limit(query)}", columns

    def _select(
        self,
        query: exp.Select,
        outer: Scope | None,
        outputs: tuple[Field, ...] = (),
        names: list[str] | None = None,
    ) -> tuple[str, list[Value]]:
        """A SELECT: its SQL and its columns, which are called `names`; with `outputs`, each in the form in which it leaves."""
        only(query, *_SELECT)
        if query.args.get("kind"):
            raise Refused(query, "SELECT AS is not pushed")
        around, ctes = self._ctes(query, outer)
        source_sql, scope, conditions = from_clause(query, around, self)
        context = Context(scope, self, query)
        joins, where = self._where(query, context, conditions, outermost=bool(outputs))
        group = unmarked(group_by(query, context))
        if group:  # a column is a key by its one text only
            known = {alias: {name: in_itself(value) for name, value in found.items()} for alias, found in scope.relations.items()}
            context = replace(context, scope=replace(scope, relations=known))
        having = query.args.get("having")
        kept = unmarked(f" HAVING {context.condition(having.this)}") if having is not None else ""
        columns = []
        for projection in query.selects:
            node, scoped = projection.unalias(), context
            if not group and not aggregates.own_aggregates(query):
                text, node, scoped = self._apart(node, context)
                joins += text
            columns.append(self._projected(node, query, scoped))
        columns = [replace(column, text=unmarked(column.text)) for column in columns]
        if has_grouping_sets(query):
            columns = [replace(column, filled=False) for column in columns]
        names = names or ([out.name for out in outputs] or [projection.alias_or_name for projection in query.selects])
        tail = f"{source_sql}{joins}{where}{group}{kept}"
        if query.args.get("distinct") is None and query.args.get("qualify") is None:
            listed = self._leaving(columns, outputs, query) if outputs else _listed(columns, names)
            keys = ordered(query.args.get("order"), context, columns, names)
            return f"{ctes}SELECT {listed}{tail}{order_by(keys, query)}{limit(query)}", columns
        return self._narrowed(query, context, columns, names, outputs, (ctes, tail)), columns

    def _narrowed(
        self,
        query: exp.Select,
        context: Context,
        columns: list[Value],
        names: list[str],
        outputs: tuple[Field, ...],
        text: tuple[str, str],
    ) -> str:
        """A SELECT whose rows are chosen once they are computed (DISTINCT, DISTINCT ON, QUALIFY), as one over a derived table."""
        distinct, qualify = query.args.get("distinct"), query.args.get("qualify")
        on = distinct.args.get("on") if distinct is not None else None
        if distinct is not None and on is None:
            for column in columns:
                by_equality(column, query)
        order = _by_outputs(query, names) if distinct is not None and on is None else query.args.get("order")
        keys = ordered(order, context, columns, names)
        hidden: list[tuple[str, str]] = []
        condition = ""
        if qualify is not None:
            hidden.append((unmarked(context.condition(qualify.this)), "foz_kept"))
            condition = f" WHERE d.{quoted('foz_kept')}"
        if on is not None:
            if qualify is not None:
                raise Refused(query, "DISTINCT ON together with QUALIFY is not pushed")
            hidden.append((unmarked(_first_of(on, context, dict(zip(names, columns, strict=True)), keys)), "foz_place"))
            condition = f" WHERE d.{quoted('foz_place')} = 1"
        outer_keys = []
        for index, (value, way) in enumerate(keys):
            position = next((place for place, column in enumerate(columns) if column is value), None)
            if position is None:
                hidden.append((unmarked(value.text), f"foz_key_{index}"))
            named = quoted(names[position] if position is not None else f"foz_key_{index}")
            outer_keys.append((replace(in_itself(value), text=f"d.{named}"), way))
        listed = ", ".join([_listed(columns, names), *(f"{sql} AS {quoted(name)}" for sql, name in hidden)])
        ctes, tail = text
        above = list(renamed(dict(zip(names, columns, strict=True)), "d").values())
        distinct_first = "DISTINCT " if distinct is not None and on is None and qualify is None else ""
        body = f"{ctes}SELECT {distinct_first}{listed}{tail}"
        if distinct is not None and qualify is not None:
            body, condition = f"SELECT DISTINCT {_listed(above, names)} FROM ({body}) AS d{condition}", ""
        items = self._leaving(above, outputs, query) if outputs else _listed(above, names)
        return f"SELECT {items} FROM ({body}) AS d{condition}{order_by(outer_keys, query)}{limit(query)}"

    def _projected(self, node: exp.Expr, query: exp.Select, context: Context) -> Value:
        if not isinstance(node, exp.Explode):
            return context.value(node)
        only(node, "this")
        if any(query.args.get(name) for name in ("group", "having", "distinct", "qualify")) or aggregates.own_aggregates(query):
            raise Refused(node, "unnest beside groups, DISTINCT or QUALIFY is not pushed")
        text, element = elements(context, node.this)
        return replace(element, text=f"unnest({text})")

    def _leaving(self, columns: Sequence[Value], outputs: tuple[Field, ...], query: exp.Query) -> str:
        """The list of an outermost SELECT."""
        items = [delivered(value, out, query) for value, out in zip(columns, outputs, strict=True)]
        guards = [guard(value) for value, out in zip(columns, outputs, strict=True) if element_type(out.type)]
        return ", ".join((*items, *guards))

    def _ctes(self, query: exp.Query, outer: Scope | None) -> tuple[Scope, str]:
        with_ = query.args.get("with_")
        if with_ is None:
            return Scope({}, outer), ""
        only(with_, "expressions", "recursive")
        known: dict[str, Mapping[str, Value]] = {}
        texts = []
        for cte in with_.expressions:
            only(cte, "this", "alias", "materialized")
            names = [column.name for column in cte.args["alias"].args.get("columns") or []] or None
            scope = Scope({}, outer, dict(known))
            if with_.args.get("recursive") and _reads_itself(cte):
                text, columns, names = recursive(cte, scope, self)
            else:
                text, columns = self.query(cte.this, scope, names)
                names = names or [column.alias_or_name for column in cte.this.selects]
            known[cte.alias.lower()] = dict(zip(names, columns, strict=True))
            texts.append(f"{quoted(cte.alias)} AS {'MATERIALIZED ' if cte.args.get('materialized') else ''}({text})")
        word = "RECURSIVE " if with_.args.get("recursive") else ""
        return Scope({}, outer, known), f"WITH {word}{', '.join(texts)} "

    def table(self, node: exp.Table) -> Table:
        table = self.source.by_path.get((node.db.lower(), node.name.lower())) if node.catalog == self.source.id else None
        if table is None:
            raise Refused(node, f"the table {node.name} is not one of the source")
        return table

    def _where(self, query: exp.Select, context: Context, conditions: list[str], outermost: bool) -> tuple[str, str]:
        """The joins that conditions need, and WHERE."""
        where = query.args.get("where")
        kept = list(conditions)
        joins = ""
        may_leave = outermost and removable(query)
        conjuncts = (
            [] if where is None else list(where.this.flatten(unnest=False)) if isinstance(where.this, exp.And) else [where.this]
        )
        for conjunct in conjuncts:
            try:
                text, condition, scoped = self._apart(conjunct, context)
                joins, kept = joins + text, [*kept, scoped.condition(condition)]
            except Refused as refused:
                if not may_leave:
                    raise
                self.left.append(Left(conjunct, refused.reason))
        return joins, f" WHERE {' AND '.join(kept)}" if kept else ""

    def _apart(self, node: exp.Expr, context: Context) -> tuple[str, exp.Expr, Context]:
        """An expression whose correlated aggregates that no index helps are groups: the joins that it needs, itself, and where it
        stands then."""
        relations, around = dict(context.scope.relations), context.scope
        self.groups += 1
        alias = f"foz groups {self.groups}."
        grouped = decorrelated(node, lambda query: not finds_its_rows(query, self.table), alias, relations)
        if grouped is None:
            return "", node, context
        text = ""
        for join in grouped.joins:
            more, relations = joined(join, around, relations, self)
            text += f" {more}"
            context = replace(context, scope=Scope(relations, around.outer, around.ctes))
            if meets_several(join, context.value):
                raise Refused(node, SEVERAL)
        return text, grouped.expression, context


def _listed(columns: Sequence[Value], names: Sequence[str]) -> str:
    return ", ".join(f"{column.text} AS {quoted(name)}" for column, name in zip(columns, names, strict=True))


def _reads_itself(cte: exp.CTE) -> bool:
    return any(table.name.lower() == cte.alias.lower() and not table.args.get("db") for table in cte.this.find_all(exp.Table))


def _first_of(on: exp.Expr, context: Context, outputs: Mapping[str, Value], keys: Sequence[tuple[Value, str]]) -> str:
    """The place of a row among those that DISTINCT ON calls the same, of which the first stays."""
    if not keys:
        raise Refused(on, "which row DISTINCT ON keeps is open: there is no order")
    named = {name.lower(): value for name, value in outputs.items()}
    same = []
    for part in on.expressions if isinstance(on, exp.Tuple) else [on]:
        output = named.get(part.name.lower()) if isinstance(part, exp.Column) and not part.table else None
        same.append(kept_apart(output or context.value(part), part))
    return f"row_number() OVER (PARTITION BY {', '.join(same)}{order_by(keys, on)})"


def _by_outputs(query: exp.Select, names: Sequence[str]) -> exp.Expr | None:
    """ORDER BY of a SELECT DISTINCT over the distinct rows, each key being one of their columns."""
    order = query.args.get("order")
    if order is None:
        return None
    outputs = {projection.unalias().sql("duckdb"): name for projection, name in zip(query.selects, names, strict=True)}
    positioned: exp.Expr = order.copy()
    for item in positioned.expressions:
        key = item.this
        if isinstance(key, exp.Column) and not key.table:
            continue
        if isinstance(key, exp.Literal) and not key.is_string:
            continue
        if key.sql("duckdb") not in outputs:
            raise Refused(key, "DISTINCT is ordered by something that is not selected")
        item.set("this", exp.column(outputs[key.sql("duckdb")], quoted=True))
    return positioned
