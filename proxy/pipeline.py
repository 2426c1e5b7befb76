"""The way of a request, the same for every protocol and every store.

    request ─ parse ─ bind ─ plan ─ route ─ execute ─ answer

The cache and jobs are not built: every answer is computed, and what is asked to become a job is refused.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar

from planner.bind import as_called, bind, describable, resolve
from planner.catalog import Catalog, Grants, Source
from planner.errors import FozError, RequestInvalid, SourceUnavailable, Unsupported
from planner.explain import receipt
from planner.fingerprint import answer_shape
from planner.literals import render
from planner.parameters import Render, given, keys
from planner.parse import Statement, parse, unexplained
from planner.plan import Field, Fragment, Left, Plan, Taken
from planner.split import plan
from proxy.account import Account, nobody
from proxy.admission import Admission
from proxy.deadlines import Watch
from proxy.execute import Executor, timeout_ms
from proxy.explained import Explained
from proxy.queries import Queries, Query, Running
from proxy.reading import Sources
from proxy.request import Caller, Parameter, Prepared, Request
from proxy.residual import Engine
from proxy.result import delivered_columns, delivered_schema, is_carried, with_deliverable_types
from proxy.run import Run
from proxy.settings import Settings
from proxy.telemetry import Metrics, span
from translators.base import Store
from translators.control import Control
from translators.registry import store_type

Value = TypeVar("Value")

PLANS_KEPT = 1000
DESCRIPTIONS_KEPT = 4000


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
        unavailable: Callable[[str], None] = nobody,
    ) -> None:
        self._catalog = catalog
        self._stores = stores
        self._engine = engine
        self._admission = admission
        self._watch = watch
        self._executor = executor
        self._settings = settings
        self._metrics = metrics
        self._unavailable = unavailable
        self._queries = Queries()
        self._plans: _Kept[Plan] = _Kept(PLANS_KEPT)
        self._descriptions: _Kept[tuple[Field, ...]] = _Kept(DESCRIPTIONS_KEPT)
        self._visible: _Kept[Catalog] = _Kept(64)

    # What a way in may ask

    def prepare(self, request: Request) -> Prepared:
        statement = parse(request.sql, request.dialect)
        snapshot = self._snapshot(request.caller.grants)
        references = resolve(statement, snapshot, request.catalog, request.schema)
        described = self._engine.describe(*describable(statement, references))
        columns = delivered_columns(as_called(described.columns, statement, references))
        if statement.explain is not None:
            columns = Explained.columns
        return Prepared(delivered_schema(columns), columns, described.parameters)

    def start(self, request: Request) -> Query:
        account = Account(request, self._metrics, self._unavailable)
        with account.planning():
            statement = self._parsed(request)
            if request.mode == "async":
                raise Unsupported("The mode async is not implemented yet: ask with mode sync or auto.")
            planned = self._planned(request, statement)
            columns = self._columns(request, planned)
        account.planned(planned)

        def run(control: Control) -> Running:
            return self._run(request, planned, columns, control, account)

        if statement.explain is not None:
            return self._registered(request, Explained.columns, Explained(statement, planned, run).run, account)
        return self._registered(request, columns, run, account)

    def explain(self, request: Request) -> dict[str, Any]:
        statement = self._parsed(request)
        return {
            "sql": unexplained(request.sql),
            **receipt(self._planned(request, statement)),
            "route": "now",
            "cache": {"status": "bypass"},
        }

    def find(self, query_id: str, caller: Caller) -> Query:
        return self._queries.find(query_id, caller)

    def list(self, caller: Caller) -> list[dict[str, Any]]:
        return [query.status() for query in self._queries.of(caller)]

    def cancel(self, query_id: str, caller: Caller, wait_seconds: float = 5.0) -> bool:
        query = self._queries.find(query_id, caller)
        query.control.cancel()
        if query.state == "pending":
            query.close()
        return query.done.wait(wait_seconds)

    def close(self) -> None:
        """Cancels every query."""
        for query in self._queries.all():
            query.close()

    # Parse, bind, plan

    def _parsed(self, request: Request) -> Statement:
        with span("parse"):
            _check_parameters(request)
            return parse(request.sql, request.dialect, _rendering(request.parameters))

    def _planned(self, request: Request, statement: Statement) -> Plan:
        snapshot = self._snapshot(request.caller.grants)
        key = (statement.text, snapshot.version, request.caller.grants, request.catalog, request.schema)
        known = self._plans.get(key)
        if known is None:
            with span("plan"):
                bound = bind(statement, snapshot, self._describe, request.catalog, request.schema)
                known = _deliverable(plan(bound, _take, self._describe))
            self._plans.put(key, known)
        for source_id in {step.fragment.source for step in known.steps}:
            _check_reachable(snapshot.by_id[source_id])
        return known

    def _columns(self, request: Request, planned: Plan) -> tuple[Field, ...]:
        """The answer's columns as delivered. Parameters have become literals by now, which must not show in a name."""
        columns = delivered_columns(planned.columns)
        if not request.parameters:
            return columns
        key = ("names", request.sql, self._catalog().version, request.caller.grants, request.catalog, request.schema)
        named = self._descriptions.get(key)
        if named is None:
            named = self.prepare(replace(request, parameters=())).columns
            self._descriptions.put(key, named)
        return tuple(Field(name.name, column.type) for name, column in zip(named, columns, strict=True))

    def _snapshot(self, grants: Grants) -> Catalog:
        """The catalogue as a caller with these grants sees it."""
        whole = self._catalog()
        key = (whole.version, grants)
        visible = self._visible.get(key)
        if visible is None:
            visible = whole.visible_to(grants)
            self._visible.put(key, visible)
        return visible

    def _describe(self, sql: str, tables: Mapping[str, Sequence[Field]], names: Mapping[str, str]) -> tuple[Field, ...]:
        key = answer_shape(sql)
        known = self._descriptions.get(key)
        if known is None:
            known = self._engine.describe(sql, tables, names).columns
            self._descriptions.put(key, known)
        return known

    # Execute

    def _run(self, request: Request, planned: Plan, columns: tuple[Field, ...], control: Control, account: Account) -> Running:
        sources = self._catalog().by_id
        longest = request.timeout_ms or self._settings.query_timeout_ms
        control.limit(timeout_ms(planned, sources, longest))
        self._watch.add(control)
        limits = {source_id: source.limits for source_id, source in sources.items()}
        open_ended = request.mode == "auto" and request.timeout_ms is None
        return Run(
            delivered_schema(columns),
            self._admission,
            lambda: self._executor.execute(planned, Sources(self._stores(), limits), control, account.read),
            control,
            (lambda: self._extend(control)) if open_ended else None,
        )

    def _extend(self, control: Control) -> None:
        """The first batch is on its way: from here the query may take what a job may."""
        self._watch.remove(control)
        control.limit(self._settings.job_timeout_ms)
        self._watch.add(control)

    def _registered(
        self, request: Request, columns: tuple[Field, ...], run: Callable[[Control], Running], account: Account
    ) -> Query:
        def ended(query: Query, seconds: float, error: FozError | None) -> None:
            self._watch.remove(query.control)
            self._queries.remove(query)
            account.ended(seconds, error, query.rows)

        query = Query(request.caller, request.request_id, columns, delivered_schema(columns), run, ended)
        self._queries.add(query)
        return query


def _take(fragment: Fragment, source: Source) -> Taken:
    for output in fragment.outputs:
        if not is_carried(output.type):
            return Taken(None, (Left(fragment.query, f"Arrow has no type for {output.type}"),))
    return store_type(source.type).take(fragment, source)


def _deliverable(planned: Plan) -> Plan:
    if planned.residual is None:
        return planned
    return replace(planned, residual=with_deliverable_types(planned.residual, planned.columns))


def _check_reachable(source: Source) -> None:
    """A source that went down keeps its tables, so that its queries are told so."""
    if source.problem is not None:
        raise SourceUnavailable(f"The source {source.id} is down: {source.problem}", source=source.id)


def _check_parameters(request: Request) -> None:
    """A parameter too many is a mistake too; one too few shows when it is bound."""
    count = len(request.parameters)
    if count:
        used = {str(key) for key in keys(unexplained(request.sql))}
        named = request.parameters.keys() if isinstance(request.parameters, Mapping) else map(str, range(1, count + 1))
        extra = [name for name in named if name not in used]
        if extra:
            raise RequestInvalid(f"{count} parameters were given, but the query has no ${extra[0]}.", field="params")


def _rendering(parameters: tuple[Parameter, ...] | Mapping[str, Parameter]) -> Render:
    if isinstance(parameters, Mapping):
        return given({name: render(each.value, each.type) for name, each in parameters.items()})
    return given([render(each.value, each.type) for each in parameters])


class _Kept(Generic[Value]):
    """The most recently used values by key; used by many threads at once."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: Value) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._capacity:
                self._values.popitem(last=False)
