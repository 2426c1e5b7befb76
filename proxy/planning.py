"""From a request to its plan, with what was planned before remembered.

    request ─ parameters bound ─ text known? ─ pattern known? ─ shape known? ─ parse ─ bind ─ plan
                                     │               │               │
                                  its plan    constants filled in  constants put in, planned anew

Everything remembered is keyed by the catalogue's version, the caller's grants and the session: a plan made for one caller is
never another's. What was chosen by statistics is made anew once those of its own tables have moved on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, NamedTuple

import pyarrow as pa

from planner.bind import Bound, as_called, bind, describable, resolve
from planner.catalog import EVERYTHING, Catalog, Grants, Source, Table
from planner.clock import at
from planner.errors import RequestInvalid, SourceUnavailable
from planner.fingerprint import Shape, shape
from planner.likeness import Whole, whole
from planner.literals import render
from planner.parameters import Render, given, keys, put
from planner.parse import Explain, explained, parse
from planner.pattern import Constant, Pattern, Skeleton, all_integers, fillable, given_constants, marks, pattern, runs, skeleton
from planner.plan import Field, Fragment, Left, Plan, Taken
from planner.rules.constants import Compute
from planner.split import plan
from proxy.alike import Alike
from proxy.described import Described
from proxy.explained import EXPLAINED
from proxy.remembered import Remembered
from proxy.request import Parameter, Prepared, Request
from proxy.result import delivered_columns, delivered_schema, is_carried, with_deliverable_types
from proxy.telemetry import span
from translators.registry import store_type

PLANS_BYTES = 32 << 20
SHAPES_BYTES = 32 << 20
PATTERNS_BYTES = 16 << 20
PREPARED_BYTES = 8 << 20
VIEWS = 64

_PLAN_BYTES = 180
_BOUND_BYTES = 320
"""What a plan and a bound query take in memory for each character of their text (measured from 46 to 12,000 characters)."""

SEEN: Literal["seen"] = "seen"
"""A shape that came once: a pattern costs as much as a plan, and pays only where the shape comes again."""
NO_PATTERN: Literal["none"] = "none"

Describe = Callable[[str, Mapping[str, Sequence[Field]], Mapping[str, str]], Described]


@dataclass(frozen=True, eq=False)
class Planned:
    """What a request became: its plan, how it is to be explained (None: not at all), its columns as they are delivered, the Arrow
    schema of those, and what it is like to history."""

    plan: Plan
    explain: Explain | None
    columns: tuple[Field, ...]
    schema: pa.Schema
    whole: Whole


class _Session(NamedTuple):
    """What a text's meaning depends on beside the text."""

    catalog: str
    grants: tuple[str, ...]
    dialect: str
    default_source: str | None
    default_schema: str | None


@dataclass(frozen=True, eq=False)
class _Made:
    """A plan, the tables whose statistics it was made under, its columns as they are delivered, and what it is like. It is
    `lasting` unless the moment at which it was made is part of it."""

    plan: Plan
    tables: tuple[Table, ...]
    columns: tuple[Field, ...]
    schema: pa.Schema
    whole: Whole
    lasting: bool = True


@dataclass(frozen=True, eq=False)
class _MadePattern:
    """A pattern, the plan that it was made from, the skeleton of a text whose constants are all integers, and what its plans are
    like."""

    pattern: Pattern
    skeleton: Skeleton | None
    made: _Made
    like: Alike

    def filled(self, constants: Sequence[Constant]) -> _Made | None:
        plan, made = self.pattern.filled(constants), self.made
        return _Made(plan, made.tables, made.columns, made.schema, self.like.whole(constants)) if plan is not None else None


class Planning:
    """Plans requests over the catalogue's present snapshot; used by many threads at once."""

    def __init__(self, catalog: Callable[[], Catalog], describe: Describe, compute: Compute) -> None:
        self._catalog = catalog
        self._describe = describe
        self._compute = compute
        self._plans: Remembered[_Made] = Remembered(PLANS_BYTES)
        self._shapes: Remembered[Bound] = Remembered(SHAPES_BYTES)
        self._patterns: Remembered[_MadePattern | Literal["seen", "none"]] = Remembered(PATTERNS_BYTES)
        self._alike: Remembered[_MadePattern] = Remembered(PATTERNS_BYTES)
        self._prepared: Remembered[Prepared] = Remembered(PREPARED_BYTES)
        self._views: OrderedDict[Hashable, Catalog] = OrderedDict()

    def prepare(self, request: Request) -> Prepared:
        """What the text says without its parameters. Raises SqlError, SourceUnavailable."""
        view = self._view(request.caller.grants)
        key = (request.sql, _session(request, view))
        known = self._prepared.get(key, view)
        if known is None:
            statement = parse(request.sql, request.dialect)
            references = resolve(statement, view, request.catalog, request.schema)
            described = self._describe(*describable(statement, references))
            columns = delivered_columns(as_called(described.columns, statement, references))
            if statement.explain is not None:
                columns = EXPLAINED
            known = Prepared(delivered_schema(columns), columns, described.parameters)
            self._prepared.put(key, known, len(request.sql), view)
        return known

    def plan(self, request: Request) -> Planned:
        """Raises SqlError, RequestInvalid, SourceUnavailable."""
        with span("parse"):
            _check_parameters(request)
            explain, text = explained(request.sql)
            text = put_in(text, request.parameters)
        view = self._view(request.caller.grants)
        session = _session(request, view)
        made = self._plans.get((text, session), view)
        if made is None:
            with span("plan"):
                made = self._new(text, request, view, session)
            if made.lasting:
                self._plans.put((text, session), made, _PLAN_BYTES * len(text), view, made.tables)
        for step in made.plan.steps:
            _check_reachable(view.by_id[step.fragment.source])
        if explain is None and not request.parameters:
            return Planned(made.plan, None, made.columns, made.schema, made.whole)
        columns = self._named(request, explain, made.columns)
        return Planned(made.plan, explain, columns, delivered_schema(columns), made.whole)

    def _new(self, text: str, request: Request, view: Catalog, session: _Session) -> _Made:
        """The plan of a text that was not asked before; a shape that has a pattern only fills it."""
        if request.dialect != "duckdb":
            return self._cut(bind(parse(text, request.dialect), view, self._columns_of, request.catalog, request.schema), view)
        between, digits = runs(text)
        alike = self._alike.get((between, session), view)
        integers = alike.skeleton.integers(digits) if alike is not None and alike.skeleton is not None else None
        filled = alike.filled([(each, False) for each in integers]) if alike is not None and integers is not None else None
        if filled is not None:
            return filled
        common = shape(text)
        key = (common.text, common.kinds, session)
        known = self._patterns.get(key, view)
        if known is None:
            # It may never come again: nothing is made for others of its shape before it does.
            self._patterns.put(key, SEEN, 0, view)
            statement = parse(text, tokens=common.tokens)
            return self._cut(bind(statement, view, self._columns_of, request.catalog, request.schema), view)
        filled = known.filled(given_constants(common.constants)) if isinstance(known, _MadePattern) else None
        if isinstance(known, _MadePattern) and filled is not None:
            if all_integers(common.constants):
                again = replace(known, skeleton=skeleton(text, common.starts))
                self._alike.put((between, session), again, _PLAN_BYTES * len(text), view, known.made.tables)
            return filled
        bound = self._bound(key, common, request, view)
        made = self._cut(bound.with_constants(common.constants), view)
        if known is SEEN and common.constants and fillable(common.constants):
            found = self._pattern(bound, made, common, view)
            self._patterns.put(key, found or NO_PATTERN, _PLAN_BYTES * len(text) if found is not None else 0, view, made.tables)
        return made

    def _pattern(self, bound: Bound, made: _Made, common: Shape, view: Catalog) -> _MadePattern | None:
        if bound.qualified is None or not made.lasting:
            return None
        marked = marks(common.constants)
        plan = self._cut(bound.with_constants(marked), view).plan
        found = pattern(plan, marked, made.plan, common.constants)
        if found is None:
            return None
        (step,) = plan.steps
        return _MadePattern(found, None, made, Alike(made.whole, step.fragment, marked, view.by_id[step.fragment.source]))

    def _cut(self, bound: Bound, view: Catalog) -> _Made:
        tables = tuple(reference.table for reference in bound.references)
        columns = delivered_columns(bound.columns)
        made = _deliverable(plan(at(bound, datetime.now(UTC)), _take, self._columns_of, self._compute))
        return _Made(made, tables, columns, delivered_schema(columns), whole(made, view.by_id), not bound.statement.clocked)

    def _bound(self, key: Hashable, common: Shape, request: Request, view: Catalog) -> Bound:
        """The names of a shape's text resolved, with its parameters in it."""
        known = self._shapes.get(key, view)
        if known is None:

            def described(sql: str, tables: Mapping[str, Sequence[Field]], names: Mapping[str, str]) -> tuple[Field, ...]:
                return self._columns_of(common.filled(sql), tables, names)

            known = bind(parse(common.text), view, described, request.catalog, request.schema)
            self._shapes.put(key, known, _BOUND_BYTES * len(common.text), view)
        # What a query means hangs on no statistics, but its plan does: it is made with those of the moment.
        return known.over(view)

    def _named(self, request: Request, explain: Explain | None, columns: tuple[Field, ...]) -> tuple[Field, ...]:
        """The columns by the caller's own text: parameters have become literals, which must not show in a name."""
        if explain is not None:
            return EXPLAINED
        names = self.prepare(request).columns
        if len(names) != len(columns):
            return columns  # UNNEST of a struct: how many columns it gives is told by the value alone.
        return tuple(Field(name.name, column.type) for name, column in zip(names, columns, strict=True))

    def _columns_of(self, sql: str, tables: Mapping[str, Sequence[Field]], names: Mapping[str, str]) -> tuple[Field, ...]:
        return self._describe(sql, tables, names).columns

    def _view(self, grants: Grants) -> Catalog:
        """The catalogue as a caller with these grants sees it."""
        whole = self._catalog()
        if grants == EVERYTHING:
            return whole
        key: Hashable = (whole.version, whole.epoch, grants)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = whole.visible_to(grants)
            while len(self._views) > VIEWS:
                self._views.popitem(last=False)
        return view


def put_in(text: str, parameters: tuple[Parameter, ...] | Mapping[str, Parameter]) -> str:
    """The text with its parameters as literals. Raises RequestInvalid where one is missing."""
    # A text without either character has no parameter: nothing has to be looked for.
    return put(text, _rendering(parameters)) if "?" in text or "$" in text else text


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
    return _Session(view.version, request.caller.grants.patterns, request.dialect, request.catalog, request.schema)


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
