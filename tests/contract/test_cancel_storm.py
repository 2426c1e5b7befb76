"""A thousand cancels at random moments over few connections end their own statements and no other, and leave nothing behind."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from planner.errors import QueryCancelled, QueryNotFound
from proxy.request import Caller
from tests.answers.world import World
from tests.contract.asked import document, foz_over
from tests.contract.conftest import Places

CANCELS = 1000
THREADS = 6
ROWS = 3000
SEED = 20

PLAIN = ("SELECT n FROM {0}.many WHERE n >= 0", "SELECT count(*) AS n FROM {0}.many", "SELECT n FROM {0}.many WHERE n = 7")
JOINED = (
    "SELECT a.n FROM postgres.many a JOIN mongodb.many b ON a.n = b.n",
    "SELECT a.n FROM {0}.many a JOIN {0}.many b ON a.n = b.n + 1 WHERE a.n + random() * 0 >= 0",
)
QUERIES = {sql.format(source) for sql in (*PLAIN, *JOINED) for source in ("postgres", "mongodb")}


def number_of_rows(sql: str) -> int:
    return 1 if "count" in sql or "n = 7" in sql else ROWS - 1 if "+ 1" in sql else ROWS


class Storm:
    """Queries side by side; every second one is cancelled at a random moment by whoever runs next to it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.outcomes: Counter[str] = Counter()
        self._lock = threading.Lock()

    def cancelled(self) -> int:
        return self.outcomes["cancelled"]

    def run(self, seed: int) -> None:
        chance = random.Random(seed)
        while self.cancelled() < CANCELS:
            sql = chance.choice(sorted(QUERIES))
            outcome = self.ask(sql, chance.random() * 0.03 if chance.random() < 0.75 else None)
            with self._lock:
                self.outcomes[outcome] += 1

    def cancel(self, query_id: str) -> None:
        """The query may be over by now."""
        assert self._world.foz is not None
        with suppress(QueryNotFound):
            self._world.foz.asking.cancel(query_id, Caller(), 0)

    def ask(self, sql: str, cancel_after: float | None) -> str:
        foz = self._world.foz
        assert foz is not None
        with foz.asking.start(self._world.request(sql)) as answer:
            timer = None
            if cancel_after is not None:
                timer = threading.Timer(cancel_after, self.cancel, (answer.query_id,))
                timer.start()
            try:
                rows = sum(batch.num_rows for batch in answer.batches())
            except QueryCancelled:
                assert timer is not None, "a query that nobody had cancelled was"
                return "cancelled"
            finally:
                if timer is not None:
                    timer.cancel()
                    timer.join()
            assert rows == number_of_rows(sql), sql
            return "answered"


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thousand_cancels(places: Places, tmp_path: Path) -> None:
    stores = ("postgres", "mongodb")
    for store in stores:
        places[store].count_up("many", ROWS)
    documents = [document(places[store]) | {"id": store, "limits": {"maxConnections": 3}} for store in stores]
    with foz_over(documents, tmp_path, max_queries=THREADS) as world:
        storm = Storm(world)
        with ThreadPoolExecutor(THREADS) as pool:
            for running in [pool.submit(storm.run, SEED + number) for number in range(THREADS)]:
                running.result()
        assert storm.cancelled() >= CANCELS
        assert storm.outcomes["answered"] > 0
        for sql in sorted(QUERIES):
            assert world.ask(sql).num_rows == number_of_rows(sql)
        assert all(not places[store].running() for store in stores)
        assert world.foz is not None
        assert world.foz.asking.list(Caller()) == []
