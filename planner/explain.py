"""The receipt of a plan: what goes to which store in its own words, what stays here and why, and what is expected of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlglot import exp

from planner.cost import Estimate
from planner.plan import Left, Plan, Step

Receipt = dict[str, Any]


def receipt(plan: Plan, estimates: Sequence[Estimate], now_ms: int) -> Receipt:
    """The plan as JSON values, with what is expected of each of its fragments; it is `now_ms` after 1970.

    `fragments` hold `{id, source, native, binds, columns, pushed, left: [{part, reason}], estimate: {rows, bytes, origin, ageMs,
    observations}}`; `residual` is DuckDB SQL over their ids, or null where the only fragment is the answer; `refused` says why
    larger parts did not go down. What is not known is null.
    """
    return {
        "columns": [{"name": column.name, "type": column.type} for column in plan.columns],
        "tables": list(plan.tables),
        "fragments": [_fragment(step, each, now_ms) for step, each in zip(plan.steps, estimates, strict=True)],
        "residual": plan.residual,
        "refused": _left(plan.refused),
        "volatile": plan.volatile,
    }


def happened(fragment: Receipt, rows: int, bytes: int, elapsed_ms: float) -> None:
    """Adds to a fragment of a receipt what reading it gave: `actual: {rows, bytes, elapsedMs, rowsRatio, bytesRatio}`, the ratios
    being estimate ÷ actual (null where either is not known or nothing came)."""
    expected = fragment["estimate"]
    fragment["actual"] = {
        "rows": rows,
        "bytes": bytes,
        "elapsedMs": elapsed_ms,
        "rowsRatio": _ratio(expected["rows"], rows),
        "bytesRatio": _ratio(expected["bytes"], bytes),
    }


def _ratio(expected: int | None, actual: int) -> float | None:
    return None if expected is None or not actual else float(f"{expected / actual:.3g}")


def lines(explained: Mapping[str, Any]) -> Iterator[str]:
    """The receipt for people, a line at a time."""
    for fragment in explained["fragments"]:
        yield f"Fragment {fragment['id']} on {fragment['source']}"
        for name, text in told(fragment):
            for number, line in enumerate(text.splitlines()):
                yield f"  {name if number == 0 else '':<9} {line}"
    if explained["residual"] is None:
        yield "Residual: none, the fragment is the answer"
    else:
        yield f"Residual: {explained['residual']}"
    for left in explained["refused"]:
        yield f"  not sent  {left['part']}: {left['reason']}"
    if explained.get("residualActual") is not None:
        yield f"  gave      {amount(explained['residualActual'])}"
    if explained.get("volatile"):
        yield f"Volatile: {explained['volatile']}"
    if "predicted" in explained:
        yield f"Predicted: {foretold(explained['predicted'])}"
    if "routing" in explained:
        yield f"Route: {routed(explained)}"
    if "cache" in explained:
        yield f"Cache: {kept(explained['cache'])}"
    if "elapsedMs" in explained:
        yield f"Answered {explained['rows']} rows in {explained['elapsedMs']} ms"


def told(fragment: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a receipt says of a fragment, as pairs of a word and a text (which may have several lines)."""
    yield "sends", str(fragment["native"])
    if fragment["binds"]:
        yield "binds", ", ".join(fragment["binds"])
    if fragment["pushed"]:
        yield "does", ", ".join(fragment["pushed"])
    for left in fragment["left"]:
        yield "leaves", f"{left['part']}: {left['reason']}"
    expected = fragment["estimate"]
    if expected["rows"] is not None:
        age = f", {_age(expected['ageMs'])} old" if expected["ageMs"] is not None else ""
        yield "expects", f"about {_size(expected)} ({expected['origin']}{age})"
    if "predicted" in fragment:
        yield "predicts", foretold(fragment["predicted"])
    if "actual" in fragment:
        ratio = fragment["actual"]["rowsRatio"]
        yield "gave", amount(fragment["actual"]) + (f" (estimate ÷ actual: {ratio:g})" if ratio is not None else "")
    if "storePlan" in fragment:
        yield "store", fragment["storePlan"]


def amount(given: Mapping[str, Any]) -> str:
    """Rows, bytes and time in words."""
    return f"{_size(given)} in {given['elapsedMs']:g} ms"


_BASES = {
    "size": "runs like it",
    "shape": "runs of its shape",
    "table": "runs on its tables",
    "source": "runs on its source",
    "cold": "no run yet, by statistics alone",
    "cache": "answers of the cache",
}


def routed(explained: Mapping[str, Any]) -> str:
    """Where a query goes and why: `now: it is expected to be short (a job above 30000 ms)`."""
    routing = explained["routing"]
    limit = f" (a job above {routing['limitMs']} ms)" if routing["limitMs"] is not None else ""
    return f"{explained['route']}: {routing['why']}{limit}"


def foretold(predicted: Mapping[str, Any]) -> str:
    """A prediction in words: half of the runs are expected within the first time, 95 % within the second."""
    count, basis = predicted["observations"], _BASES[predicted["level"]]
    behind = basis if predicted["level"] == "cold" else f"{count} {basis}"
    return f"{predicted['ms']['p50']:.3g} ms, 95 % within {predicted['ms']['p95']:.3g} ms ({behind})"


def _size(given: Mapping[str, Any]) -> str:
    rows = f"{given['rows']} row{'' if given['rows'] == 1 else 's'}"
    return rows if given["bytes"] is None else f"{rows}, {given['bytes']} bytes"


_UNITS = (("s", 1_000, 90), ("min", 60_000, 90), ("h", 3_600_000, 48))


def _age(age_ms: int) -> str:
    for unit, unit_ms, most in _UNITS:
        if age_ms < most * unit_ms:
            return f"{age_ms // unit_ms} {unit}"
    return f"{age_ms // 86_400_000} days"


def kept(said: Mapping[str, Any]) -> str:
    """What the cache has to do with a query: `would keep the answer (notified)`, or why it has nothing to do with it."""
    if not said["cacheable"]:
        return f"not used, {said.get('reason', 'the request says so')}"
    now = f"would answer, {said['ageMs']} ms old" if said["status"] == "hit" else "would keep the answer"
    why = f": {said['reason']}" if "reason" in said else ""
    return f"{now} ({said['freshness']}{why})"


def _fragment(step: Step, expected: Estimate, now_ms: int) -> Receipt:
    return {
        "id": step.fragment.id,
        "source": step.fragment.source,
        "native": step.native.text,
        "binds": list(step.taken.binds),
        "columns": [{"name": output.name, "type": output.type} for output in step.fragment.outputs],
        "pushed": list(_pushed(step)),
        "left": _left(step.left),
        "estimate": _expected(expected, now_ms),
    }


def _expected(found: Estimate, now_ms: int) -> Receipt:
    return {
        "rows": found.rows,
        "bytes": found.bytes,
        "origin": found.origin,
        "ageMs": max(0, now_ms - found.taken_at_ms) if found.taken_at_ms is not None else None,
        "observations": found.observations,
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
