"""From a request to its plan, with what was planned before remembered.

    request ─ parameters bound ─ text known? ─ pattern known? ─ shape known? ─ parse ─ bind ─ plan
                                     │               │               │
                                  its plan    integers filled in   constants put in, planned anew

Everything remembered is keyed by the catalogue's version and epoch and the caller's grants: a plan made for one caller is never
another's.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from planner.bind import Bound, as_called, bind, describable, resolve
from planner.catalog import Catalog, Grants, Source
from planner.errors import RequestInvalid, SourceUnavailable
from planner.fingerprint import Shape, shape
from planner.literals import render
from planner.parameters import Render, given, keys, put
from planner.parse import Explain, explained, parse
from planner.pattern import Pattern, all_integers, marks, pattern
from planner.plan import Field, Fragment, Left, Plan, Taken
from planner.split import plan
from proxy.described import Described
from proxy.explained import EXPLAINED
from proxy.recent import Recent
from proxy.request import Parameter, Prepared, Request
from proxy.result import delivered_columns, delivered_schema, is_carried, with_deliverable_types
from proxy.telemetry import span
from translators.registry import store_type

PLANS = 1000
SHAPES = 1000
VIEWS = 64

SEEN: Literal["seen"] = "seen"
"""A shape that came once: a pattern costs as much as a plan, and pays only where the shape comes again."""
NO_PATTERN: Literal["none"] = "none"

Describe = Callable[[str, Mapping[str, Sequence[Field]], Mapping[str, str]], Described]


@dataclass(frozen=True, eq=False)
class Planned:
    """What a request became: its plan, how it is to be explained (None: not at all), and its columns as they are delivered."""

    plan: Plan
    explain: Explain | None
    columns: tuple[Field, ...]


@dataclass(frozen=True)
class _Session:
    """What a text's meaning depends on beside the text."""

    catalog: str
    epoch: str
    grants: Grants
    dialect: str
    default_source: str | None
    default_schema: str | None


class Planning:
    """Plans requests over the catalogue's present snapshot; used by many threads at once."""

    def __init__(self, catalog: Callable[[], Catalog], describe: Describe) -> None:
        self._catalog = catalog
        self._describe = describe
        self._plans: Recent[Plan] = Recent(PLANS)
        self._shapes: Recent[Bound] = Recent(SHAPES)
        self._patterns: Recent[Pattern | Literal["seen", "none"]] = Recent(SHAPES)
        self._prepared: Recent[Prepared] = Recent(PLANS)
        self._views: Recent[Catalog] = Recent(VIEWS)

    def prepare(self, request: Request) -> Prepared:
        """What the text says without its parameters. Raises SqlError, SourceUnavailable."""
        view = self._view(request.caller.grants)
        key = (request.sql, _session(request, view))
        known = self._prepared.get(key)
        if known is None:
            statement = parse(request.sql, request.dialect)
            references = resolve(statement, view, request.catalog, request.schema)
            described = self._describe(*describable(statement, references))
            columns = delivered_columns(as_called(described.columns, statement, references))
            if statement.explain is not None:
                columns = EXPLAINED
            known = Prepared(delivered_schema(columns), columns, described.parameters)
            self._prepared.put(key, known)
        return known

    def plan(self, request: Request) -> Planned:
        """Raises SqlError, RequestInvalid, SourceUnavailable."""
        with span("parse"):
            _check_parameters(request)
            explain, text = explained(request.sql)
            text = put_in(text, request.parameters)
        view = self._view(request.caller.grants)
        session = _session(request, view)
        known = self._plans.get((text, session))
        if known is None:
            with span("plan"):
                known = self._new(text, request, view, session)
            self._plans.put((text, session), known)
        for source_id in {step.fragment.source for step in known.steps}:
            _check_reachable(view.by_id[source_id])
        return Planned(known, explain, self._named(request, explain, delivered_columns(known.columns)))

    def _new(self, text: str, request: Request, view: Catalog, session: _Session) -> Plan:
        """The plan of a text that was not asked before; a shape that has a pattern only fills it."""
        if request.dialect != "duckdb":
            bound = bind(parse(text, request.dialect), view, self._columns_of, request.catalog, request.schema)
            return self._cut(bound)
        common = shape(text)
        key = (common.text, common.kinds, session)
        known = self._patterns.get(key) if all_integers(common.constants) else NO_PATTERN
        if isinstance(known, Pattern):
            return known.filled(common.constants)
        planned = self._cut(self._bound(text, common, request, view, session))
        if known is None:
            self._patterns.put(key, SEEN)
        elif known is SEEN:
            self._patterns.put(key, self._pattern(planned, common, session) or NO_PATTERN)
        return planned

    def _pattern(self, planned: Plan, common: Shape, session: _Session) -> Pattern | None:
        bound = self._shapes.get((common.text, common.kinds, session))
        if bound is None or bound.qualified is None:
            return None
        return pattern(self._cut(bound.with_constants(marks(len(common.constants)))), planned, common.constants)

    def _cut(self, bound: Bound) -> Plan:
        return _deliverable(plan(bound, _take, self._columns_of))

    def _bound(self, text: str, common: Shape, request: Request, view: Catalog, session: _Session) -> Bound:
        """The text's names resolved; a text of a known shape only puts its constants in."""
        key = (common.text, common.kinds, session)
        known = self._shapes.get(key)
        if known is None:

            def described(sql: str, tables: Mapping[str, Sequence[Field]], names: Mapping[str, str]) -> tuple[Field, ...]:
                return self._columns_of(common.filled(sql), tables, names)

            known = bind(parse(common.text), view, described, request.catalog, request.schema)
            self._shapes.put(key, known)
        return known.with_constants(common.constants)

    def _named(self, request: Request, explain: Explain | None, columns: tuple[Field, ...]) -> tuple[Field, ...]:
        """The columns by the caller's own text: parameters have become literals, which must not show in a name."""
        if explain is not None:
            return EXPLAINED
        if not request.parameters:
            return columns
        names = self.prepare(request).columns
        if len(names) != len(columns):
            return columns  # UNNEST of a struct: how many columns it gives is told by the value alone.
        return tuple(Field(name.name, column.type) for name, column in zip(names, columns, strict=True))

    def _columns_of(self, sql: str, tables: Mapping[str, Sequence[Field]], names: Mapping[str, str]) -> tuple[Field, ...]:
        return self._describe(sql, tables, names).columns

    def _view(self, grants: Grants) -> Catalog:
        """The catalogue as a caller with these grants sees it."""
        whole = self._catalog()
        key: Hashable = (whole.version, whole.epoch, grants)
        view = self._views.get(key)
        if view is None:
            view = whole.visible_to(grants)
            self._views.put(key, view)
        return view


def put_in(text: str, parameters: tuple[Parameter, ...] | Mapping[str, Parameter]) -> str:
    """The text with its parameters as literals. Raises RequestInvalid where one is missing."""
    return put(text, _rendering(parameters))


def _rendering(parameters: tuple[Parameter, ...] | Mapping[str, Parameter]) -> Render:
    if isinstance(parameters, Mapping):
        return given({name: render(each.value, each.type) for name, each in parameters.items()})
    return given([render(each.value, each.type) for each in parameters])


def _check_parameters(request: Request) -> None:
    """A parameter too many is a mistake too; one too few shows when it is bound."""
    count = len(request.parameters)
    if count:
        used = {str(key) for key in keys(explained(request.sql)[1])}
        named = request.parameters.keys() if isinstance(request.parameters, Mapping) else map(str, range(1, count + 1))
        extra = [name for name in named if name not in used]
        if extra:
            raise RequestInvalid(f"{count} parameters were given, but the query has no ${extra[0]}.", field="params")


def _session(request: Request, view: Catalog) -> _Session:
    return _Session(view.version, view.epoch, request.caller.grants, request.dialect, request.catalog, request.schema)


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
