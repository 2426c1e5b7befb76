"""EXPLAIN as a query: its answer is the receipt, in text or JSON; with ANALYZE, after the query has run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pyarrow as pa

from planner.explain import lines, receipt
from planner.parse import Statement
from planner.plan import Field, Plan
from proxy.queries import Running
from translators.control import Control


class Explained:
    """The running of one EXPLAIN. `run` starts the explained query, for ANALYZE."""

    columns: tuple[Field, ...] = (Field("plan", "VARCHAR"),)

    def __init__(self, statement: Statement, plan: Plan, run: Callable[[Control], Running]) -> None:
        assert statement.explain is not None
        self._explain = statement.explain
        self._text = statement.text
        self._plan = plan
        self._run = run

    def run(self, control: Control) -> Explained:
        self._control = control
        return self

    def batches(self) -> Iterator[pa.RecordBatch]:
        explained: dict[str, Any] = {"sql": self._text, **receipt(self._plan), "route": "now", "cache": {"status": "bypass"}}
        if self._explain.analyze:
            explained.update(self._analyzed(explained))
        if self._explain.format == "json":
            text = [orjson.dumps(explained, option=orjson.OPT_INDENT_2).decode()]
        else:
            text = list(lines(explained))
        yield pa.record_batch([pa.array(text, pa.string())], names=["plan"])

    def _analyzed(self, explained: dict[str, Any]) -> dict[str, Any]:
        """Runs the query to its end and throws its rows away; the receipt's fragments get what each gave."""
        began = time.monotonic()
        running = self._run(self._control)
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
