"""Queries: a fragment in DuckDB's meaning as one SELECT of PostgreSQL, or the parts that PostgreSQL is not asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from planner.catalog import Source, Table
from planner.plan import Field, Fragment, Left, Taken
from planner.types import NULL, Typed
from translators.postgres import aggregates, arithmetic, casts, functions
from translators.postgres.compare import by_bytes, by_equality
from translators.postgres.deliver import delivered, guard
from translators.postgres.expressions import Context, one_collation, only, unite
from translators.postgres.reading import PostgresQuery
from translators.postgres.shape import full_join_condition, is_point, position, removable
from translators.postgres.types import element_type, home, quoted
from translators.postgres.value import Refused, Scope, Value, columns_of, maybe_absent, renamed

_TABLES = (arithmetic.OPERATORS, casts.CASTS, functions.FUNCTIONS, aggregates.AGGREGATES)
"""Importing these files fills `expressions.RENDER`."""


MAX_NAME_BYTES = 63
MAX_COLUMNS = 1600
"""A table's limit; that of a SELECT is 1,664, and a list output needs a second one."""

_CLAUSES = ("with_", "expressions", "distinct", "from_", "joins", "where", "group", "having", "order", "limit", "offset")


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

    def taken(self, fragment: Fragment) -> Taken:
        query = fragment.query
        if fragment.needs:
            raise Refused(query, "rows of other fragments are not sent to PostgreSQL")
        for name in query.find_all(exp.Identifier):
            if len(name.name.encode()) > MAX_NAME_BYTES or "\0" in name.name:
                raise Refused(name, f"PostgreSQL cuts names at {MAX_NAME_BYTES} bytes")
        if len(fragment.outputs) > MAX_COLUMNS:
            raise Refused(query, f"PostgreSQL is asked for {MAX_COLUMNS} columns at most")
        text, _ = self._final(query, fragment.outputs)
        guards = tuple(out.name for out in fragment.outputs if element_type(out.type))
        return Taken(PostgresQuery(text, is_point(query, self.source), guards), tuple(self.left))

    def _final(self, query: exp.Query, outputs: tuple[Field, ...]) -> tuple[str, list[Value]]:
        """The whole request: the query's rows, each output in the form in which it leaves the server."""
        plain = isinstance(query, exp.Select) and not query.args.get("distinct")
        if plain:
            assert isinstance(query, exp.Select)
            return self._select(query, None, outputs, outermost=True)
        text, columns = self.query(query, None, names=[out.name for out in outputs])
        named = renamed(dict(zip((out.name for out in outputs), columns, strict=True)), "q")
        items = [delivered(named[out.name.lower()], out, query) for out in outputs]
        guards = [guard(named[out.name.lower()]) for out in outputs if element_type(out.type)]
        order = query.args.get("order")
        ordering = self._order(order, Context(Scope({"q": named}), self), [*named.values()], outputs) if order else ""
        return f"SELECT {', '.join((*items, *guards))} FROM ({text}) AS q{ordering}", columns

    def query(self, query: exp.Query, outer: Scope | None, names: list[str] | None = None) -> tuple[str, list[Value]]:
        """A query inside of another: its SQL, and its columns in order as values (their texts mean nothing outside)."""
        if isinstance(query, exp.Subquery):
            only(query, "this", "alias")
            return self.query(query.this, outer, names)
        if isinstance(query, exp.Select):
            return self._select(query, outer, None, outermost=False, names=names)
        if isinstance(query, exp.SetOperation):
            return self._set_operation(query, outer, names)
        raise Refused(query, f"{query.key.upper()} is not pushed")

    def _set_operation(self, query: exp.SetOperation, outer: Scope | None, names: list[str] | None) -> tuple[str, list[Value]]:
        only(query, "this", "expression", "distinct", "with_", "order", "limit", "offset")
        scope, ctes = self._ctes(query, outer)
        sides = [self.query(side, scope, names) for side in (query.this, query.expression)]
        if len(sides[0][1]) != len(sides[1][1]):
            raise Refused(query, "the sides of a set operation differ in their columns")
        columns, targets = [], []
        for left, right in zip(sides[0][1], sides[1][1], strict=True):
            one, other = unite([replace(left, text="x"), replace(right, text="x")], query)
            reaches = [side.reach for side in (one, other) if side.reach is not None]
            joined = Value(
                "",
                Typed(one.type),
                collation=one_collation([one, other]),
                orderable=left.orderable and right.orderable,
                loose=left.loose or right.loose,
                reach=max(reaches) if len(reaches) == 2 else None,
            )
            columns.append(joined)
            targets.append(joined.type)
        if query.args.get("distinct") or not isinstance(query, exp.Union):
            for column in columns:
                by_equality(column, query)
        names = names or [column.alias_or_name for column in query.selects]
        texts = [_cast_side(text, values, targets, names) for text, values in sides]
        word = {exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}[type(query)]
        word += "" if query.args.get("distinct") else " ALL"
        sql = f"{ctes}({texts[0]}) {word} ({texts[1]})"
        if not query.args.get("order") and not query.args.get("limit") and not query.args.get("offset"):
            return sql, columns
        named = renamed(dict(zip(names, columns, strict=True)), "u")
        order, outputs = query.args.get("order"), [Field(name, column.type) for name, column in zip(names, columns, strict=True)]
        context = Context(Scope({"u": named}, scope), self)
        ordering = self._order(order, context, list(named.values()), tuple(outputs)) if order else ""
        items = ", ".join(f"u.{quoted(name)}" for name in names)
        return f"SELECT {items} FROM ({sql}) AS u{ordering}{self._limit(query)}", columns

    def _select(
        self,
        query: exp.Select,
        outer: Scope | None,
        outputs: tuple[Field, ...] | None,
        outermost: bool,
        names: list[str] | None = None,
    ) -> tuple[str, list[Value]]:
        only(
            query,
            "expressions",
            "from_",
            "joins",
            "where",
            "group",
            "having",
            "order",
            "limit",
            "offset",
            "distinct",
            "with_",
            "kind",
        )
        if query.args.get("kind"):
            raise Refused(query, "SELECT AS is not pushed")
        around, ctes = self._ctes(query, outer)
        source_sql, scope = self._from(query, around)
        context = Context(scope, self, query)
        where = self._where(query, context, outermost)
        group = self._group(query, context)
        having = query.args.get("having")
        columns = [context.value(projection.unalias()) for projection in query.selects]
        names = names or (
            [out.name for out in outputs] if outputs else [projection.alias_or_name for projection in query.selects]
        )
        distinct = query.args.get("distinct")
        if distinct is not None:
            only(distinct)
        items = [_item(value, distinct is not None, query) for value in columns]
        if outputs is not None:
            listed = [delivered(replace(v, text=i), out, query) for v, i, out in zip(columns, items, outputs, strict=True)]
            listed += [guard(value) for value, out in zip(columns, outputs, strict=True) if element_type(out.type)]
        else:
            listed = [f"{item} AS {quoted(name)}" for item, name in zip(items, names, strict=True)]
        sql = f"{ctes}SELECT {'DISTINCT ' if distinct is not None else ''}{', '.join(listed)}{source_sql}{where}{group}"
        if having is not None:
            sql += f" HAVING {context.condition(having.this)}"
        order = query.args.get("order")
        if distinct is None:
            fields = tuple(Field(name, "") for name in names)
            return sql + (self._order(order, context, columns, fields) if order else "") + self._limit(query), columns
        if order is None:
            return sql + self._limit(query), columns
        named = renamed(dict(zip(names, columns, strict=True)), "d")
        ordering = self._distinct_order(order, query, named, names)
        return (
            f"SELECT {', '.join(f'd.{quoted(name)}' for name in names)} FROM ({sql}) AS d{ordering}{self._limit(query)}",
            columns,
        )

    def _ctes(self, query: exp.Query, outer: Scope | None) -> tuple[Scope, str]:
        with_ = query.args.get("with_")
        if with_ is None:
            return Scope({}, outer), ""
        only(with_, "expressions")
        known: dict[str, Mapping[str, Value]] = {}
        texts = []
        for cte in with_.expressions:
            only(cte, "this", "alias", "materialized")
            names = [column.name for column in cte.args["alias"].args.get("columns") or []] or None
            text, columns = self.query(cte.this, Scope({}, outer, dict(known)), names)
            names = names or [column.alias_or_name for column in cte.this.selects]
            known[cte.alias.lower()] = dict(zip(names, columns, strict=True))
            texts.append(f"{quoted(cte.alias)} AS ({text})")
        return Scope({}, outer, known), f"WITH {', '.join(texts)} "

    def _from(self, query: exp.Select, around: Scope) -> tuple[str, Scope]:
        """FROM and the joins: the SQL, and the scope in which the rest of the query stands."""
        from_ = query.args.get("from_")
        if from_ is None:
            return "", around
        sql, relations = self._relation(from_.this, around)
        for join in query.args.get("joins") or []:
            only(join, "this", "on", "side", "kind")
            text, found = self._relation(join.this, around)
            if set(found) & set(relations):
                raise Refused(join, "two relations have one name")
            if join.args.get("side") in ("RIGHT", "FULL"):
                relations = {name: maybe_absent(columns) for name, columns in relations.items()}
            if join.args.get("side") in ("LEFT", "FULL"):
                found = {name: maybe_absent(columns) for name, columns in found.items()}
            relations = {**relations, **found}
            sql = f"{sql} {self._join(join, text, found, Scope(relations, around.outer, around.ctes))}"
        return f" FROM {sql}", Scope(relations, around.outer, around.ctes)

    def _join(self, join: exp.Join, text: str, found: Mapping[str, Mapping[str, Value]], scope: Scope) -> str:
        side, kind, on = join.args.get("side") or "", join.args.get("kind") or "", join.args.get("on")
        if side not in ("", "LEFT", "RIGHT", "FULL") or kind not in ("", "INNER", "OUTER", "CROSS"):
            raise Refused(join, f"a {kind or side} join is not pushed")
        if on is None:
            if side:
                raise Refused(join, "an outer join without a condition is not pushed")
            return f"CROSS JOIN {text}"
        if side == "FULL" and not full_join_condition(on, set(found)):
            raise Refused(join, "PostgreSQL takes a FULL JOIN only over equalities of columns")
        condition = Context(scope, self).condition(on)
        return f"{side + ' ' if side else ''}JOIN {text} ON {condition}"

    def _relation(self, node: exp.Expr, around: Scope) -> tuple[str, dict[str, Mapping[str, Value]]]:
        alias = node.alias_or_name
        if isinstance(node, exp.Subquery):
            only(node, "this", "alias")
            names = [column.name for column in node.args["alias"].args.get("columns") or []] if node.args.get("alias") else []
            text, columns = self.query(node.this, Scope({}, around.outer, around.ctes), names or None)
            names = names or [column.alias_or_name for column in node.this.selects]
            return f"({text}) AS {quoted(alias)}", {alias.lower(): renamed(dict(zip(names, columns, strict=True)), alias)}
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise Refused(node, "only tables and subqueries are read in PostgreSQL")
        only(node, "this", "db", "catalog", "alias")
        if isinstance(node.args.get("alias"), exp.TableAlias):
            only(node.args["alias"], "this")
        if not node.args.get("catalog"):
            known = around.cte(node.name) if not node.args.get("db") else None
            if known is None:
                raise Refused(node, f"the table {node.name} is not known here")
            return f"{quoted(node.name)} AS {quoted(alias)}", {alias.lower(): renamed(known, alias)}
        table = self.table(node)
        return f"{quoted(table.schema)}.{quoted(table.stored_as)} AS {quoted(alias)}", {alias.lower(): columns_of(table, alias)}

    def table(self, node: exp.Table) -> Table:
        table = self.source.by_path.get((node.db.lower(), node.name.lower())) if node.catalog == self.source.id else None
        if table is None:
            raise Refused(node, f"the table {node.name} is not one of the source")
        return table

    def _where(self, query: exp.Select, context: Context, outermost: bool) -> str:
        where = query.args.get("where")
        if where is None:
            return ""
        may_leave = outermost and removable(query)
        kept = []
        for conjunct in where.this.flatten(unnest=False) if isinstance(where.this, exp.And) else [where.this]:
            try:
                kept.append(context.condition(conjunct))
            except Refused as refused:
                if not may_leave:
                    raise
                self.left.append(Left(conjunct, refused.reason))
        return f" WHERE {' AND '.join(kept)}" if kept else ""

    def _group(self, query: exp.Select, context: Context) -> str:
        group = query.args.get("group")
        if group is None:
            return ""
        only(group, "expressions")
        keys = []
        for key in group.expressions:
            if isinstance(key, exp.Literal) and not key.is_string and str(key.this).isdigit():
                position = int(key.this)
                if not 1 <= position <= len(query.selects):
                    raise Refused(key, "GROUP BY names a column that is not there")
                key = query.selects[position - 1].unalias()
            value = context.value(key)
            if value.constant is not None or not any(key.find_all(exp.Column)):
                raise Refused(key, "grouping by a constant is not pushed")
            keys.append(by_equality(value, key))
        return f" GROUP BY {', '.join(keys)}"

    def _order(self, order: exp.Order, context: Context, columns: list[Value], fields: tuple[Field, ...]) -> str:
        only(order, "expressions")
        positions = {out.name.lower(): index for index, out in enumerate(fields)}
        parts = []
        for item in order.expressions:
            if not isinstance(item, exp.Ordered):
                raise Refused(item, "ORDER BY in this form is not pushed")
            only(item, "this", "desc", "nulls_first")
            key = item.this
            if isinstance(key, exp.Literal) and not key.is_string:
                value = columns[position(key, len(columns))]
            elif isinstance(key, exp.Column) and not key.table:
                if key.name.lower() not in positions:
                    raise Refused(key, f"ORDER BY names {key.name}, which is not a column of the result")
                value = columns[positions[key.name.lower()]]
            else:
                value = context.value(key)
            if value.constant is not None or value.type == NULL:
                continue
            direction = "DESC" if item.args.get("desc") else "ASC"
            parts.append(f"{by_bytes(value, item)} {direction} NULLS {'FIRST' if item.args.get('nulls_first') else 'LAST'}")
        return f" ORDER BY {', '.join(parts)}" if parts else ""

    def _distinct_order(self, order: exp.Order, query: exp.Select, named: Mapping[str, Value], names: list[str]) -> str:
        """ORDER BY of a SELECT DISTINCT: over the distinct rows, each key being one of their columns."""
        keys = {projection.unalias().sql("duckdb"): name for projection, name in zip(query.selects, names, strict=True)}
        positioned = order.copy()
        for item in positioned.expressions:
            key = item.this
            if isinstance(key, exp.Column) and not key.table:
                continue
            if isinstance(key, exp.Literal) and not key.is_string:
                item.set("this", exp.column(names[position(key, len(names))], quoted=True))
            elif key.sql("duckdb") in keys:
                item.set("this", exp.column(keys[key.sql("duckdb")], quoted=True))
            else:
                raise Refused(key, "DISTINCT is ordered by something that is not selected")
        fields = tuple(Field(name, "") for name in names)
        return self._order(positioned, Context(Scope({"d": named}), self), list(named.values()), fields)

    def _limit(self, query: exp.Query) -> str:
        sql = ""
        for name, word in (("limit", "LIMIT"), ("offset", "OFFSET")):
            clause = query.args.get(name)
            if clause is None:
                continue
            only(clause, "expression")
            count = clause.expression
            if not (
                isinstance(count, exp.Literal) and not count.is_string and str(count.this).isdigit() and int(count.this) < 2**63
            ):
                raise Refused(clause, f"{word} is pushed only with a constant number")
            sql += f" {word} {count.this}"
        return sql


def _item(value: Value, distinct: bool, query: exp.Expr) -> str:
    if distinct:
        return by_equality(value, query)
    return value.text


def _cast_side(text: str, values: list[Value], targets: list[str], names: list[str]) -> str:
    """One side of a set operation with its columns in the common types."""
    if all(value.type == target for value, target in zip(values, targets, strict=True)):
        return text
    inner = [f"c{index}" for index in range(len(values))]
    items = [
        f"s.{name}{'' if value.type == target else '::' + (home(target) or 'text')} AS {quoted(out)}"
        for name, value, target, out in zip(inner, values, targets, names, strict=True)
    ]
    return f"SELECT {', '.join(items)} FROM ({text}) AS s({', '.join(inner)})"
