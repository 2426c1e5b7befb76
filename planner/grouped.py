"""Which relations of a SELECT join in their store, and the query that joins them there.

A LEFT join to one row at most, whose condition reads only relations of a group, may be done before anything else is joined to the
group: an inner join and a LEFT join of something else give the same rows in either order, and a condition of the WHERE holds for
the group's rows as it does later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from planner.catalog import Table
from planner.fragments import conjunction, selected, table_node
from planner.joins import Conjunct, JoinTree, equality, side_of


@dataclass(frozen=True)
class Group:
    """Base tables of one source that may be joined there: `inner` by equalities, then `optional` by LEFT joins."""

    inner: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        return self.inner + self.optional

    def filters(self, conjunct: Conjunct) -> bool:
        """Whether a conjunct stands in the group's WHERE, rather than in one of its joins."""
        if isinstance(conjunct.clause, exp.Where):
            return equality(conjunct.condition) is None or not conjunct.aliases <= {*self.inner}
        return False

    def narrower(self) -> Iterator[Group]:
        """This, and what is left of it where the store takes no LEFT join."""
        yield self
        if self.optional and len(self.inner) > 1:
            yield replace(self, optional=())


def groups(tree: JoinTree, tables: Mapping[str, Table]) -> Iterator[Group]:
    """Base tables of one source that may be joined in their store, each group in the order of the query.

    Inner-joined relations that no join null-extends (their conditions stand in the WHERE: `rules.inner_joins`), along equalities
    by which one side is found by a key of its own, and relations that a LEFT join finds so: then the join has no more rows than
    its other side, and sending it costs no more than sending that.
    """
    if not tree.commutes:
        return
    inner = [
        relation.alias_or_name
        for place, relation in enumerate(tree.relations)
        if place == 0 or side_of(tree.joins[place - 1]) == ""
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
        found = Group(tuple(sorted(group, key=free.index)))
        found = replace(found, optional=_optional(tree, found, tables))
        if len(found.members) > 1:
            yield found


def within(tree: JoinTree, group: Group, source: str) -> list[Conjunct]:
    """The conjuncts that hold for the joined rows of `group`, whose source is `source`, and those of its LEFT joins."""
    members = frozenset(group.members)
    if not tree.ordinary or not tree.extended[-1].isdisjoint(group.inner):
        return []
    of_where = [c for c in tree.conjuncts if isinstance(c.clause, exp.Where) and not c.pushed]
    held = [c for c in of_where if c.aliases and c.aliases <= members and c.sources <= {source}]
    return held + [c for alias in group.optional for c in _of_join(tree, alias)]


def joined(
    group: Group, tables: Mapping[str, Table], columns: Iterable[tuple[str, str]], conjuncts: Sequence[Conjunct]
) -> exp.Select:
    """The group's rows where all `conjuncts` hold, which are copied; an output is called `relation.column`."""
    query = exp.Select(
        expressions=[selected(alias, name, f"{alias}.{name}") for alias, name in columns],
        from_=exp.From(this=table_node(tables[group.inner[0]], group.inner[0])),
    )
    filters = [conjunct for conjunct in conjuncts if group.filters(conjunct)]
    joining = [c for c in conjuncts if isinstance(c.clause, exp.Where) and c not in filters]
    present = {group.inner[0]}
    for alias in _joinable_order(group.inner, joining):
        present.add(alias)
        on = [conjunct for conjunct in joining if conjunct.aliases <= present and alias in conjunct.aliases]
        query.append("joins", exp.Join(this=table_node(tables[alias], alias), on=_all(on)))
    for alias in group.optional:
        on = [c for c in conjuncts if isinstance(c.clause, exp.Join) and c.clause.alias_or_name == alias]
        query.append("joins", exp.Join(this=table_node(tables[alias], alias), side="LEFT", on=_all(on)))
    if filters:
        query.set("where", exp.Where(this=_all(filters)))
    return query


def _all(conjuncts: Sequence[Conjunct]) -> exp.Expr:
    return conjunction([conjunct.condition.copy() for conjunct in conjuncts])


def _of_join(tree: JoinTree, alias: str) -> list[Conjunct]:
    return [c for c in tree.conjuncts if isinstance(c.clause, exp.Join) and c.clause.alias_or_name == alias]


def _optional(tree: JoinTree, group: Group, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """The relations that LEFT joins find by a key of their own, one row at most for each of the group's."""
    source = tables[group.inner[0]].source
    for join in tree.joins:
        alias = join.alias_or_name
        if side_of(join) != "LEFT" or alias not in tables or tables[alias].source != source:
            continue
        conjuncts, members = _of_join(tree, alias), {*group.members, alias}
        if not all(c.aliases and c.aliases <= members and not c.sources and not c.pushed for c in conjuncts):
            continue
        if _covers_a_key(tables[alias], _matched(conjuncts, alias)[0]):
            group = replace(group, optional=(*group.optional, alias))
    return group.optional


def _keyed(tree: JoinTree, group: Sequence[str], alias: str, tables: Mapping[str, Table]) -> bool:
    """Whether `alias` joins `group` by an equality, and no row of one side meets many of the other by it."""
    matched, theirs = _matched(within(tree, Group((*group, alias)), tables[alias].source), alias)
    if not matched:
        return False
    if _covers_a_key(tables[alias], matched):
        return True
    return len(group) == 1 and _covers_a_key(tables[group[0]], theirs.get(group[0], set()))


def _matched(conjuncts: Iterable[Conjunct], alias: str) -> tuple[set[str], dict[str, set[str]]]:
    """The columns of `alias` that equalities hold to columns of others, and those of the others by relation."""
    matched: set[str] = set()
    theirs: dict[str, set[str]] = {}
    for conjunct in conjuncts:
        pair = equality(conjunct.condition)
        if pair is None or alias not in conjunct.aliases:
            continue
        own, other = pair if pair[0].table == alias else (pair[1], pair[0])
        matched.add(own.name.lower())
        theirs.setdefault(other.table, set()).add(other.name.lower())
    return matched, theirs


def _covers_a_key(table: Table, columns: set[str]) -> bool:
    keys = [key for key in (table.primary_key, *table.unique_keys) if key]
    return any({name.lower() for name in key} <= columns for key in keys)


def _joinable_order(group: Sequence[str], joining: Sequence[Conjunct]) -> Iterator[str]:
    """The relations of a group after its first, each linked by an equality to those before it."""
    present, waiting = {group[0]}, list(group[1:])
    while waiting:
        linked = [alias for alias in waiting if any(alias in c.aliases and c.aliases <= present | {alias} for c in joining)]
        alias = (linked or waiting)[0]
        present.add(alias)
        waiting.remove(alias)
        yield alias
