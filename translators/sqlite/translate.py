"""From a fragment to one SQLite statement.

    SELECT "o"."id" FROM shop.main.orders AS o WHERE o.total > 5
      -> SELECT "o"."id" FROM (SELECT t."id" AS "id", CASE … END AS "total" FROM main."orders" AS t WHERE t."total" > 5.0) AS "o"
         WHERE ("o"."total" > 5.0)

Each table is a subquery of guarded columns, so that nothing outside it meets a value that does not fit its type. A comparison of
a stored column with a constant stands inside as well, over the bare column, where an index can answer it: it only ever drops
rows that the guarded comparison drops too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from planner.catalog import Column, Source, Table
from planner.plan import Field, Fragment, Left, Taken
from translators.sqlite.expressions import boolean, render
from translators.sqlite.guards import guarded, is_as_stored, quoted
from translators.sqlite.lookups import Lookup, equalities, lookup
from translators.sqlite.types import Kind, decimal
from translators.sqlite.values import Refused, Scope, Value, only, ordered

_MAX_TEXT = 500_000
"""SQLite takes statements of a million bytes where nothing else was set."""

_NARROWS = (exp.EQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In)


@dataclass(frozen=True)
class Delivery:
    """How one output is made of the statement's columns.

    `kind` and `type` say what SQLite's values stand for; `width` is the number of columns (2: the high and low halves of a sum);
    `origin` is the stored column behind the output, where there is one, for the message about a value that does not fit.
    """

    kind: Kind
    type: str
    width: int = 1
    origin: tuple[Table, Column] | None = None


@dataclass(frozen=True, eq=False)
class SqliteRequest:
    """One SELECT, and how its columns become the fragment's outputs."""

    text: str
    deliveries: tuple[Delivery, ...]


def take(fragment: Fragment, source: Source) -> Taken:
    """The fragment as SQLite does it, without the conjuncts in `left`; or the node for which it is refused."""
    try:
        taken = _Translation(fragment, source).taken()
    except Refused as refused:
        return Taken(None, (Left(refused.node, refused.reason),))
    if isinstance(taken.native, SqliteRequest) and len(taken.native.text) > _MAX_TEXT:
        return Taken(None, (Left(fragment.query, "The statement is too long for SQLite."),))
    return taken


class _Translation:
    """One fragment on its way: the tables by alias, and what each of them must give."""

    def __init__(self, fragment: Fragment, source: Source) -> None:
        if not isinstance(fragment.query, exp.Select):
            raise Refused(fragment.query, "Set operations are left to the residual.")
        self.fragment = fragment
        self.select = fragment.query
        only(self.select, "expressions", "from_", "joins", "where", "group", "having", "order", "limit", "offset", "distinct")
        self.source = source
        self.tables: dict[str, Table] = {}
        self.narrowing: dict[str, list[str]] = {}
        self.bare: dict[str, dict[str, Column]] = {}
        self.left: list[Left] = []
        relations = self._relations()
        self.scope = Scope(fragment.types, not any("utf16" in table.facts for table in self.tables.values()))
        self.joins = relations

    def taken(self) -> Taken:
        select = self.select
        conditions = self._where()
        if self.left and not self._is_plain():
            return Taken(None, tuple(self.left))
        conditions += self._looked_up()
        joins = [self._join(join) for join in self.joins]
        outputs, deliveries = self._projections()
        text = f"SELECT {'DISTINCT ' if self._distinct() else ''}{', '.join(outputs)}"
        text += f" FROM {self._scan(select.args['from_'].this)}{''.join(joins)}"
        text += f" WHERE {' AND '.join(conditions)}" if conditions else ""
        text += self._grouped() + self._ordered() + self._limited()
        return Taken(SqliteRequest(text, tuple(deliveries)), tuple(self.left))

    # Relations

    def _relations(self) -> list[exp.Join]:
        source = self.select.args.get("from_")
        if source is None:
            raise Refused(self.select, "A query without a table is left to the residual.")
        self._table(source.this)
        joins = self.select.args.get("joins") or []
        for join in joins:
            self._table(join.this)
        return joins

    def _table(self, node: exp.Expr) -> None:
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise Refused(node, "Only tables are read in SQLite; the rest is left to the residual.")
        only(node, "this", "db", "catalog", "alias")
        table = self.source.table(node.name, node.db)
        if table is None or node.alias_column_names or node.alias_or_name in self.tables:
            raise Refused(node, "The relation is left to the residual.")
        self.tables[node.alias_or_name] = table

    def _scan(self, node: exp.Table) -> str:
        alias = node.alias_or_name
        table = self.tables[alias]
        names = {column.name: column for column in self._columns(alias)}
        narrowing = self.narrowing.get(alias, [])
        columns = [f"{guarded(table, column, 't')} AS {quoted(column.name)}" for column in names.values()]
        columns += [f"t.{quoted(column.stored_as)} AS {quoted(name)}" for name, column in self.bare.get(alias, {}).items()]
        given = ", ".join(columns)
        where = f" WHERE {' AND '.join(narrowing)}" if narrowing else ""
        return f"(SELECT {given or '1'} FROM main.{quoted(table.stored_as)} AS t{where}) AS {quoted(alias)}"

    def _columns(self, alias: str) -> Iterator[Column]:
        found = {}
        for node in self.select.find_all(exp.Column):
            if node.table == alias and id(node) in self.fragment.origins:
                found[node.name] = self.fragment.origins[id(node)]
        yield from (found[name] for name in sorted(found))

    def _join(self, join: exp.Join) -> str:
        only(join, "this", "side", "kind", "on")
        side, kind = (join.side or "").upper(), (join.kind or "").upper()
        if side not in ("", "LEFT") or kind not in ("", "INNER", "OUTER", "CROSS") or (side and not join.args.get("on")):
            raise Refused(join, "This join is left to the residual.")
        condition = join.args.get("on")
        on = f" ON {boolean(condition, self.scope).sql}" if condition is not None else ""
        if side and condition is not None:
            alias = join.this.alias_or_name
            pairs = equalities(_conjuncts(condition), self.fragment.origins)
            found = lookup(alias, self.tables[alias], pairs, self.tables, self.fragment.origins)
            if not found:
                raise Refused(join, f"No unique key of {self.tables[alias].name} finds its rows for this join.")
            on += "".join(f" AND {bare}" for bare in self._bare(found))
        return f"{' LEFT JOIN ' if side else ' JOIN '}{self._scan(join.this)}{on}"

    def _looked_up(self) -> list[str]:
        """The bare equalities by which the inner-joined relations are found, from one of them on. Raises Refused."""
        inner = [join for join in self.joins if not join.side]
        first = self.select.args["from_"].this.alias_or_name
        aliases = [first, *(join.this.alias_or_name for join in inner)]
        if len(aliases) == 1:
            return []
        stated = [join.args["on"] for join in inner if join.args.get("on") is not None]
        where = self.select.args.get("where")
        stated += [where.this] if where is not None else []
        pairs = equalities((part for condition in stated for part in _conjuncts(condition)), self.fragment.origins)
        for root in aliases:
            found = self._reachable(root, aliases, pairs)
            if found is not None:
                return [bare for each in found for bare in self._bare(each)]
        raise Refused(self.select, "No unique keys find the rows of all relations of this join.")

    def _reachable(
        self, root: str, aliases: list[str], pairs: list[tuple[exp.Column, exp.Column]]
    ) -> list[tuple[Lookup, ...]] | None:
        reached, found, waiting = [root], [], [alias for alias in aliases if alias != root]
        while waiting:
            ways = {alias: lookup(alias, self.tables[alias], pairs, reached, self.fragment.origins) for alias in waiting}
            alias = next((alias for alias in waiting if ways[alias]), None)
            if alias is None:
                return None
            found.append(ways[alias])
            reached.append(alias)
            waiting.remove(alias)
        return found

    def _bare(self, found: tuple[Lookup, ...]) -> list[str]:
        """For each guarded column of a lookup the same equality over its bare column, which an index answers."""
        conditions = []
        for each in found:
            if "strict" in each.column.facts:
                continue
            name = f"{each.column.name} (stored)"
            if self.tables[each.alias].column(name) is not None:
                raise Refused(self.select, "A column has the name that the join needs.")
            self.bare.setdefault(each.alias, {})[name] = each.column
            conditions.append(f"({quoted(each.alias)}.{quoted(name)} = {render(each.other, self.scope).sql})")
        return conditions

    # Conditions

    def _where(self) -> list[str]:
        where = self.select.args.get("where")
        conditions = []
        for part in _conjuncts(where.this) if where is not None else ():
            try:
                conditions.append(boolean(part, self.scope).sql)
            except Refused as refused:
                self.left.append(Left(part, refused.reason))
                continue
            self._narrow(part)
        return conditions

    def _narrow(self, part: exp.Expr) -> None:
        """Adds the bare form of a comparison of one stored column with constants to its table's scan."""
        columns = list(part.find_all(exp.Column))
        if not isinstance(part, _NARROWS) or len(columns) != 1 or columns[0].parent is not part:
            return
        column = self.fragment.origins.get(id(columns[0]))
        table = self.tables[columns[0].table]
        if column is None or not is_as_stored(column) or "view" in table.facts:
            return
        whole, name = boolean(part, self.scope).sql, f"{quoted(columns[0].table)}.{quoted(columns[0].name)}"
        if whole.count(name) != (2 if isinstance(part, exp.Between) else 1):
            return
        self.narrowing.setdefault(columns[0].table, []).append(whole.replace(name, f"t.{quoted(column.stored_as)}"))

    def _is_plain(self) -> bool:
        """Whether leaving out a conjunct only gives more rows."""
        arguments = self.select.args
        if any(arguments.get(name) for name in ("group", "having", "order", "limit", "offset", "distinct")):
            return False
        return not any(projection.find(exp.AggFunc) for projection in self.select.expressions)

    # Outputs

    def _projections(self) -> tuple[list[str], list[Delivery]]:
        outputs: list[str] = []
        deliveries: list[Delivery] = []
        for projection, field in zip(self.select.expressions, self.fragment.outputs, strict=True):
            body = projection.unalias()
            halves = self._sum(body)
            if halves is not None:
                sqls, delivery = halves
            else:
                value = self._fit(body, render(body, self._inside()), field)
                origin = self._origin(body)
                sqls, delivery = [value.sql], Delivery(value.kind, value.type, 1, origin)
            if delivery.width == 2 and field.type not in ("HUGEINT", delivery.type):
                raise Refused(body, f"A sum is not delivered as {field.type}.")
            outputs += [f"{sql} AS {quoted(f'{field.name}{suffix}')}" for sql, suffix in zip(sqls, ("", " low"), strict=False)]
            deliveries.append(delivery)
        return outputs, deliveries

    def _fit(self, node: exp.Expr, value: Value, field: Field) -> Value:
        """The value, if it can be delivered in the output's type. Raises Refused."""
        if value.type == field.type or value.type == '"NULL"':
            return value
        integers = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
        if value.kind == "integer" and field.type in integers:
            return value
        if value.kind == "text" and field.type == "VARCHAR":
            return value
        raise Refused(node, f"SQLite's value is no {field.type}.")

    def _sum(self, node: exp.Expr) -> tuple[list[str], Delivery] | None:
        """A sum of integers in two halves, since SQLite fails where it leaves 64 bits and DuckDB goes on; None for no sum."""
        if not isinstance(node, exp.Sum):
            return None
        only(node, "this")
        value = render(node.this, self.scope)
        parts = decimal(value.type)
        if value.constant is not None or value.kind not in ("integer", "decimal") or value.type in ("UBIGINT", "UHUGEINT"):
            raise Refused(node, "SQLite and DuckDB add floating-point numbers in another order.")
        type = f"DECIMAL(38,{parts.scale})" if parts else "HUGEINT"
        return [f"sum({value.sql} >> 32)", f"sum({value.sql} & 4294967295)"], Delivery(value.kind, type, 2)

    def _origin(self, node: exp.Expr) -> tuple[Table, Column] | None:
        column = self.fragment.origins.get(id(node))
        return (self.tables[node.table], column) if column is not None and isinstance(node, exp.Column) else None

    def _inside(self) -> Scope:
        return Scope(self.scope.types, self.scope.text_ordered, aggregates=True)

    # What follows the rows

    def _distinct(self) -> bool:
        distinct = self.select.args.get("distinct")
        if distinct is None:
            return False
        only(distinct)
        for projection in self.select.expressions:
            self._key(projection.unalias())
        return True

    def _key(self, node: exp.Expr) -> Value:
        """A value that SQLite tells apart as DuckDB does. Raises Refused."""
        value = render(node, self._inside() if node.find(exp.AggFunc) else self.scope)
        if value.kind not in ("integer", "double", "text", "boolean", "date", "timestamp", "decimal", "blob"):
            raise Refused(node, f"SQLite does not compare values of {value.type} as DuckDB does.")
        return value

    def _grouped(self) -> str:
        group, having = self.select.args.get("group"), self.select.args.get("having")
        text = ""
        if group is not None:
            only(group, "expressions")
            keys = [self._key(self._meant(node)) for node in group.expressions]
            if any(key.constant is not None for key in keys):
                raise Refused(group, "A constant key is left to the residual.")
            text += f" GROUP BY {', '.join(key.sql for key in keys)}"
        if having is not None:
            if group is None:
                raise Refused(having, "HAVING without GROUP BY is left to the residual.")
            text += f" HAVING {boolean(having.this, self._inside()).sql}"
        return text

    def _ordered(self) -> str:
        order = self.select.args.get("order")
        if order is None:
            return ""
        only(order, "expressions")
        return f" ORDER BY {', '.join(self._term(term) for term in order.expressions)}"

    def _term(self, term: exp.Expr) -> str:
        if not isinstance(term, exp.Ordered):
            raise Refused(term, "The order is left to the residual.")
        only(term, "this", "desc", "nulls_first")
        node = self._meant(term.this)
        value = ordered(node, render(node, self._inside()), self.scope)
        if value.constant is not None or value.type == '"NULL"' or node.find(exp.Column, exp.AggFunc) is None:
            raise Refused(term, "An order by a constant is left to the residual.")
        return (
            f"{value.sql}{' DESC' if term.args.get('desc') else ''} NULLS {'FIRST' if term.args.get('nulls_first') else 'LAST'}"
        )

    def _meant(self, node: exp.Expr) -> exp.Expr:
        """The projection that an ordinal or an output's name stands for; any other node stands for itself."""
        projections = self.select.expressions
        if (
            isinstance(node, exp.Literal)
            and not node.is_string
            and node.name.isdigit()
            and 1 <= int(node.name) <= len(projections)
        ):
            body: exp.Expr = projections[int(node.name) - 1].unalias()
            return body
        if isinstance(node, exp.Column) and not node.table:
            named = [projection for projection in projections if projection.alias_or_name.lower() == node.name.lower()]
            if len(named) == 1:
                output: exp.Expr = named[0].unalias()
                return output
        return node

    def _limited(self) -> str:
        counts = {}
        for name in ("limit", "offset"):
            node = self.select.args.get(name)
            if node is None:
                continue
            only(node, "expression")
            count = node.args["expression"]
            if not (isinstance(count, exp.Literal) and not count.is_string and re.fullmatch(r"\d{1,18}", count.name)):
                raise Refused(node, "Only a plain number limits rows in SQLite.")
            counts[name] = count.name
        if not counts:
            return ""
        return f" LIMIT {counts.get('limit', '-1')}" + (f" OFFSET {counts['offset']}" if "offset" in counts else "")


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    waiting = [condition]
    while waiting:
        part = waiting.pop().unnest()
        if isinstance(part, exp.And):
            waiting += [part.expression, part.this]
        else:
            yield part
