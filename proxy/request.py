"""What the ways in (Flight, HTTP, the command line) hand to the pipeline, and what they get back."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import pyarrow as pa

from planner.catalog import EVERYTHING, Grants
from planner.plan import Field

Mode = Literal["auto", "sync", "async"]
CacheUse = Literal["use", "refresh", "bypass"]


_FIRST_DIGITS = secrets.token_hex(4)
_numbers = itertools.count(1)


def new_request_id() -> str:
    """For a request that has none: told apart from all others, but no secret."""
    return f"r_{_FIRST_DIGITS}{next(_numbers):08x}"


@dataclass(frozen=True)
class Caller:
    """Who asks: the name of the token, what it may see, and whether it may administer. Without tokens, everybody is `open`."""

    name: str = "open"
    grants: Grants = EVERYTHING
    admin: bool = True


@dataclass(frozen=True)
class Parameter:
    """A bound value: a Python value (None, bool, int, float, Decimal, str, bytes, date, time, datetime, timedelta, UUID, list,
    dict) and its DuckDB type (`BIGINT`, `VARCHAR`, `DECIMAL(12,2)` …)."""

    value: Any = field(repr=False)
    type: str


@dataclass(frozen=True)
class Request:
    """One query as asked. `parameters` is a tuple for `?` and `$1`, a mapping for `$name`. `catalog` and `schema` are the
    session's defaults for tables that are named without them. `max_staleness_ms` is how old an answer may be that is known to
    be out of date. `limit` is how many rows a job of it keeps; whoever reads an answer that is none stops by himself.
    `traceparent` (W3C Trace Context) names the span that this request is a part of."""

    sql: str = field(repr=False)
    caller: Caller
    request_id: str
    protocol: str
    parameters: tuple[Parameter, ...] | Mapping[str, Parameter] = ()
    mode: Mode = "auto"
    cache: CacheUse = "use"
    dialect: str = "duckdb"
    timeout_ms: int | None = None
    max_staleness_ms: int = 0
    catalog: str | None = None
    schema: str | None = None
    limit: int | None = None
    traceparent: str | None = None


@dataclass(frozen=True)
class Part:
    """Chunks of a job's rows: from `first` on, up to but without `end` (None: to the last)."""

    first: int = 0
    end: int | None = None


ALL = Part()


@dataclass(frozen=True)
class Prepared:
    """A query that has been parsed and bound but not run: the answer's schema and its parameters in order (name, DuckDB type).

    `schema` is the delivered Arrow schema; `columns` the names and DuckDB types. `is_query` is False for a write.
    """

    schema: pa.Schema
    columns: tuple[Field, ...]
    parameters: tuple[Field, ...]
    is_query: bool = True


class Answer(Protocol):
    """A running query. Nothing has been read until `batches` is iterated; whoever holds it must `close` it (it is a context
    manager too), which stops every statement in every source and may be called at any time, twice, and from any thread."""

    query_id: str
    schema: pa.Schema
    columns: tuple[Field, ...]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Batches of `schema`, each under 3 MiB (a single larger row alone, up to 16 MiB); raises FozError only. Once."""

    def at_hand(self) -> tuple[pa.RecordBatch, ...] | None:
        """What `batches` would give, where it stands in memory already; None where it has to be read. Once, instead."""

    def status(self) -> dict[str, Any]:
        """The JSON of `GET /queries/{queryId}` (docs/http.md): queryId, status, createdAt, startedAt, finishedAt, progress,
        predicted, cache, error."""

    def stats(self) -> dict[str, Any]:
        """`{elapsedMs, sources: [{source, rows, bytes, elapsedMs}]}` so far."""

    def cache_status(self) -> dict[str, Any]:
        """`{status: bypass|hit|miss, freshness?: exact|notified|ttl, ageMs?, versions?, reason?}`."""

    def expires(self) -> datetime | None:
        """Until when at least the rows of a job are kept; None for what is no job."""

    @property
    def deferred(self) -> bool:
        """Whether it is a job: its rows are spooled, whoever has its queryId may read them, and closing it leaves it running."""

    def when_deferred(self, tell: Callable[[], None]) -> None:
        """Calls `tell` once it becomes a job, at once if it is one; on any thread."""

    @property
    def truncated(self) -> bool:
        """Whether a job has kept no more rows than its `limit` though there were; known at its end."""

    def close(self) -> None: ...

    def __enter__(self) -> Answer: ...

    def __exit__(self, *args: object) -> None: ...


class Spooled(Answer, Protocol):
    """The answer of a job, to be read as often as wanted, from anywhere on.

    `run` names the execution whose rows it gives (so far, the one that is under way): those of another may come in another order.
    """

    @property
    def run(self) -> str: ...

    def reading(self, offset: int, part: Part = ALL, run: str | None = None) -> Spooled:
        """The same, to be read from a part on, after its first `offset` rows. Raises SourceUnavailable where `run` is not the one
        that there is, QueryExpired."""

    def parts(self) -> Sequence[Part]:
        """What may be read side by side, in the order of the rows; ALL alone, unless it has completed and is large. Raises
        QueryExpired."""

    def stream_sizes(self) -> Sequence[int] | None:
        """The bytes that each chunk has in an Arrow stream; None where it has not completed. Raises QueryExpired."""


@dataclass(frozen=True)
class Event:
    """Something was written: to one table of a source, or (None) anywhere in it. The same `version` of the same table again is
    the same event. `kind` and `ids` say what was done to which rows: they are logged, a version moves on for the whole
    table."""

    source: str
    table: str | None = None
    kind: str | None = None
    version: str | None = None
    ids: tuple[str, ...] = ()


class Asking(Protocol):
    """What a way in may ask of the pipeline (`proxy.pipeline.Pipeline`)."""

    def prepare(self, request: Request) -> Prepared:
        """Parses and binds; parameters need not be given. Raises SqlError, RequestInvalid, AuthDenied."""

    def start(self, request: Request) -> Answer:
        """Plans the query and registers it under a new queryId. Raises what `prepare` raises, and ServerBusy."""

    def explain(self, request: Request) -> dict[str, Any]:
        """The receipt of a query (without EXPLAIN in front) as JSON values: `planner.explain.receipt` with `sql`, `route` and
        `cache`."""

    def find(self, query_id: str, caller: Caller) -> Answer:
        """The caller's own running query, or job. Raises QueryNotFound, for somebody else's too."""

    def job(self, query_id: str, caller: Caller) -> Spooled:
        """The caller's own job. Raises QueryNotFound, for what is no job too, QueryExpired."""

    def list(self, caller: Caller) -> list[dict[str, Any]]:
        """`status()` of the caller's own running queries and jobs, newest first."""

    def states(self, query_id: str, caller: Caller, seconds: float) -> AsyncGenerator[dict[str, Any], None]:
        """`status()` of the caller's own query: now, and after each change, until its end or for `seconds`. Raises
        QueryNotFound."""

    def renew(self, query_id: str, caller: Caller) -> Spooled:
        """The caller's own job, whose rows are kept from now on as long as if it ended now. Raises QueryNotFound (for what is no
        job, too), QueryExpired."""

    def cancel(self, query_id: str, caller: Caller, wait_seconds: float = 5.0) -> bool:
        """Cancels; answers whether its statements have stopped within `wait_seconds`. Raises QueryNotFound."""


class Caches(Protocol):
    """What a way in may ask of the cache (`proxy.cached.Cache`)."""

    def tell(self, events: Sequence[Event], caller: Caller) -> None:
        """When it returns, no later answer is older than what the events report. Raises RequestInvalid, ServerBusy; the events
        before the one at fault have been taken."""

    def stats(self, caller: Caller) -> Mapping[str, Any]:
        """What the cache holds. Raises AuthDenied, as do the others below, for whoever may not administer."""

    def clear(self, caller: Caller, entities: Sequence[str] = ()) -> int:
        """Drops every answer, or those over these tables or sources; answers how many."""

    def show(self, caller: Caller, key: str) -> Mapping[str, Any] | None:
        """What is known of one answer but for its rows."""
