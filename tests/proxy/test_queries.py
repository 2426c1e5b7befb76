"""A query whose reader is away, and one whose source is gone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cache.memory import MemoryStore
from cache.policy import Policy
from planner.errors import FozError, QueryCancelled, QueryTimeout, SourceUnavailable
from proxy.admission import Admission
from proxy.budget import Buffers
from proxy.caching import Caching
from proxy.deadlines import Watch
from proxy.execute import Executor
from proxy.freshness import Ages
from proxy.history import History
from proxy.jobs.memory import MemoryStore as Records
from proxy.jobs.results import Results
from proxy.jobs.service import Begin, Jobs
from proxy.jobs.store import Limits
from proxy.pipeline import Pipeline
from proxy.queries import Query
from proxy.request import Caller, Request
from proxy.residual import Engine
from proxy.result import delivered_schema
from proxy.run import Run
from proxy.settings import Settings
from proxy.telemetry import Metrics
from tests.planner.shop import CATALOG
from tests.proxy.lists import KEYED, ListStore, Rows, plan, sources_of, step
from translators.control import Control

POLICY = Policy(1_000_000, 100_000)


@pytest.fixture
def executor(tmp_path: Path) -> Iterator[Executor]:
    engine = Engine(256 << 20, str(tmp_path))
    executor = Executor(engine, Buffers(32 << 20), str(tmp_path))
    yield executor
    executor.close()
    engine.close()


@pytest.mark.parametrize("residual", [None, "SELECT * FROM f0"])
@pytest.mark.parametrize("end", ["deadline", "cancel"])
def test_a_query_that_ends_while_nobody_reads_gives_everything_back(executor: Executor, residual: str | None, end: str) -> None:
    store, admission, watch = ListStore(), Admission(running=1, waiting=0), Watch()

    def run(control: Control) -> Run:
        query = plan(residual, step("f0", "a", Rows(batches=100_000)))
        return Run(
            delivered_schema(KEYED),
            admission.place,
            lambda: executor.execute(query, sources_of({"a": store}), control),
            control,
            first_batch_sent=None,
        )

    ended: list[FozError | None] = []
    query = Query(
        Caller(),
        "r_test",
        KEYED,
        delivered_schema(KEYED),
        run,
        lambda _, __, error: ended.append(error),
        executor.room.submit,
        {"status": "bypass"},
    )
    batches = query.batches()
    next(batches)
    if end == "deadline":
        query.control.limit(1)
        watch.add(query.control)
    else:
        query.control.cancel()
    query.done.wait()
    assert (store.open, store.started) == (0, store.finished)
    admission.enter(Control())
    expected = QueryTimeout if end == "deadline" else QueryCancelled
    with pytest.raises(expected):
        next(batches)
    assert [type(error) for error in ended] == [expected]
    watch.close()


def test_a_source_that_is_removed_before_the_query_begins_is_unavailable(executor: Executor, tmp_path: Path) -> None:
    watch, metrics = Watch(), Metrics()

    def jobs(begin: Begin) -> Jobs:
        results = Results(f"file://{tmp_path}", 1_000_000, 1_000_000)
        return Jobs(Records(time.time), results, begin, 1, Limits(), 60, metrics, shared=False)

    caching = Caching(
        MemoryStore(POLICY, lambda: 0.0),
        POLICY,
        Ages(1000, 0),
        unheard=lambda path: "nobody tells",
        settled=lambda: True,
        stores=dict,
        requested=lambda level, outcome: None,
        build="test",
    )
    pipeline = Pipeline(
        lambda: CATALOG,
        dict,
        executor.engine,
        Admission(running=1, waiting=0),
        watch,
        executor,
        Settings(),
        metrics,
        caching,
        History(None, lambda source, ratio: None),
        jobs,
    )
    request = Request("SELECT id FROM shop.orders", Caller(), "r_test", "test")
    with pipeline.start(request) as query, pytest.raises(SourceUnavailable):
        next(query.batches())
    assert pipeline.list(Caller()) == []
    pipeline.jobs.close()
    watch.close()
