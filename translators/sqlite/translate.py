"""From a fragment to one SQLite statement.

    SELECT "o"."id" FROM shop.main.orders AS o WHERE o.total > 5
      -> SELECT "o"."id" FROM (SELECT t."id" AS "id", CASE … END AS "total" FROM main."orders" AS t WHERE t."total" > 5.0) AS "o"
         WHERE ("o"."total" > 5.0)

Each table is a subquery of guarded columns, so that nothing outside it meets a value that does not fit its type. A comparison of
a stored column with a constant stands inside as well, over the bare column, where an index can answer it: it only ever drops
rows that the guarded comparison drops too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from planner.catalog import Source
from planner.joins import flat_conjuncts
from planner.plan import Field, Fragment, Left, Taken
from planner.types import INTEGERS, NULL
from translators.decorrelated import SEVERAL, decorrelated, depends, meets_several
from translators.sqlite import aggregates, arithmetic, convert, scalars, subqueries, windows
from translators.sqlite.compare import coerce, told_apart
from translators.sqlite.constants import quoted
from translators.sqlite.expressions import Context
from translators.sqlite.joins import From
from translators.sqlite.nesting import too_deep
from translators.sqlite.ordering import limit, order_by, varies
from translators.sqlite.relations import Derived, low_name, renamed
from translators.sqlite.request import Delivery, SqliteRequest
from translators.sqlite.unions import united
from translators.sqlite.values import Refused, Scope, Value, only

_TABLES = (aggregates.AGGREGATES, arithmetic, convert, scalars, subqueries, windows)
"""Importing these files fills `expressions.RENDER`."""

_MAX_TEXT = 500_000
"""SQLite takes statements of a million bytes where nothing else was set."""

_SELECT = (
    *("expressions", "from_", "joins", "where", "group", "having", "windows", "qualify"),
    *("order", "limit", "offset", "distinct", "with_"),
)


def take(fragment: Fragment, source: Source) -> Taken:
    """The fragment as SQLite does it, without the conjuncts in `left`; or the node for which it is refused."""
    queries = _Queries(source)
    try:
        text, columns = queries.outermost(fragment.query, [field.name for field in fragment.outputs])
        deliveries = tuple(_delivery(each, out, fragment.query) for each, out in zip(columns, fragment.outputs, strict=True))
    except Refused as refused:
        return Taken(None, (Left(refused.node, refused.reason),))
    except RecursionError:
        return Taken(None, (Left(fragment.query, "The query is nested too deeply for SQLite."),))
    if len(text) > _MAX_TEXT:
        return Taken(None, (Left(fragment.query, "The statement is too long for SQLite."),))
    if too_deep(text):
        return Taken(None, (Left(fragment.query, "The query is nested too deeply for SQLite."),))
    return Taken(SqliteRequest(text, deliveries), tuple(queries.left))


def _delivery(value: Value, out: Field, query: exp.Query) -> Delivery:
    """How a column becomes the output. Raises Refused where its values are none of the output's type."""
    if value.low is not None:
        if out.type not in ("HUGEINT", value.type):
            raise Refused(query, f"A sum is not delivered as {out.type}.")
        return Delivery("decimal" if value.type != "HUGEINT" else "integer", value.type, 2)
    whole = value.kind == "integer" and out.type in INTEGERS
    if value.type not in (out.type, NULL) and not whole:
        raise Refused(query, f"SQLite's value is no {out.type}.")
    return Delivery(value.kind, value.type, 1, value.origin)


@dataclass
class _Queries:
    """The rendering of one fragment: the source that it is rendered for, and what was left out of its outermost WHERE."""

    source: Source
    left: list[Left] = field(default_factory=list)
    groups: int = 0

    @property
    def utf8(self) -> bool:
        return not any("utf16" in table.facts for table in self.source.tables)

    def outermost(self, query: exp.Query, names: list[str]) -> tuple[str, list[Value]]:
        if isinstance(query, exp.Select):
            return self._select(query, Scope(), names, removable=_is_plain(query))
        return self.query(query, Scope(), names)

    def query(self, query: exp.Query, scope: Scope, names: list[str] | None = None) -> tuple[str, list[Value]]:
        """A query inside of another: its SQL, and its columns in order as values (their SQL means nothing outside)."""
        if isinstance(query, exp.Subquery):
            only(query, "this", "alias")
            return self.query(query.this, scope, names)
        if isinstance(query, exp.Select):
            return self._select(query, scope, names or [item.alias_or_name for item in query.selects])
        if isinstance(query, exp.SetOperation):
            return self._set_operation(query, scope, names or [item.alias_or_name for item in query.selects])
        raise Refused(query, f"{query.key.upper()} is left to the residual.")

    def _set_operation(self, query: exp.SetOperation, scope: Scope, names: list[str]) -> tuple[str, list[Value]]:
        only(query, "this", "expression", "distinct", "with_", "order", "limit", "offset")
        scope, ctes = self._ctes(query, scope)
        sides = []
        for side in (query.this, query.expression):
            text, columns = self.query(side, scope, names)
            sides.append((text, list(renamed(columns, names, "s").values())))
        if any(len(columns) != len(names) for _, columns in sides):
            raise Refused(query, "Two columns of a set operation have one name.")
        text, columns = united(query, sides[0], sides[1], names)
        if not query.args.get("order") and not query.args.get("limit") and not query.args.get("offset"):
            return ctes + text, columns
        above = renamed(columns, names, "u")
        context = Context(Scope({"u": Derived("", above)}, scope.ctes), self, self.utf8)
        order = order_by(query.args.get("order"), context, list(above.values()), names)
        items = ", ".join(f'"u".{quoted(name)}' for name in names)
        return f'{ctes}SELECT {items} FROM ({text}) AS "u"{order}{limit(query)}', columns

    def _select(self, query: exp.Select, scope: Scope, names: list[str], removable: bool = False) -> tuple[str, list[Value]]:
        only(query, *_SELECT)
        scope, ctes = self._ctes(query, scope)
        source = From.of(query, scope, self, self.source)
        context = Context(Scope(source.relations, scope.ctes), self, self.utf8, query)
        conditions = self._where(query, context, source, removable)
        conditions += source.looked_up(context)
        grouped = query.args.get("group") is not None or bool(aggregates.own_aggregates(query))
        nodes = [item.unalias() if grouped else self._apart(item.unalias(), context, source) for item in query.selects]
        columns = [self._projected(node, context) for node in nodes]
        group = _group_by(query, context, columns)
        having = query.args.get("having")
        if having is not None:
            if not group:
                raise Refused(having, "HAVING without GROUP BY is left to the residual.")
            group += f" HAVING {context.condition(having.this)}"
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        distinct = query.args.get("distinct")
        if distinct is not None:
            only(distinct)
            for column in columns:
                told_apart(column, query)
        listed = ", ".join(_items(columns, names))
        if query.args.get("qualify") is not None:
            if distinct is not None:
                raise Refused(query, "QUALIFY beside DISTINCT is left to the residual.")
            kept = context.condition(query.args["qualify"].this)
            inner = f"SELECT {listed}, {kept} AS {quoted('foz kept')}{source.sql(context)}{where}{group}"
            return ctes + self._qualified(query, inner, columns, names), columns
        order = order_by(query.args.get("order"), context, columns, names)
        unique = "DISTINCT " if distinct is not None else ""
        read = source.sql(context) + where
        if grouped:
            read = source.read_once(read)
        return f"{ctes}SELECT {unique}{listed}{read}{group}{order}{limit(query)}", columns

    def _qualified(self, query: exp.Select, inner: str, columns: list[Value], names: list[str]) -> str:
        """A SELECT whose rows are chosen once its window functions are computed: `inner` says of each whether it is kept."""
        above = renamed(columns, names, "d")
        order = query.args.get("order")
        if order is not None and any(column.table for column in order.find_all(exp.Column)):
            raise Refused(order, "QUALIFY is sent with an order by the result's own columns only.")
        ordered = order_by(order, Context(Scope(), self, self.utf8), list(above.values()), names)
        items = ", ".join(_items(list(above.values()), names))
        return f'SELECT {items} FROM ({inner}) AS "d" WHERE "d".{quoted("foz kept")}{ordered}{limit(query)}'

    def _projected(self, node: exp.Expr, context: Context) -> Value:
        value = context.value(node)
        return value if value.constant is None else coerce(value, value.type, node)

    def _ctes(self, query: exp.Query, scope: Scope) -> tuple[Scope, str]:
        with_ = query.args.get("with_")
        if with_ is None:
            return scope, ""
        only(with_, "expressions")
        known: dict[str, Mapping[str, Value]] = dict(scope.ctes)
        texts = []
        for cte in with_.expressions:
            only(cte, "this", "alias", "materialized")
            names = [column.name for column in cte.args["alias"].args.get("columns") or []] or None
            names = names or [item.alias_or_name for item in cte.this.selects]
            text, columns = self.query(cte.this, Scope(ctes=known), names)
            known[cte.alias.lower()] = renamed(columns, names, cte.alias)
            texts.append(f"{quoted(cte.alias)} AS ({text})")
        return Scope(ctes=known), f"WITH {', '.join(texts)} "

    def _where(self, query: exp.Select, context: Context, source: From, removable: bool) -> list[str]:
        where = query.args.get("where")
        conditions = []
        refusals = []
        for part in flat_conjuncts(where.this) if where is not None else ():
            groups = len(source.groups)
            try:
                conditions.append(context.condition(self._apart(part, context, source)))
            except Refused as refused:
                source.without(groups)
                refusals.append(Left(part, refused.reason))
                continue
            source.narrow(part, conditions[-1])
        if refusals and not removable:
            raise Refused(refusals[0].part, refusals[0].reason)
        self.left += refusals
        return conditions

    def _apart(self, node: exp.Expr, context: Context, source: From) -> exp.Expr:
        """An expression whose correlated aggregates are groups, which are joined."""
        self.groups += 1
        grouped = decorrelated(node, depends, f"foz groups {self.groups}.", source.relations)
        if grouped is None:
            return node
        for join in grouped.joins:
            source.join_groups(join, Scope(ctes=context.scope.ctes), self, self.source)
            if meets_several(join, context.value):
                raise Refused(node, f"{SEVERAL[0].upper()}{SEVERAL[1:]}.")
        return grouped.expression


def _items(columns: Sequence[Value], names: Sequence[str]) -> list[str]:
    """A SELECT's list: a sum is two columns."""
    items = []
    for column, name in zip(columns, names, strict=True):
        items.append(f"{column.sql} AS {quoted(name)}")
        if column.low is not None:
            items.append(f"{column.low} AS {quoted(low_name(name))}")
    return items


def _is_plain(query: exp.Select) -> bool:
    """Whether leaving out a conjunct only gives more rows."""
    if any(query.args.get(name) for name in ("group", "having", "qualify", "order", "limit", "offset", "distinct")):
        return False
    return not any(item.find(exp.AggFunc, exp.Window) for item in query.selects)


def _group_by(query: exp.Select, context: Context, columns: Sequence[Value]) -> str:
    group = query.args.get("group")
    if group is None:
        return ""
    only(group, "expressions")
    keys = []
    names = [item.alias_or_name.lower() for item in query.selects]
    for node in group.expressions:
        if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit() and 1 <= int(node.name) <= len(columns):
            value = columns[int(node.name) - 1]
        elif isinstance(node, exp.Column) and not node.table and node.name.lower() in names:
            value = columns[names.index(node.name.lower())]
        else:
            value = context.value(node)
        if value.constant is not None or not varies(told_apart(value, node)):
            raise Refused(node, "A constant key is left to the residual: SQLite takes a whole number for a position.")
        keys.append(value.sql)
    return f" GROUP BY {', '.join(keys)}"
