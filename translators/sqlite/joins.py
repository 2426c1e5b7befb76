"""FROM: its relations, the joins between them, and what helps SQLite to find their rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from planner.catalog import Source
from planner.joins import flat_conjuncts
from translators.sqlite.constants import quoted
from translators.sqlite.expressions import Context, Queries
from translators.sqlite.guards import bare
from translators.sqlite.lookups import Lookup, chain, equalities, lookup
from translators.sqlite.relations import Derived, Relation, Scan, renamed
from translators.sqlite.values import Refused, Scope, only

_NARROWS = (exp.EQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.Like, exp.StartsWith)


@dataclass(frozen=True)
class From:
    """The relations of one SELECT by alias (lower case), in order, and its joins; `groups` are joins that its conditions need
    besides, a row at most each."""

    query: exp.Select
    relations: dict[str, Relation]
    joins: tuple[exp.Join, ...]
    groups: list[exp.Join] = field(default_factory=list)

    @classmethod
    def of(cls, query: exp.Select, scope: Scope, queries: Queries, source: Source) -> From:
        """Raises Refused."""
        first = query.args.get("from_")
        if first is None:
            raise Refused(query, "A query without a table is left to the residual.")
        joins = tuple(query.args.get("joins") or ())
        relations: dict[str, Relation] = {}
        for node in (first.this, *(join.this for join in joins)):
            alias = node.alias_or_name.lower()
            if not alias or alias in relations:
                raise Refused(node, "The relation has no name of its own.")
            relations[alias] = _relation(node, scope, queries, source)
        for join in joins:
            only(join, "this", "side", "kind", "on")
            side, kind = (join.side or "").upper(), (join.kind or "").upper()
            if side not in ("", "LEFT") or kind not in ("", "INNER", "OUTER", "CROSS") or (side and not join.args.get("on")):
                raise Refused(join, f"A {side or kind} join is left to the residual.")
        return cls(query, relations, joins)

    def sql(self, context: Context) -> str:
        """` FROM …`; to be asked for last, when it is known which columns are needed."""
        joins = (*self.joins, *self.groups)
        ons = [self._on(join, context) for join in joins]
        texts = [relation.sql() for relation in self.relations.values()]
        joined = "".join(
            f"{' LEFT JOIN ' if join.side else ' JOIN '}{text}{on}" for join, text, on in zip(joins, texts[1:], ons, strict=True)
        )
        return f" FROM {texts[0]}{joined}"

    def read_once(self, text: str) -> str:
        """FROM and WHERE of one table whose columns several aggregates read.

        SQLite would put a guard wherever its column stands, three times for an average: TPC-H's first query took 1.6 times as
        long. A LIMIT keeps it from doing so; it stands outside of WHERE, so that no row is guarded that is not needed.
        """
        scan = next(iter(self.relations.values()))
        if len(self.relations) > 1 or not isinstance(scan, Scan) or not scan.used or "foz_" not in text:
            return text
        columns = ", ".join(f"{quoted(scan.alias)}.{quoted(name)} AS {quoted(name)}" for name in sorted(scan.used))
        return f" FROM (SELECT {columns}{text} LIMIT -1) AS {quoted(scan.alias)}"

    def _on(self, join: exp.Join, context: Context) -> str:
        condition = join.args.get("on")
        if condition is None:
            return ""
        on = f" ON {context.condition(condition)}"
        if not join.side or join in self.groups:
            return on
        alias = join.this.alias_or_name.lower()
        found = lookup(alias, self.relations, equalities(flat_conjuncts(condition)), self.relations)
        if not found:
            raise Refused(join, f"No unique key of {join.this.name or alias} finds its rows for this join.")
        return on + "".join(f" AND {bare}" for bare in self._bare(found, context))

    def join_groups(self, join: exp.Join, scope: Scope, queries: Queries, source: Source) -> None:
        """Raises Refused."""
        self.relations[join.this.alias.lower()] = _relation(join.this, scope, queries, source)
        self.groups.append(join)

    def without(self, groups: int) -> None:
        """As before it had more joins than so many to groups."""
        for join in self.groups[groups:]:
            self.relations.pop(join.this.alias.lower(), None)
        del self.groups[groups:]

    def looked_up(self, context: Context) -> list[str]:
        """The bare equalities by which the inner-joined relations are found, from one of them on. Raises Refused."""
        inner = [join for join in self.joins if not join.side]
        aliases = [next(iter(self.relations)), *(join.this.alias_or_name.lower() for join in inner)]
        if len(aliases) == 1:
            return []
        stated = [join.args["on"] for join in inner if join.args.get("on") is not None]
        where = self.query.args.get("where")
        stated += [where.this] if where is not None else []
        pairs = equalities(part for condition in stated for part in flat_conjuncts(condition))
        found = chain({alias: self.relations[alias] for alias in aliases}, pairs)
        if found is None:
            raise Refused(self.query, "No unique keys find the rows of all relations of this join.")
        return [bare for each in found for bare in self._bare(each, context)]

    def _bare(self, found: tuple[Lookup, ...], context: Context) -> list[str]:
        """For each guarded column of a lookup the same equality over its bare column, which an index answers."""
        conditions = []
        for each in found:
            if "strict" in each.column.facts:
                continue
            name = f"{each.column.name} (stored)"
            if each.scan.table.column(name) is not None:
                raise Refused(self.query, "A column has the name that the join needs.")
            each.scan.bare[name] = each.column
            conditions.append(f"({quoted(each.scan.alias)}.{quoted(name)} = {context.value(each.other).sql})")
        return conditions

    def narrow(self, part: exp.Expr, sql: str) -> None:
        """Adds the bare form of a comparison of one stored column with constants to its table's scan."""
        columns = list(part.find_all(exp.Column))
        if not isinstance(part, _NARROWS) or len(columns) != 1 or columns[0].parent is not part or part.find(exp.Query):
            return
        scan = self.relations.get(columns[0].table.lower())
        column = scan.table.column(columns[0].name) if isinstance(scan, Scan) else None
        stored = bare(column, "t") if column is not None else None
        if not isinstance(scan, Scan) or column is None or stored is None or "view" in scan.table.facts:
            return
        name = f"{quoted(scan.alias)}.{quoted(column.name)}"
        if sql.startswith(f"({name} ") and sql.count(name) == sql.count(f"({name} ") + sql.count(f" AND {name} "):
            scan.narrowing.append(sql.replace(name, stored))


def _relation(node: exp.Expr, scope: Scope, queries: Queries, source: Source) -> Relation:
    alias = node.alias_or_name
    named = node.args.get("alias")
    names = [column.name for column in named.args.get("columns") or []] if isinstance(named, exp.TableAlias) else []
    if isinstance(node, exp.Subquery):
        only(node, "this", "alias")
        text, values = queries.query(node.this, Scope(ctes=scope.ctes), names or None)
        names = names or [item.alias_or_name for item in node.this.selects]
        if len(names) != len(values):
            raise Refused(node, "A derived table whose columns are named in part is left to the residual.")
        return Derived(f"({text}) AS {quoted(alias)}", renamed(values, names, alias))
    if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier) or names:
        raise Refused(node, "Only tables and queries are read in SQLite; the rest is left to the residual.")
    only(node, "this", "db", "catalog", "alias")
    if not node.args.get("catalog"):
        known = scope.ctes.get(node.name.lower())
        if known is None:
            raise Refused(node, f"The table {node.name} is not known here.")
        return Derived(f"{quoted(node.name)} AS {quoted(alias)}", renamed(list(known.values()), list(known), alias))
    table = source.table(node.name, node.db)
    if table is None:
        raise Refused(node, f"The table {node.name} is not one of the source.")
    return Scan(table, alias)
