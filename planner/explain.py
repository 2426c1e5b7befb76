"""The receipt of a plan: what goes to which store in its own words, what stays here, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlglot import exp

from planner.plan import Left, Plan, Step

Receipt = dict[str, Any]


def receipt(plan: Plan) -> Receipt:
    """The plan as JSON values.

    `fragments` hold `{id, source, native, columns, pushed, left: [{part, reason}]}`; `residual` is DuckDB SQL over their ids, or
    null where the only fragment is the answer; `refused` says why larger parts did not go down.
    """
    return {
        "columns": [{"name": column.name, "type": column.type} for column in plan.columns],
        "tables": list(plan.tables),
        "fragments": [_fragment(step) for step in plan.steps],
        "residual": plan.residual,
        "refused": _left(plan.refused),
        "volatile": plan.volatile,
    }


def lines(explained: Mapping[str, Any]) -> Iterator[str]:
    """The receipt for people, a line at a time."""
    for fragment in explained["fragments"]:
        yield f"Fragment {fragment['id']} on {fragment['source']}"
        for number, text in enumerate(str(fragment["native"]).splitlines()):
            yield f"  {'sends    ' if number == 0 else '         '} {text}"
        if fragment["pushed"]:
            yield f"  does      {', '.join(fragment['pushed'])}"
        for left in fragment["left"]:
            yield f"  leaves    {left['part']}: {left['reason']}"
        if "rows" in fragment:
            yield f"  gave      {fragment['rows']} rows, {fragment['bytes']} bytes in {fragment['elapsedMs']} ms"
    if explained["residual"] is None:
        yield "Residual: none, the fragment is the answer"
    else:
        yield f"Residual: {explained['residual']}"
    for left in explained["refused"]:
        yield f"  not sent  {left['part']}: {left['reason']}"
    if explained.get("volatile"):
        yield f"Volatile: {explained['volatile']}"
    if "elapsedMs" in explained:
        yield f"Answered {explained['rows']} rows in {explained['elapsedMs']} ms"


def _fragment(step: Step) -> Receipt:
    return {
        "id": step.fragment.id,
        "source": step.fragment.source,
        "native": step.native.text,
        "columns": [{"name": output.name, "type": output.type} for output in step.fragment.outputs],
        "pushed": list(_pushed(step)),
        "left": _left(step.left),
    }


_CLAUSES = {"joins": "join", "where": "filter", "group": "group", "having": "having", "distinct": "distinct", "order": "order",
            "limit": "limit", "offset": "offset", "with_": "CTE"}  # fmt: skip


def _pushed(step: Step) -> Iterator[str]:
    """The clauses of the fragment that the store does."""
    yield "projection"
    if any(select.find(exp.AggFunc) for select in step.fragment.query.selects):
        yield "aggregate"
    for clause, word in _CLAUSES.items():
        if step.fragment.query.args.get(clause):
            yield word


def _left(left: Iterable[Left]) -> list[Receipt]:
    return [{"part": each.part.sql(dialect="duckdb"), "reason": each.reason} for each in left]
