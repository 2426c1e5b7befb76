"""EXPLAIN as a query: its answer is the receipt, in text or JSON; with ANALYZE after the query has run, with STORE after each
store has been asked for its own plan."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
import pyarrow as pa

from planner.explain import happened, lines, receipt
from planner.likeness import Whole
from planner.parse import Explain
from planner.plan import Field, Plan, Step
from planner.prediction import QueryPrediction
from planner.route import Route
from proxy.expectation import told
from proxy.progress import NOTHING, Progress
from proxy.queries import Running
from translators.base import Depth

EXPLAINED: tuple[Field, ...] = (Field("plan", "VARCHAR"),)
"""The columns of an EXPLAIN's answer: a line of text a row, or one row of JSON."""


def described(
    sql: str, plan: Plan, whole: Whole, now_ms: int, cache: Mapping[str, Any], expected: QueryPrediction, route: Route
) -> dict[str, Any]:
    """The receipt of a query with its text, its route, what the cache has to do with it and what it is expected to take."""
    estimates = [like.given for like in whole.fragments]
    found = {
        "sql": sql,
        **receipt(plan, estimates, now_ms),
        "route": route.to,
        "routing": route.told(),
        "cache": cache,
        "predicted": told(expected),
    }
    for fragment, each in zip(found["fragments"], expected.fragments, strict=False):
        fragment["predicted"] = told(each)
    return found


class Explanation:
    """The running of one EXPLAIN over its receipt. `run` starts the explained query, for ANALYZE; `ask` gets the store's own plan
    of one fragment, for STORE."""

    def __init__(
        self,
        explain: Explain,
        described: dict[str, Any],
        plan: Plan,
        run: Callable[[], Running],
        ask: Callable[[Step, Depth], str],
    ) -> None:
        self._explain = explain
        self._described = described
        self._plan = plan
        self._run = run
        self._ask = ask

    def batches(self) -> Iterator[pa.RecordBatch]:
        explained = self._described
        if self._explain.analyze:
            explained.update(self._analyzed(explained))
        if self._explain.store:
            for fragment, step in zip(explained["fragments"], self._plan.steps, strict=True):
                fragment["storePlan"] = self._ask(step, "execution" if self._explain.analyze else "plan")
        if self._explain.format == "json":
            text = [orjson.dumps(explained, option=orjson.OPT_INDENT_2).decode()]
        else:
            text = list(lines(explained))
        yield pa.record_batch([pa.array(text, pa.string())], names=[EXPLAINED[0].name])

    def _analyzed(self, explained: dict[str, Any]) -> dict[str, Any]:
        """Runs the query to its end and throws its rows away; the receipt's fragments get what each gave.

        A residual's time goes from its start to its last row: its fragments are read meanwhile.
        """
        began = time.monotonic()
        running = self._run()
        rows = size = 0
        try:
            for batch in running.batches():
                rows, size = rows + batch.num_rows, size + batch.nbytes
            seen = {each["fragment"]: each for each in running.stats()}
        finally:
            running.close()
        elapsed_ms = round((time.monotonic() - began) * 1000, 3)
        for fragment in explained["fragments"]:
            each = seen.get(fragment["id"])
            if each is not None:
                happened(fragment, each["rows"], each["bytes"], each["elapsedMs"])
        residual = {"rows": rows, "bytes": size, "elapsedMs": elapsed_ms} if self._plan.residual is not None else None
        return {"residualActual": residual, "rows": rows, "bytes": size, "elapsedMs": elapsed_ms}

    def stats(self) -> list[dict[str, Any]]:
        return []

    def progress(self) -> Progress:
        return NOTHING

    def step_aside(self) -> None:
        """It never becomes a job."""

    def close(self) -> None:
        """Nothing is held between batches."""
