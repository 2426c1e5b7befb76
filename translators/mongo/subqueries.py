"""EXISTS and IN over a collection as conditions of a WHERE: documents are looked up, and one that is found is enough.

`x IN (SELECT y …)` keeps a row where some y equals x, whatever else is NULL. `x NOT IN (SELECT y …)` keeps none once a y is NULL,
and none whose x is, unless there is no y at all: it is done where both are known to be there.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from planner.joins import flat_conjuncts
from translators.mongo import worth
from translators.mongo.filters import present_by, where
from translators.mongo.lookups import Foreign, aliases, foreign, key, looked_up
from translators.mongo.refusal import Refused
from translators.mongo.rows import Context, Rows

_PLAIN = {"expressions", "from_", "where"}
_MAKES_ROWS = (exp.AggFunc, exp.Unnest, exp.Explode, exp.Anonymous, exp.Query, exp.Window)


def asks_a_query(condition: exp.Expr) -> bool:
    """Whether it is EXISTS or IN over a query, or the negation of one."""
    asked, _ = _asked(condition)
    return isinstance(asked, exp.Exists) or (isinstance(asked, exp.In) and asked.args.get("query") is not None)


def _asked(condition: exp.Expr) -> tuple[exp.Expr, bool]:
    """What is asked, and whether it must not be so."""
    bare, negated = condition.unnest(), False
    while isinstance(bare, exp.Not):
        bare, negated = bare.this.unnest(), not negated
    return bare, negated


def kept(condition: exp.Expr, query: exp.Select, satisfied: Sequence[exp.Expr], rows: Rows, context: Context) -> Rows:
    """The rows for which `condition` is TRUE; they satisfy the conditions `satisfied` of the same WHERE. Raises Refused."""
    asked, negated = _asked(condition)
    inner = (asked.args["query"] if isinstance(asked, exp.In) else asked.this).unnest()
    if isinstance(inner, exp.Subquery):
        inner = inner.this
    if not isinstance(inner, exp.Select) or any(given and name not in _PLAIN for name, given in inner.args.items()):
        raise Refused(condition, "this form of a query in a condition is not translated to MongoDB")
    if any(output.find(*_MAKES_ROWS) for output in inner.selects) or inner.args.get("from_") is None:
        raise Refused(condition, "this form of a query in a condition is not translated to MongoDB")
    into = foreign(inner.args["from_"].this, rows, context)
    predicate = inner.args.get("where")
    within = list(flat_conjuncts(predicate.this if predicate is not None else None))
    known = rows.columns.relations.keys() | {into.alias}
    for each in within:
        if each.find(exp.Query) or not aliases(each) <= known:
            raise Refused(each, "this condition of a query in a condition is not translated to MongoDB")
    if isinstance(asked, exp.In):
        equality = _membership(asked, inner, condition)
        if negated:
            _both_there(condition, equality, into, within, rows)
        within.append(equality)
    by = key(into, rows, within)
    alone = [each for each in within if aliases(each) == {into.alias}]
    driving = worth.expected_rows(context.source, query.args["from_"].this, query.args.get("joins") or (), satisfied)
    reason = worth.against(driving, 0, worth.expected_rows(context.source, into.node, (), alone), into.table)
    if reason is not None:
        raise Refused(condition, reason)
    return looked_up(
        rows, into, by, [each for each in within if each is not by.condition], (), context, "anti" if negated else "semi"
    )


def _membership(asked: exp.In, inner: exp.Select, condition: exp.Expr) -> exp.EQ:
    if len(inner.selects) != 1 or isinstance(asked.this, exp.Tuple):
        raise Refused(condition, "IN over several columns is not translated to MongoDB")
    return exp.EQ(this=inner.selects[0].unalias().copy(), expression=asked.this.copy())


def _both_there(condition: exp.Expr, equality: exp.EQ, into: Foreign, within: Sequence[exp.Expr], rows: Rows) -> None:
    """Raises Refused where a side of a NOT IN may be NULL."""
    mine, theirs = into.scope.find(equality.this), rows.columns.find(equality.expression)
    alone = [each for each in within if aliases(each) == {into.alias}]
    there = present_by([where(each, into.scope) for each in alone])
    if mine is None or theirs is None or mine.path not in there or theirs.path not in rows.present:
        raise Refused(condition, "NOT IN means something else where one of its sides is NULL")
