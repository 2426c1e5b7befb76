"""The way of a request, the same for every protocol and every store.

    request ─ parse ─ bind ─ plan ─ cache? ─ route ─┬─ execute ─ answer
                                                    └─ job ─ queryId ─ execute ─ answer

`proxy.planning` is the first half, this page the second, `proxy.jobs` what waits. A query that turns out long becomes a job while
it runs, as long as none of its rows has been sent.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cache.store import Entry
from planner.catalog import Catalog
from planner.errors import FozError, Internal, QueryNotFound, QueryTimeout, SourceUnavailable
from planner.parse import Explain, explained
from planner.plan import Step
from planner.route import Route, may_be_long, route
from proxy.account import Account, nobody
from proxy.admission import Admission
from proxy.answered import Answered
from proxy.caching import NOT_ASKED, Caching, Consulted
from proxy.deadlines import Watch
from proxy.execute import Executor, timeout_ms
from proxy.expectation import As, Expectation, told
from proxy.explained import Explanation, described
from proxy.flights import Kept
from proxy.history import History
from proxy.jobs.service import Begin, Jobs
from proxy.kept_fragments import NONE, Fragments, KeptInput, keeping
from proxy.planning import Planned, Planning
from proxy.queries import Query, Running
from proxy.reading import Observation, Sources
from proxy.register import Queries, states
from proxy.request import Answer, Caller, Prepared, Request, Spooled
from proxy.residual import Engine
from proxy.result import delivered_columns, delivered_schema
from proxy.run import Run
from proxy.settings import Settings
from proxy.telemetry import Metrics, span
from translators.base import Depth, Store
from translators.control import Control


@dataclass(frozen=True)
class Considered:
    """What the cache and the history say of a query before it runs, and where it goes (None: nowhere, being an EXPLAIN or what
    the cache has)."""

    consulted: Consulted
    fragments: Fragments
    expectation: Expectation
    route: Route | None


class Pipeline:
    """What every way in asks (`proxy.request.Asking`); used by many threads at once, closed once."""

    def __init__(
        self,
        catalog: Callable[[], Catalog],
        stores: Callable[[], Mapping[str, Store]],
        engine: Engine,
        admission: Admission,
        watch: Watch,
        executor: Executor,
        settings: Settings,
        metrics: Metrics,
        caching: Caching,
        history: History,
        jobs: Callable[[Begin], Jobs],
        unavailable: Callable[[str], None] = nobody,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._catalog = catalog
        self._stores = stores
        self._planning = Planning(catalog, engine.describe, engine.compute)
        self._admission = admission
        self._watch = watch
        self._executor = executor
        self._settings = settings
        self._metrics = metrics
        self._caching = caching
        self._history = history
        self._unavailable = unavailable
        self._clock = clock
        self._queries = Queries()
        self.jobs = jobs(self.begin_job)

    def prepare(self, request: Request) -> Prepared:
        return self._planning.prepare(request)

    def start(self, request: Request) -> Answer:
        account = Account(request, self._metrics, self._unavailable)
        with account.planning():
            planned = self._planning.plan(request)
            considered = self._considered(request, planned)
            chosen = considered.route
            if chosen is not None:
                self._metrics.routes.labels(chosen.to, chosen.why).inc()
            if chosen is not None and chosen.to == "job":
                account.route = "job"
                job = self._submitted(account.recorded(), planned, considered, chosen)
                account.ended(0.0, None)
                return job
        if chosen is None and considered.consulted.entry is not None:
            return self._answered(request, planned, considered, considered.consulted.entry, account)
        return self._begun(request, planned, considered, account)

    def begin_job(self, request: Request, query_id: str) -> Query:
        """A recorded request, to be run here now under its queryId."""
        account = Account(request, self._metrics, self._unavailable, route="job")
        with account.planning():
            planned = self._planning.plan(request)
            considered = self._considered(request, planned)
        return self._begun(request, planned, considered, account, query_id)

    def _considered(self, request: Request, planned: Planned) -> Considered:
        """What is known of a query before it runs."""
        if planned.explain is not None:
            return Considered(NOT_ASKED, NONE, self._expected(planned, NOT_ASKED, NONE), None)
        consulted = self._consulted(request, planned)
        fragments = self._kept(request, planned, consulted)
        expectation = self._expected(planned, consulted, fragments)
        if consulted.entry is not None and request.mode != "async":
            return Considered(consulted, fragments, expectation, None)
        chosen = self._route(request, planned, expectation)
        # Whoever may be sent away follows a job that runs: reading again would cost the source what it is just doing.
        if may_be_long(chosen, expectation.prediction) and self.jobs.leads(consulted.alike(request)):
            chosen = replace(chosen, to="job", why="the same query runs as a job already")
        return Considered(consulted, fragments, expectation, chosen)

    def _submitted(self, request: Request, planned: Planned, considered: Considered, chosen: Route) -> Answer:
        predicted, consulted = told(considered.expectation.prediction), considered.consulted
        return self.jobs.submit(
            request,
            planned.columns,
            planned.schema,
            NOT_ASKED.labels(),
            predicted,
            chosen.told(),
            consulted.alike(request),
            consulted.max_age_seconds(),
        )

    def _route(self, request: Request, planned: Planned, expectation: Expectation) -> Route:
        usual = timeout_ms(planned.plan, self._catalog().by_id, self._settings.query_timeout_ms, None)
        return route(request.mode, usual, request.timeout_ms is not None, expectation.prediction)

    def _answered(self, request: Request, planned: Planned, considered: Considered, entry: Entry, account: Account) -> Answered:
        """What the cache has, on its way to whoever asked."""
        account.expects(considered.expectation)
        labels, predicted = considered.consulted.labels(), considered.expectation.prediction
        ended = partial(self._given, account)
        answer = Answered(request.caller, planned.columns, planned.schema, entry, labels, predicted, ended)
        self._queries.add(answer)
        self._renew(request, considered.consulted)
        return answer

    def _begun(
        self, request: Request, planned: Planned, considered: Considered, account: Account, query_id: str | None = None
    ) -> Query:
        consulted, fragments, expectation = considered.consulted, considered.fragments, considered.expectation
        account.expects(expectation, residual=planned.plan.residual is not None)
        query = Query(
            request.caller,
            request.request_id,
            planned.columns,
            planned.schema,
            run=lambda control: self._run(request, planned, consulted, fragments, query, account),
            ended=lambda query, seconds, error: self._ended(query, seconds, error, account),
            submit=self._executor.room.submit,
            cache=consulted.labels(),
            predicted=expectation.prediction,
            query_id=query_id,
        )
        self._queries.add(query)
        self._renew(request, consulted)
        return query

    def explain(self, request: Request) -> dict[str, Any]:
        return self._described(request, self._planning.plan(request))

    def find(self, query_id: str, caller: Caller) -> Answer:
        return self._queries.find(query_id, caller) or self.jobs.answer(query_id, caller)

    def job(self, query_id: str, caller: Caller) -> Spooled:
        if self._queries.find(query_id, caller) is not None:
            raise QueryNotFound(f"The rows of the query {query_id} go to the call that asked it, unless it becomes a job.")
        return self.jobs.answer(query_id, caller)

    def renew(self, query_id: str, caller: Caller) -> Spooled:
        return self.jobs.renew(query_id, caller)

    def list(self, caller: Caller) -> list[dict[str, Any]]:
        found = [*(query.status() for query in self._queries.of(caller)), *self.jobs.of(caller)]
        return sorted(found, key=lambda status: str(status["createdAt"]), reverse=True)

    async def states(self, query_id: str, caller: Caller, seconds: float) -> AsyncGenerator[dict[str, Any], None]:
        query, until = self._queries.find(query_id, caller), time.monotonic() + seconds
        if query is not None:
            async for status in states(query, seconds):
                yield status
        if query is None or query.deferred:
            async for status in self.jobs.states(query_id, caller, until - time.monotonic()):
                yield status

    def cancel(self, query_id: str, caller: Caller, wait_seconds: float = 5.0) -> bool:
        query = self._queries.find(query_id, caller)
        if query is None:
            return self.jobs.cancel(query_id, caller, wait_seconds)
        return query.cancel(wait_seconds)

    def close(self) -> None:
        """Cancels every query, and leaves jobs to others where there are any."""
        self.jobs.stop()
        for query in self._queries.all():
            query.close()

    def _consulted(self, request: Request, planned: Planned) -> Consulted:
        with span("cache.lookup"):
            limit = Control(self._settings.query_timeout_ms)
            columns = planned.columns if planned.explain is None else delivered_columns(planned.plan.columns)
            return self._caching.consult(planned.plan, columns, self._catalog(), request, limit)

    def _renew(self, request: Request, consulted: Consulted) -> None:
        """Behind an answer that is given though it is out of date, reads anew: the next one shall not have to be."""
        if consulted.stale:
            self._executor.room.submit(lambda: self._read_anew(request, consulted.key))

    def _read_anew(self, request: Request, key: str) -> None:
        with self._caching.refreshing(key) as first, suppress(FozError):
            if first:
                with self.start(replace(request, mode="sync", cache="refresh", max_staleness_ms=0)) as query:
                    for _ in query.batches():
                        continue

    def _kept(self, request: Request, planned: Planned, consulted: Consulted) -> Fragments:
        """What the cache has to do with the fragments of a query that it does not answer as a whole."""
        if consulted.entry is not None:
            return NONE
        return self._caching.fragments(planned.plan, self._catalog(), request, Control(self._settings.query_timeout_ms))

    def _expected(self, planned: Planned, consulted: Consulted, fragments: Fragments) -> Expectation:
        way: As = "explained" if planned.explain is not None else "answered" if consulted.entry is not None else "read"
        return Expectation(
            self._history, planned.plan, planned.whole, self._stores(), self._catalog().by_id, tuple(fragments.kept), way
        )

    def _run(
        self,
        request: Request,
        planned: Planned,
        consulted: Consulted,
        fragments: Fragments,
        query: Query,
        account: Account,
    ) -> Running:
        control, sent = query.control, None
        place = partial(self._place, query)
        if planned.explain is not None:
            return self._explanation(planned.explain, request, planned, control, account)
        if consulted.entry is not None:
            return Kept(consulted.entry)
        if request.mode == "auto" and request.timeout_ms is None:
            # Once its first batch is on its way, a query may take as long as a job; until then, it may become one.
            sent = partial(control.limit, self._settings.job_timeout_ms)
            self._limit(request, planned, control, partial(self._becomes_job, query, request, planned, consulted, account))
        else:
            self._limit(request, planned, control)
        if consulted.fresh is None:
            return self._executed(planned, control, account, place, sent, fragments)
        return self._caching.keeping(
            consulted,
            request.cache,
            planned.schema,
            lambda reading: self._executed(planned, reading, account, place, None, fragments),
            control,
            sent,
        )

    def _place(self, query: Query, control: Control) -> AbstractContextManager[None]:
        """The place that a query takes while it runs; a job needs none: it has a worker."""
        return nullcontext() if query.is_job else self._admission.place(control)

    def _becomes_job(self, query: Query, request: Request, planned: Planned, consulted: Consulted, account: Account) -> bool:
        """Whether a query whose time is over may go on: as a job if nothing of it has been sent."""
        job = query.may_become_job()
        if not job and not query.streams:
            return False
        query.control.limit(self._settings.job_timeout_ms)
        if not job:
            return True  # Its first rows are on their way by now: it streams on.
        self._executor.room.submit(lambda: self._adopt(query, request, planned, consulted.alike(request), account))
        return True

    def _adopt(self, query: Query, request: Request, planned: Planned, alike: str, account: Account) -> None:
        try:
            query.become(self.jobs.adopt(query, account.recorded(), planned.columns, planned.schema, alike))
        except FozError as error:
            query.stay(QueryTimeout(f"The query took too long, and could not become a job: {error.message}"))
        except Exception:
            query.stay(Internal("Foz made a mistake when the query became a job."))
            raise
        else:
            account.became_job()
            self._metrics.promotions.inc()

    def _explanation(
        self, explain: Explain, request: Request, planned: Planned, control: Control, account: Account
    ) -> Explanation:
        def run() -> Running:
            self._limit(request, planned, control)
            return self._executed(planned, control, account, self._admission.place)

        if explain.store:
            self._sources(planned)
            self._limit(request, planned, control)
        return Explanation(
            explain,
            self._described(request, planned),
            planned.plan,
            run=run,
            ask=lambda step, depth: self._store_plan(planned, step, depth, control, account),
        )

    def _described(self, request: Request, planned: Planned) -> dict[str, Any]:
        now_ms = int(self._clock() * 1000)
        consulted = self._consulted(request, planned)
        expected = self._expected(replace(planned, explain=None), consulted, self._kept(request, planned, consulted))
        text, said, way = explained(request.sql)[1], consulted.described(), self._route(request, planned, expected)
        return described(text, planned.plan, planned.whole, now_ms, said, expected.prediction, way)

    def _store_plan(self, planned: Planned, step: Step, depth: Depth, control: Control, account: Account) -> str:
        """The store's own plan of one fragment, in the time and the place of a query."""
        sources, began = self._sources(planned), time.perf_counter()
        try:
            with self._admission.place(control):
                return self._executor.explain(step, depth, sources, control)
        except FozError as error:
            elapsed_ms = (time.perf_counter() - began) * 1000
            account.read(Observation(step.fragment.id, step.fragment.source, 0, 0, elapsed_ms, error.code))
            raise

    def _sources(self, planned: Planned) -> Sources:
        """What the plan reads, as it is now. Raises SourceUnavailable."""
        stores, sources = self._stores(), self._catalog().by_id
        for step in planned.plan.steps:
            if step.fragment.source not in stores or step.fragment.source not in sources:
                raise SourceUnavailable("The source was removed before the query began.", source=step.fragment.source)
        return Sources(stores, {source_id: source.limits for source_id, source in sources.items()})

    def _executed(
        self,
        planned: Planned,
        control: Control,
        account: Account,
        place: Callable[[Control], AbstractContextManager[None]],
        sent: Callable[[], None] | None = None,
        fragments: Fragments = NONE,
    ) -> Run:
        """The plan's execution; `sent` is called once, when its first batch was taken. Raises SourceUnavailable."""
        sources = keeping(self._sources(planned), planned.plan, fragments, self._caching.admits)
        given = {
            step.fragment.id: KeptInput(step, fragments.kept[step.fragment.id])
            for step in planned.plan.steps
            if step.fragment.id in fragments.kept
        }
        return Run(
            delivered_schema(planned.plan.columns) if planned.explain else planned.schema,
            place,
            lambda: self._executor.execute(planned.plan, sources, control, account.read, given),
            control,
            sent,
        )

    def _limit(self, request: Request, planned: Planned, control: Control, instead: Callable[[], bool] | None = None) -> None:
        """From now on the query has the time that it may take, and is watched; `instead` may give it that of a job."""
        job_ms = self._settings.job_timeout_ms
        if request.mode == "async":
            control.limit(job_ms)
        else:
            usual = timeout_ms(planned.plan, self._catalog().by_id, self._settings.query_timeout_ms, request.timeout_ms)
            control.limit(usual, job_ms if instead is not None else 0, instead)
        self._watch.add(control)

    def _ended(self, query: Query, seconds: float, error: FozError | None, account: Account) -> None:
        self._watch.remove(query.control)
        self._queries.remove(query)
        account.ended(seconds, error, query.rows, query.bytes, query.waited)

    def _given(self, account: Account, answer: Answered, seconds: float, error: FozError | None) -> None:
        self._queries.remove(answer)
        account.ended(seconds, error, answer.rows, answer.entry.bytes)
