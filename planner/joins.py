"""What may leave a SELECT's join tree: which conjuncts hold for a relation by itself, and which relations join in their store.

A SELECT's relations are numbered in the order in which they are joined. A LEFT join null-extends the relation it adds, a RIGHT
join everything before it, a FULL join both. A conjunct may be evaluated below a join only for relations that no join up to the
conjunct's own place null-extends: filtering a null-extended side earlier would turn a row that is gone into a row of NULLs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from planner.catalog import Table
from planner.fragments import conjunction
from planner.parse import volatile_reason

_ORDINARY_KINDS = {"", "INNER", "OUTER", "CROSS"}


@dataclass(eq=False)
class Conjunct:
    """One AND-ed condition of a WHERE or ON: `place` is the join it belongs to (the number of joins for the WHERE).

    `aliases` are the relations of the SELECT that it reads, none where it cannot be told to hold for some of them alone.
    `sources` are those of the tables in its subqueries.
    """

    condition: exp.Expr
    clause: exp.Where | exp.Join
    place: int
    aliases: frozenset[str]
    sources: frozenset[str] = frozenset()
    pushed: bool = False


@dataclass(eq=False)
class JoinTree:
    """The relations of one SELECT, how each is joined, and its conjuncts. `ordinary` is False where a join is of a kind
    (SEMI, ANTI, ASOF, POSITIONAL, NATURAL, USING, nested) under which nothing is moved."""

    select: exp.Select
    relations: list[exp.Expr] = field(default_factory=list)
    conjuncts: list[Conjunct] = field(default_factory=list)
    extended: list[frozenset[str]] = field(default_factory=list)
    ordinary: bool = True

    @property
    def joins(self) -> list[exp.Join]:
        return list(self.select.args.get("joins") or [])

    def alone(self, alias: str, source: str | None = None) -> list[Conjunct]:
        """The conjuncts that may be evaluated on the relation `alias` before anything is joined to it: those without subqueries,
        and with `source` those too whose subqueries read only that."""
        return [c for c in self.conjuncts if c.aliases == {alias} and c.sources <= {source} and self.movable(c, alias)]

    def movable(self, conjunct: Conjunct, alias: str) -> bool:
        if not self.ordinary or conjunct.pushed:
            return False
        if isinstance(conjunct.clause, exp.Where):
            return alias not in self.extended[-1]
        side = _side(conjunct.clause)
        own = conjunct.clause.alias_or_name == alias
        before = self.extended[conjunct.place - 1]
        if side == "LEFT":
            return own
        if side == "RIGHT":
            return not own and alias not in before
        return side == "" and alias not in before

    @property
    def commutes(self) -> bool:
        """Whether inner-joined relations may be joined in any order: no RIGHT or FULL join among them."""
        return self.ordinary and all(_side(join) in ("", "LEFT") for join in self.joins)


def join_tree(select: exp.Select) -> JoinTree:
    """The join tree of a qualified SELECT."""
    tree = JoinTree(select)
    from_ = select.args.get("from_")
    if from_ is None:
        tree.ordinary = False
        return tree
    tree.relations = [from_.this, *(join.this for join in tree.joins)]
    tree.ordinary = all(_is_ordinary(join) for join in tree.joins) and not any(r.args.get("joins") for r in tree.relations)
    extended: frozenset[str] = frozenset()
    tree.extended.append(extended)
    for place, join in enumerate(tree.joins, start=1):
        before = frozenset(relation.alias_or_name for relation in tree.relations[:place])
        own = frozenset({join.alias_or_name})
        extended |= {"LEFT": own, "RIGHT": before, "FULL": own | before}.get(_side(join), frozenset())
        tree.extended.append(extended)
        tree.conjuncts.extend(_conjuncts(join.args.get("on"), join, place))
    where = select.args.get("where")
    if where is not None:
        tree.conjuncts.extend(_conjuncts(where.this, where, len(tree.joins)))
    return tree


def remove(tree: JoinTree) -> None:
    """Rebuilds the WHERE and ON clauses of the tree's SELECT without the conjuncts that were pushed."""
    if not any(conjunct.pushed for conjunct in tree.conjuncts):
        return
    kept: dict[int, list[exp.Expr]] = {id(conjunct.clause): [] for conjunct in tree.conjuncts}
    for conjunct in tree.conjuncts:
        if not conjunct.pushed:
            kept[id(conjunct.clause)].append(conjunct.condition)
    for clause in {id(conjunct.clause): conjunct.clause for conjunct in tree.conjuncts}.values():
        rest = kept[id(clause)]
        if isinstance(clause, exp.Where):
            tree.select.set("where", exp.Where(this=conjunction(rest)) if rest else None)
        else:
            clause.set("on", conjunction(rest) if rest else exp.true())


def groups(tree: JoinTree, tables: Mapping[str, Table]) -> Iterator[list[str]]:
    """Base tables of one source that may be joined in their store, each group in the order of the query.

    Only inner-joined relations that no join null-extends (their conditions stand in the WHERE: `rules.inner_joins`), along
    equalities by which one side is found by a key of its own: then the join has no more rows than its other side, and sending
    it costs no more than sending that.
    """
    if not tree.commutes:
        return
    inner = [
        relation.alias_or_name
        for place, relation in enumerate(tree.relations)
        if place == 0 or _side(tree.joins[place - 1]) == ""
    ]
    free = [alias for alias in inner if alias in tables and alias not in tree.extended[-1]]
    waiting = list(free)
    while waiting:
        group = [waiting.pop(0)]
        grown = True
        while grown:
            grown = False
            for alias in list(waiting):
                if tables[alias].source == tables[group[0]].source and _keyed(tree, group, alias, tables):
                    group.append(alias)
                    waiting.remove(alias)
                    grown = True
        if len(group) > 1:
            yield sorted(group, key=free.index)


def within(tree: JoinTree, group: Iterable[str], source: str) -> list[Conjunct]:
    """The conjuncts of the WHERE that hold for the joined rows of `group`, relations of `source`, by themselves."""
    members = frozenset(group)
    if not tree.ordinary or not tree.extended[-1].isdisjoint(members):
        return []
    of_where = (c for c in tree.conjuncts if isinstance(c.clause, exp.Where) and not c.pushed)
    return [c for c in of_where if c.aliases and c.aliases <= members and c.sources <= {source}]


def equality(condition: exp.Expr) -> tuple[exp.Column, exp.Column] | None:
    """The two columns of `a.x = b.y`; None for anything else."""
    if isinstance(condition, exp.EQ):
        left, right = condition.this.unnest(), condition.expression.unnest()
        if isinstance(left, exp.Column) and isinstance(right, exp.Column) and left.table != right.table:
            return left, right
    return None


def _keyed(tree: JoinTree, group: Sequence[str], alias: str, tables: Mapping[str, Table]) -> bool:
    """Whether `alias` joins `group` by an equality, and no row of one side meets many of the other by it."""
    matched: set[str] = set()
    theirs: dict[str, set[str]] = {}
    for conjunct in within(tree, [*group, alias], tables[alias].source):
        pair = equality(conjunct.condition)
        if pair is None or alias not in conjunct.aliases:
            continue
        own, other = pair if pair[0].table == alias else (pair[1], pair[0])
        matched.add(own.name.lower())
        theirs.setdefault(other.table, set()).add(other.name.lower())
    if not matched:
        return False
    if _covers_a_key(tables[alias], matched):
        return True
    return len(group) == 1 and _covers_a_key(tables[group[0]], theirs.get(group[0], set()))


def _covers_a_key(table: Table, columns: set[str]) -> bool:
    keys = [key for key in (table.primary_key, *table.unique_keys) if key]
    return any({name.lower() for name in key} <= columns for key in keys)


def _conjuncts(condition: exp.Expr | None, clause: exp.Where | exp.Join, place: int) -> Iterator[Conjunct]:
    for part in flat_conjuncts(condition):
        aliases, sources = _reads(part)
        yield Conjunct(part, clause, place, aliases, sources)


def flat_conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    """The AND-ed parts of a condition, parentheses around them taken off."""
    waiting = [condition] if condition is not None else []
    while waiting:
        part = waiting.pop()
        bare = part.unnest()
        if isinstance(bare, exp.And):
            waiting.extend((bare.expression, bare.this))
        else:
            yield bare


def _reads(condition: exp.Expr) -> tuple[frozenset[str], frozenset[str]]:
    """The relations that a condition reads from around it, and the sources of the tables in its subqueries."""
    unknown: tuple[frozenset[str], frozenset[str]] = frozenset(), frozenset()
    read: set[str] = set()
    inside: set[str] = set()
    sources: set[str] = set()
    for node in condition.walk():
        if volatile_reason(node) or isinstance(node, exp.Window):
            return unknown
        if isinstance(node, exp.Column):
            if not node.table and not isinstance(node.find_ancestor(exp.Order, exp.Query), exp.Order):
                return unknown
            read.add(node.table)
        elif isinstance(node, exp.Table):
            if not node.args.get("catalog"):
                return unknown
            inside.add(node.alias_or_name)
            sources.add(node.catalog)
        elif isinstance(node, (exp.Subquery, exp.Lateral, exp.Unnest, exp.CTE)):
            inside.add(node.alias)
    return frozenset(read - inside - {""}), frozenset(sources)


def _side(join: exp.Join) -> str:
    return str(join.side or "").upper()


def _is_ordinary(join: exp.Join) -> bool:
    usual = not join.method and not join.args.get("using") and str(join.kind or "").upper() in _ORDINARY_KINDS
    return usual and _side(join) in ("", "LEFT", "RIGHT", "FULL")
