"""What may leave a SELECT's join tree: which conjuncts hold for a relation by itself.

A SELECT's relations are numbered in the order in which they are joined. A LEFT join null-extends the relation it adds, a RIGHT
join everything before it, a FULL join both. A conjunct may be evaluated below a join only for relations that no join up to the
conjunct's own place null-extends: filtering a null-extended side earlier would turn a row that is gone into a row of NULLs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

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
        side = side_of(conjunct.clause)
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
        return self.ordinary and all(side_of(join) in ("", "LEFT") for join in self.joins)


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
        extended |= {"LEFT": own, "RIGHT": before, "FULL": own | before}.get(side_of(join), frozenset())
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


def equality(condition: exp.Expr) -> tuple[exp.Column, exp.Column] | None:
    """The two columns of `a.x = b.y`; None for anything else."""
    if isinstance(condition, exp.EQ):
        left, right = condition.this.unnest(), condition.expression.unnest()
        if isinstance(left, exp.Column) and isinstance(right, exp.Column) and left.table != right.table:
            return left, right
    return None


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


def side_of(join: exp.Join) -> str:
    return str(join.side or "").upper()


def _is_ordinary(join: exp.Join) -> bool:
    usual = not join.method and not join.args.get("using") and str(join.kind or "").upper() in _ORDINARY_KINDS
    return usual and side_of(join) in ("", "LEFT", "RIGHT", "FULL")
