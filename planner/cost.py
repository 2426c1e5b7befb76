"""How many rows and bytes a fragment will give, estimated from its tables' statistics.

    relations ─ conditions of one relation ─ joins by distinct counts ─ groups ─ HAVING ─ DISTINCT ─ LIMIT

A number that nothing tells stays None: the rows of a table without statistics, the width of a text of which none was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from planner.cardinality import Relation, Scope, TableColumns, aliases, equal_columns, find, fixed, joined_share
from planner.catalog import Source, Table
from planner.plan import Field, Fragment
from planner.selectivity import OTHER, conjuncts, together
from planner.spread import Share, Spread
from planner.widths import width_bytes

DISTINCT_VALUES = 200.0
"""Different values of an expression of which nothing is known; PostgreSQL's."""


@dataclass(frozen=True)
class Estimate:
    """About how many `rows` and `bytes` (as Arrow holds them) a fragment gives; None where nothing tells.

    `origin` says where the numbers come from: the origins of the statistics used and how many conditions were guessed, `query`
    where the query's own form tells it, `none`. `taken_at_ms` is when the oldest of those statistics were taken. `observations`
    counts the runs of such a fragment behind it: none, it is made from statistics.
    """

    rows: int | None
    bytes: int | None
    origin: str = "none"
    taken_at_ms: int | None = None
    observations: int = 0


@dataclass(frozen=True)
class Workload:
    """What a store has to do for a fragment: the rows that its tables have (`passed`; not where a key finds them), those of them
    that their own conditions choose (`read`), and what it gives. `by_constants`: other constants may choose another number."""

    passed: float | None
    read: float | None
    given: Estimate
    by_constants: bool


def estimate(fragment: Fragment, source: Source) -> Estimate:
    """What `fragment` will give, by the statistics of the tables of `source`. Total: never raises, for any query."""
    return _given(fragment, _Estimator(source))


def workload(fragment: Fragment, source: Source) -> Workload:
    """The same with what it takes. Total."""
    estimator = _Estimator(source)
    given = _given(fragment, estimator)
    return Workload(estimator.passed, estimator.read, given, estimator.by_constants)


def _given(fragment: Fragment, estimator: _Estimator) -> Estimate:
    found = estimator.query(fragment.query, {})
    rows = None if found.rows is None else 0 if found.rows <= 0 else max(1, round(found.rows))
    if rows is None:
        return Estimate(None, None)
    widths = [_width(output, found.columns.get(output.name.lower())) for output in fragment.outputs]
    known = [width for width in widths if width is not None]
    total = round(rows * sum(known)) if len(known) == len(widths) else None
    return Estimate(rows, total, estimator.origin(), estimator.taken_at_ms)


def _width(output: Field, spread: Spread | None) -> float | None:
    return width_bytes(output.type, spread.statistics if spread is not None else None)


class _Estimator:
    """One estimate being made: the tables whose statistics it has used, and how many conditions it has guessed."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._used: dict[str, None] = {}
        self._guessed = 0
        self.taken_at_ms: int | None = None
        self.passed: float | None = 0.0
        self.read: float | None = 0.0
        self.by_constants = False

    def origin(self) -> str:
        origins = list(self._used) or ["query"]
        guesses = f"{self._guessed} condition{'s' if self._guessed > 1 else ''} guessed"
        return ", ".join([*origins, guesses] if self._guessed else origins)

    def query(self, query: exp.Expr, ctes: Scope) -> Relation:
        query = query.unnest() if isinstance(query, exp.Subquery) else query
        with_ = query.args.get("with_")
        if with_ is not None:
            known = dict(ctes)
            for cte in with_.expressions:
                known[cte.alias.lower()] = Relation(None) if with_.args.get("recursive") else self.query(cte.this, known)
            ctes = known
        if isinstance(query, exp.SetOperation):
            return _limited(self._combined(query, ctes), query)
        return _limited(self._select(query, ctes), query) if isinstance(query, exp.Select) else Relation(None)

    def _combined(self, query: exp.SetOperation, ctes: Scope) -> Relation:
        left, right = self.query(query.this, ctes), self.query(query.expression, ctes)
        if left.rows is None or right.rows is None:
            return Relation(None)
        columns = {name: replace(spread, unique=False) for name, spread in left.columns.items()}
        if isinstance(query, exp.Union):
            return Relation(left.rows + right.rows, columns)
        return Relation(min(left.rows, right.rows) if isinstance(query, exp.Intersect) else left.rows, columns)

    def _select(self, select: exp.Select, ctes: Scope) -> Relation:
        scope, rows = self._joined(select, ctes)
        computed = [output for output in select.selects if not isinstance(output.unalias(), exp.Column)]
        if any(isinstance(node, exp.Unnest | exp.Explode) for output in computed for node in output.walk()):
            rows = None
        group = select.args.get("group")
        if group is not None:
            rows = self._groups(_sets(group, select), scope, rows)
        elif any(_aggregates(output) for output in computed):
            rows = 1.0
        if select.args.get("having") is not None or select.args.get("qualify") is not None:
            self._guessed += 1
            rows = None if rows is None else rows * OTHER
        distinct = select.args.get("distinct")
        if distinct is not None and rows is not None:
            on = distinct.args.get("on")
            rows = min(rows, self._values(on.expressions if on is not None else select.selects, scope))
        return Relation(rows, _outputs(select, scope, rows))

    # FROM and WHERE

    def _joined(self, select: exp.Select, ctes: Scope) -> tuple[dict[str, Relation], float | None]:
        """The relations that a SELECT reads, and the rows of their join under its WHERE."""
        from_ = select.args.get("from_")
        if from_ is None:
            return {}, 1.0
        where = select.args.get("where")
        scope = {from_.this.alias_or_name.lower(): self._relation(from_.this, ctes)}
        inner, conditions = set(scope), list(conjuncts(where.this if where is not None else None))
        outer: list[tuple[str, str, list[exp.Expr]]] = []
        for join in select.args.get("joins") or ():
            alias, kind = join.this.alias_or_name.lower(), (join.side or join.kind or "").upper()
            scope[alias] = self._relation(join.this, ctes)
            on = list(conjuncts(join.args.get("on")))
            if kind in ("", "INNER", "CROSS"):
                inner.add(alias)
                conditions += on
            else:
                outer.append((alias, kind, on))
        rows = self._filtered(scope, inner, [c for c in conditions if aliases(c) <= inner], ctes)
        for alias, kind, on in outer:
            rows = self._outer(scope, rows, alias, kind, on, ctes)
        late = [condition for condition in conditions if not aliases(condition) <= inner]
        return scope, self._kept(rows, late, scope, ctes)

    def _relation(self, node: exp.Expr, ctes: Scope) -> Relation:
        if isinstance(node, exp.Subquery):
            found = self.query(node, ctes)
            return self._renamed(found, node)
        if isinstance(node, exp.Table):
            if not node.args.get("db"):
                return ctes.get(node.name.lower(), Relation(None))
            table = self._source.table(node.name, node.db)
            return self._table(table) if table is not None else Relation(None)
        return Relation(None)

    @staticmethod
    def _renamed(found: Relation, node: exp.Subquery) -> Relation:
        names = node.alias_column_names
        if not names:
            return found
        spreads = list(found.columns.values())
        return Relation(found.rows, dict(zip((name.lower() for name in names), spreads, strict=False)))

    def _table(self, table: Table) -> Relation:
        statistics = table.statistics
        keys = tuple(frozenset(name.lower() for name in key) for key in (table.primary_key, *table.unique_keys) if key)
        rows = float(statistics.rows) if statistics is not None and statistics.rows is not None else None
        if statistics is not None and rows is not None:
            self._used[statistics.origin] = None
            taken = statistics.taken_at_ms
            self.taken_at_ms = taken if self.taken_at_ms is None else min(taken, self.taken_at_ms)
        return Relation(rows, TableColumns(table, rows, keys), keys)

    def _filtered(self, scope: Scope, inner: set[str], conditions: Sequence[exp.Expr], ctes: Scope) -> float | None:
        """The rows of the inner join of `inner` under `conditions`."""
        own: dict[str, list[exp.Expr]] = {alias: [] for alias in inner}
        equalities: list[tuple[exp.Column, exp.Column]] = []
        others: list[exp.Expr] = []
        for condition in conditions:
            read = aliases(condition)
            sides = equal_columns(condition)
            if sides is not None and len(read) == 2:
                equalities.append(sides)
            elif len(read) == 1:
                own[next(iter(read))].append(condition)
            else:
                others.append(condition)
        total: float | None = 1.0
        kept: dict[str, float] = {}
        for alias in sorted(inner):
            rows = self._of_one(alias, scope, own[alias], ctes)
            if rows is None or total is None:
                total = None
                continue
            kept[alias] = rows
            total *= rows
        if total is None:
            return None
        total *= joined_share(equalities, scope, kept)
        return self._kept(total, others, scope, ctes)

    def _of_one(self, alias: str, scope: Scope, conditions: Sequence[exp.Expr], ctes: Scope) -> float | None:
        """The rows of one relation under its own conditions: at most one where they fix a key."""
        relation = scope[alias]
        counts = {column.name.lower(): count for condition in conditions for column, count in fixed(condition)}
        rows = relation.rows
        for key in relation.keys:
            if key <= counts.keys():
                most = 1.0
                for name in key:
                    most *= counts[name]
                return self._reads(most if rows is None else min(most, rows), 0.0)
        return self._reads(self._kept(rows, conditions, scope, ctes), rows)

    def _reads(self, rows: float | None, of: float | None) -> float | None:
        self.read = None if self.read is None or rows is None else self.read + rows
        self.passed = None if self.passed is None or of is None else self.passed + of
        return rows

    def _kept(self, rows: float | None, conditions: Sequence[exp.Expr], scope: Scope, ctes: Scope) -> float | None:
        if rows is None or not conditions:
            return rows
        found = together(conditions, lambda column: find(column, scope), lambda node: self._over_query(node, scope, ctes))
        self._guessed += found.guessed
        self.by_constants = True
        return rows * found.true

    def _outer(
        self, scope: Scope, rows: float | None, alias: str, kind: str, on: Sequence[exp.Expr], ctes: Scope
    ) -> float | None:
        """The rows after an outer, semi or anti join with `alias`."""
        relation = scope[alias]
        own = [condition for condition in on if aliases(condition) == {alias}]
        right = self._of_one(alias, scope, own, ctes)
        if rows is None or right is None:
            return rows if kind in ("SEMI", "ANTI") else None
        sides = [found for condition in on if (found := equal_columns(condition)) is not None]
        every = {name: other.rows for name, other in scope.items() if other.rows is not None}
        matched = rows * right * joined_share(sides, scope, every | {alias: right})
        if kind in ("SEMI", "ANTI"):
            partners = min(rows, matched)
            return partners if kind == "SEMI" else rows - partners
        least = {"LEFT": rows, "RIGHT": relation.rows or 0.0, "FULL": max(rows, relation.rows or 0.0)}.get(kind, 0.0)
        return max(matched, least)

    def _over_query(self, node: exp.Expr, scope: Scope, ctes: Scope) -> Share | None:
        """The share that EXISTS or IN over a query keeps: as many as it has different values for those of the outer column."""
        if isinstance(node, exp.In) and node.args.get("query") is not None:
            inner, outer = node.args["query"].unnest(), find(node.this, scope) if isinstance(node.this, exp.Column) else None
            found = self.query(inner, ctes)
            spread = next(iter(found.columns.values()), None)
            return self._semi(outer, found.rows, spread)
        if not isinstance(node, exp.Exists):
            return None
        inner = node.this.unnest() if isinstance(node.this, exp.Subquery) else node.this
        if not isinstance(inner, exp.Select):
            return None
        own, _ = self._joined(_uncorrelated(inner, scope), ctes)
        rows = self._joined(_uncorrelated(inner, scope), ctes)[1]
        where = inner.args.get("where")
        for condition in conjuncts(where.this if where is not None else None):
            sides = equal_columns(condition)
            for here, there in (sides, sides[::-1]) if sides is not None else ():
                if here.table.lower() in own and there.table.lower() in scope:
                    return self._semi(find(there, scope), rows, find(here, own))
        return None

    def _semi(self, outer: Spread | None, rows: float | None, inner: Spread | None) -> Share | None:
        if outer is None or outer.distinct is None or rows is None:
            return None
        distinct = inner.distinct if inner is not None and inner.distinct is not None else rows
        return Share((1 - outer.nulls) * min(1.0, min(distinct, rows) / outer.distinct), outer.nulls)

    # GROUP BY and DISTINCT

    def _groups(self, sets: Sequence[Sequence[exp.Expr]], scope: Scope, rows: float | None) -> float | None:
        if rows is None:
            return None
        return sum(min(rows, self._values(keys, scope)) if keys else 1.0 for keys in sets)

    def _values(self, expressions: Sequence[exp.Expr], scope: Scope) -> float:
        """How many different combinations of the values of `expressions` there are, at most."""
        total = 1.0
        by_alias: dict[str, float] = {}
        for expression in expressions:
            inner = expression.unalias()
            columns = [inner] if isinstance(inner, exp.Column) else list(inner.find_all(exp.Column))
            if not columns and not inner.find(exp.Func, exp.Subquery):
                continue
            spread = find(columns[0], scope) if len(columns) == 1 else None
            if spread is None or spread.distinct is None:
                self._guessed += 1
                total *= DISTINCT_VALUES
                continue
            alias = columns[0].table.lower()
            by_alias[alias] = by_alias.get(alias, 1.0) * (spread.distinct + (1 if spread.nulls else 0))
        for alias, count in by_alias.items():
            most = scope[alias].rows
            total *= count if most is None else min(count, most)
        return total


def _uncorrelated(select: exp.Select, outer: Scope) -> exp.Select:
    """A nested SELECT without the conditions that read the outer query's relations."""
    copied = select.copy()
    where = copied.args.get("where")
    if where is not None:
        kept = [part for part in conjuncts(where.this) if not any(c.table.lower() in outer for c in part.find_all(exp.Column))]
        copied.set("where", exp.Where(this=exp.and_(*kept, copy=False)) if kept else None)
    return copied


def _aggregates(output: exp.Expr) -> bool:
    return any(
        isinstance(node, exp.AggFunc) and not isinstance(node.parent, exp.Window) and node.find_ancestor(exp.Query) is not None
        for node in output.find_all(exp.AggFunc)
        if node.find_ancestor(exp.Select) is output.find_ancestor(exp.Select)
    )


_MOST_SETS = 256
"""Grouping sets that are told apart; a CUBE over more is taken for its widest set."""


def _sets(group: exp.Group, select: exp.Select) -> list[list[exp.Expr]]:
    """The grouping sets: the expressions of each."""
    if group.args.get("all"):
        return [[output for output in select.selects if not _aggregates(output)]]
    sets: list[list[exp.Expr]] = [[]]
    for expression in group.expressions:
        choices = _choices(expression)
        sets = [[*each, *choice] for each in sets for choice in choices[: max(1, _MOST_SETS // len(sets))]]
    return sets


def _choices(expression: exp.Expr) -> list[list[exp.Expr]]:
    """The sets that one element of a GROUP BY stands for, the widest first."""
    if isinstance(expression, exp.Rollup):
        return [list(expression.expressions[:count]) for count in range(len(expression.expressions), -1, -1)]
    if isinstance(expression, exp.Cube):
        sets: list[list[exp.Expr]] = [[]]
        for each in reversed(expression.expressions):
            sets = [*([each, *rest] for rest in sets), *sets][:_MOST_SETS]
        return sets
    if isinstance(expression, exp.GroupingSets):
        return [choice for part in expression.expressions for choice in _choices(part)]
    if isinstance(expression, exp.Tuple):
        return [list(expression.expressions)]
    return [[expression.unnest()]]


def _outputs(select: exp.Select, scope: Scope, rows: float | None) -> dict[str, Spread]:
    """What is known of the columns of a SELECT."""
    group = select.args.get("group")
    alone = len(group.expressions) == 1 if group is not None else False
    found: dict[str, Spread] = {}
    for output in select.selects:
        inner = output.unalias()
        spread = find(inner, scope) if isinstance(inner, exp.Column) else None
        if spread is not None:
            is_key = alone and group is not None and inner == group.expressions[0]
            distinct = spread.distinct if spread.distinct is None or rows is None else min(spread.distinct, max(1.0, rows))
            statistics = replace(spread.statistics, distinct=distinct)
            found[output.alias_or_name.lower()] = replace(spread, statistics=statistics, rows=rows, unique=is_key)
    return found


def _limited(relation: Relation, query: exp.Query) -> Relation:
    """The rows under OFFSET and LIMIT; a LIMIT bounds even what is not known."""
    offset, limit = _count(query.args.get("offset")), _count(query.args.get("limit"))
    rows = relation.rows
    if rows is not None and offset:
        rows = max(0.0, rows - offset)
    if limit is not None:
        rows = float(limit) if rows is None else min(rows, float(limit))
    return replace(relation, rows=rows)


def _count(node: exp.Expr | None) -> int | None:
    value = (node.args.get("expression") or node.args.get("count")) if node is not None else None
    return int(value.name) if isinstance(value, exp.Literal) and value.name.isdigit() else None
