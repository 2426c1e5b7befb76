"""FROM with several relations: one of them drives, the documents of the others are looked up, and arrays are taken apart.

Inner-joined relations may be joined in any order: the one with the fewest rows under its own conditions drives. A LEFT, SEMI or
ANTI join comes once what its condition reads is there. Conditions go as early as they can: those of one collection before its
look-ups or into their pipelines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf

from sqlglot import exp

from planner.joins import flat_conjuncts
from translators.mongo import worth
from translators.mongo.filters import Filter, conjunction, present_by, where
from translators.mongo.lookups import How, Unlinked, aliases, foreign, key, looked_up
from translators.mongo.outputs import Answering
from translators.mongo.refusal import Refused
from translators.mongo.relations import relation
from translators.mongo.rows import Context, Rows
from translators.mongo.sendable import sendable
from translators.mongo.unwinding import is_unnest, unwound

_DRIVERS = 2
"""How many relations are tried as the driving one: each costs planning an estimate a join."""

_HOW: dict[tuple[str, str], How] = {
    ("", ""): "inner", ("", "INNER"): "inner", ("", "CROSS"): "inner",
    ("LEFT", ""): "left", ("LEFT", "OUTER"): "left",
    ("", "SEMI"): "semi", ("LEFT", "SEMI"): "semi", ("", "ANTI"): "anti", ("LEFT", "ANTI"): "anti",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Member:
    """A relation of a FROM, how it is joined, and the conditions of its ON where these are its own."""

    node: exp.Expr
    how: How
    on: tuple[exp.Expr, ...] = ()
    join: exp.Join | None = None

    @property
    def alias(self) -> str:
        return str(self.node.alias_or_name).lower()


@dataclass
class _Joining:
    """A FROM being joined: `conditions` are those of its inner joins and of the WHERE, `done` the ones that the rows satisfy."""

    query: exp.Select
    context: Context
    answer: Answering
    members: list[_Member]
    conditions: list[exp.Expr]
    done: set[int] = field(default_factory=set)

    def own(self, member: _Member, rows: Rows) -> list[tuple[exp.Expr, Filter]]:
        """The conditions of an inner-joined relation alone that MongoDB does, with their filters."""
        found = []
        for condition in self.conditions if member.how == "inner" else ():
            if id(condition) in self.done or condition.find(exp.Query) or aliases(condition) != {member.alias}:
                continue
            try:
                found.append((condition, sendable(condition, where(condition, rows.columns))))
            except Refused:
                continue  # It is asked again where every condition that is left is, and refused there.
        return found


def read(query: exp.Select, context: Context, answer: Answering) -> tuple[Rows, frozenset[int]]:
    """The rows of a SELECT's FROM, and which conjuncts of its WHERE they satisfy, by `id`. Raises Refused."""
    found = query.args.get("from_")
    if found is None:
        raise Refused(query, "it does not read a collection")
    for lateral in query.args.get("laterals") or []:
        raise Refused(lateral, "LATERAL is not translated to MongoDB")
    joins: list[exp.Join] = query.args.get("joins") or []
    several = not all(map(is_unnest, joins))
    rows, done = _joined(query, context, answer) if several else (relation(found.this, context, answer), frozenset[int]())
    for join in filter(is_unnest, joins):
        rows = unwound(join, rows, context)
    return rows, done


def _joined(query: exp.Select, context: Context, answer: Answering) -> tuple[Rows, frozenset[int]]:
    joins: list[exp.Join] = query.args["joins"]
    members = [_Member(query.args["from_"].this, "inner")]
    conditions: list[exp.Expr] = []
    for join in joins:
        if is_unnest(join):
            continue
        how = _HOW.get((str(join.side or "").upper(), str(join.kind or "").upper()))
        if how is None or join.method or join.args.get("using"):
            raise Refused(join, f"a {join.side or join.method or join.kind} join is not translated to MongoDB".replace("  ", " "))
        on = tuple(flat_conjuncts(join.args.get("on")))
        members.append(_Member(join.this, how, on if how != "inner" else (), join))
        conditions += on if how == "inner" else ()
    if len({member.alias for member in members}) < len(members):
        raise Refused(query, "two relations have one name")
    predicate = query.args.get("where")
    conditions += flat_conjuncts(predicate.this if predicate is not None else None)
    return _tried(_Joining(query, context, answer, members, conditions))


def _tried(joining: _Joining) -> tuple[Rows, frozenset[int]]:
    """The join driven by the relation with the fewest rows, or else the next."""
    inner = [member for member in joining.members if member.how == "inner"]
    sized = [(_expected(joining, member, _alone(joining, member)), place) for place, member in enumerate(inner)]
    order = sorted((inf if rows is None else rows, place) for rows, place in sized)
    refusal: Refused | None = None
    for _, place in order[:_DRIVERS]:
        attempt = replace(joining, done=set())
        try:
            rows = _driven(attempt, inner[place])
        except Refused as refused:
            refusal = _telling(refusal, refused)
        else:
            return rows, frozenset(attempt.done)
    assert refusal is not None
    raise refusal


def _telling(one: Refused | None, other: Refused) -> Refused:
    """The refusal that says more: that nothing links two relations says the least."""
    return other if one is None or (isinstance(one, Unlinked) and not isinstance(other, Unlinked)) else one


def _alone(joining: _Joining, member: _Member) -> list[exp.Expr]:
    return [each for each in joining.conditions if aliases(each) == {member.alias} and not each.find(exp.Query)]


def _expected(joining: _Joining, member: _Member, conditions: Sequence[exp.Expr]) -> int | None:
    return worth.expected_rows(joining.context.source, member.node, (), conditions)


def _driven(joining: _Joining, driver: _Member) -> Rows:
    rows = relation(driver.node, joining.context, joining.answer)
    rows = _filtered(joining, driver, rows)
    present, waiting = [driver], [member for member in joining.members if member is not driver]
    while waiting:
        driving = _rows_of(joining, present)
        refusal: Refused | None = None
        for member in waiting:
            try:
                rows = _with(joining, member, rows, present, driving)
            except Refused as refused:
                refusal = _telling(refusal, refused)
            else:
                present.append(member)
                waiting.remove(member)
                break
        else:
            assert refusal is not None
            raise refusal
    return _rest(joining, rows)


def _filtered(joining: _Joining, member: _Member, rows: Rows) -> Rows:
    own = joining.own(member, rows)
    filters = [filter for _, filter in own]
    joining.done.update(id(condition) for condition, _ in own)
    return replace(rows.matching(conjunction(filters)), present=rows.present | present_by(filters))


def _rows_of(joining: _Joining, present: Sequence[_Member], more: Sequence[exp.Expr] = ()) -> int | None:
    """About how many rows the relations that are there have, under the conditions that they satisfy and `more`."""
    joins = [
        exp.Join(this=member.node.copy()) if member.how == "inner" or member.join is None else member.join
        for member in present[1:]
    ]
    satisfied = joining.done | set(map(id, more))
    conditions = [condition for condition in joining.conditions if id(condition) in satisfied]
    return worth.expected_rows(joining.context.source, present[0].node, joins, conditions)


def _with(joining: _Joining, member: _Member, rows: Rows, present: Sequence[_Member], driving: int | None) -> Rows:
    """The rows of the relations in `present` with one more looked up. Raises Refused."""
    into = foreign(member.node, rows, joining.context)
    here = rows.columns.relations.keys() | {into.alias}
    on = (
        member.on
        if member.how != "inner"
        else [c for c in joining.conditions if id(c) not in joining.done and aliases(c) <= here]
    )
    by = key(into, rows, on)
    own = joining.own(member, replace(rows, columns=into.scope))
    if member.how == "inner":
        within = [condition for condition, _ in own]
    else:
        within = [condition for condition in on if condition is not by.condition]
        for condition in within:
            if condition.find(exp.Query) or not aliases(condition) <= here:
                raise Refused(condition, "it reads what is not joined yet")
    alone = [condition for condition in within if aliases(condition) == {into.alias}]
    looked_into = _expected(joining, member, alone)
    partners = 0 if member.how in ("semi", "anti") else _rows_of(joining, [*present, member], [by.condition, *within])
    reason = worth.against(driving, partners, looked_into, into.table)
    if reason is not None:
        raise Refused(member.node, reason)
    read = [] if member.how in ("semi", "anti") else _read(joining, {by.condition, *within})
    rows = looked_up(rows, into, by, within, read, joining.context, member.how)
    if member.how == "inner":
        joining.done.update(id(condition) for condition in (by.condition, *within))
    return rows


def _read(joining: _Joining, satisfied: set[exp.Expr]) -> list[exp.Column]:
    """The columns of the query outside the conditions that are satisfied."""
    inside = {id(column) for condition in satisfied for column in condition.find_all(exp.Column)}
    return [column for column in joining.query.find_all(exp.Column) if id(column) not in inside]


def _rest(joining: _Joining, rows: Rows) -> Rows:
    """The conditions of inner joins that read several relations; those of the WHERE are left to the SELECT."""
    of_where = (
        {id(each) for each in flat_conjuncts(joining.query.args["where"].this)} if joining.query.args.get("where") else set()
    )
    for condition in joining.conditions:
        if id(condition) not in joining.done and id(condition) not in of_where:
            rows = rows.matching(sendable(condition, where(condition, rows.columns)))
    return rows
