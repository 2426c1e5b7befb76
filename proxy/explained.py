"""EXPLAIN as a query: its answer is the receipt, in text or JSON; with ANALYZE, after the query has run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pyarrow as pa

from planner.explain import lines, receipt
from planner.parse import Explain
from planner.plan import Field, Plan
from proxy.queries import Running

EXPLAINED: tuple[Field, ...] = (Field("plan", "VARCHAR"),)
"""The columns of an EXPLAIN's answer: a line of text a row, or one row of JSON."""


def described(sql: str, plan: Plan) -> dict[str, Any]:
    """The receipt of a query with its text, its route and what the cache has to do with it."""
    return {"sql": sql, **receipt(plan), "route": "now", "cache": {"status": "bypass"}}


class Explanation:
    """The running of one EXPLAIN. `run` starts the explained query, for ANALYZE."""

    def __init__(self, explain: Explain, sql: str, plan: Plan, run: Callable[[], Running]) -> None:
        self._explain = explain
        self._sql = sql
        self._plan = plan
        self._run = run

    def batches(self) -> Iterator[pa.RecordBatch]:
        explained = described(self._sql, self._plan)
        if self._explain.analyze:
            explained.update(self._analyzed(explained))
        if self._explain.format == "json":
            text = [orjson.dumps(explained, option=orjson.OPT_INDENT_2).decode()]
        else:
            text = list(lines(explained))
        yield pa.record_batch([pa.array(text, pa.string())], names=[EXPLAINED[0].name])

    def _analyzed(self, explained: dict[str, Any]) -> dict[str, Any]:
        """Runs the query to its end and throws its rows away; the receipt's fragments get what each gave."""
        began = time.monotonic()
        running = self._run()
        try:
            rows = sum(batch.num_rows for batch in running.batches())
            happened = {each["fragment"]: each for each in running.stats()}
        finally:
            running.close()
        for fragment in explained["fragments"]:
            seen = happened.get(fragment["id"], {"rows": 0, "bytes": 0, "elapsedMs": 0.0})
            fragment.update({name: seen[name] for name in ("rows", "bytes", "elapsedMs")})
        return {"rows": rows, "elapsedMs": round((time.monotonic() - began) * 1000, 3)}

    def stats(self) -> list[dict[str, Any]]:
        return []

    def close(self) -> None:
        """Nothing is held between batches."""
