"""The command line as a client of a running server: queries and their rows, jobs, and Foz's own actions.

What waits for a server waits on a thread of its own, so that the caller's can be interrupted: pyarrow's calls cannot.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import orjson
import pyarrow as pa
import pyarrow.flight as flight

from planner.errors import RequestInvalid
from proxy.flight.messages import pack, sql_message

_ACTION_SECONDS = 30.0
_STATUS_SECONDS = 5.0
_AHEAD = 4
"""Batches that are fetched before they are asked for."""

T = TypeVar("T")


class ActionFailed(Exception):
    """What a server answered instead: its code and its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Asked:
    """A query on a server: its queryId, its schema, and its rows, once."""

    def __init__(self, remote: Remote, query_id: str, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        self._remote = remote
        self.query_id = query_id
        self.schema = schema
        self.batches = batches

    def status(self) -> Any:
        """How far it is. Raises ActionFailed."""
        return self._remote.act("foz.queries.show", self.query_id, _STATUS_SECONDS)


class Remote:
    """A server, used by several threads. Raises ActionFailed."""

    def __init__(self, server: str, client: flight.FlightClient, headers: list[tuple[bytes, bytes]]) -> None:
        self._server = server
        self._client = client
        self._headers = headers

    def act(self, name: str, body: Any, seconds: float = _ACTION_SECONDS) -> Any:
        """The JSON that the action `name` gives for the JSON `body` (None: an empty one)."""
        sent = flight.Action(name, b"" if body is None else orjson.dumps(body))
        with self._translated():
            results = list(self._client.do_action(sent, self._options({}, seconds)))
        return orjson.loads(results[0].body.to_pybytes()) if results else None

    @contextmanager
    def ask(self, sql: str, options: Mapping[str, str]) -> Iterator[Asked]:
        """Begins a query, with `options` as headers."""
        command = flight.FlightDescriptor.for_command(pack(sql_message("CommandStatementQuery", query=sql)))
        with self._translated():
            info = _apart(lambda: self._client.get_flight_info(command, self._options(options)))
        with self._reading(info.endpoints[0].ticket, options) as batches:
            yield Asked(self, orjson.loads(info.app_metadata)["queryId"], info.schema, batches)

    @contextmanager
    def fetch(self, query_id: str) -> Iterator[Asked]:
        """A job by its queryId."""
        with self._translated():
            descriptor = flight.FlightDescriptor.for_path(query_id)
            schema = _apart(lambda: self._client.get_schema(descriptor, self._options({}))).schema
        with self._reading(flight.Ticket(query_id), {}) as batches:
            yield Asked(self, query_id, schema, batches)

    @contextmanager
    def _reading(self, ticket: flight.Ticket, options: Mapping[str, str]) -> Iterator[Iterator[pa.RecordBatch]]:
        """The rows of a ticket; who leaves stops reading."""
        opened: list[flight.FlightStreamReader] = []

        def read() -> Iterator[pa.RecordBatch]:
            opened.append(self._client.do_get(ticket, self._options(options)))
            while True:
                try:
                    yield opened[0].read_chunk().data
                except StopIteration:
                    return

        left = threading.Event()
        try:
            yield self._telling(_ahead(read, left))
        finally:
            left.set()
            for reader in opened:
                reader.cancel()

    def _telling(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with self._translated():
            yield from batches

    def _options(self, more: Mapping[str, str], timeout: float | None = None) -> flight.FlightCallOptions:
        headers = [*self._headers, *((name.encode(), value.encode()) for name, value in more.items())]
        return flight.FlightCallOptions(headers=headers, timeout=timeout)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (flight.FlightError, pa.ArrowException) as error:
            told = json.loads(getattr(error, "extra_info", None) or b"{}")
            code = told.get("code", "source.unavailable")
            raise ActionFailed(code, told.get("message") or f"The server {self._server} did not answer.") from None


@contextmanager
def connected(server: str, token: str | None = None, authority: bytes | None = None) -> Iterator[Remote]:
    """The server at `grpc://HOST:PORT`, or `grpc+tls://…`. Raises RequestInvalid, ActionFailed."""
    if not server.startswith(("grpc://", "grpc+tcp://", "grpc+tls://")):
        raise RequestInvalid("The server is given as grpc://HOST:PORT, or grpc+tls://HOST:PORT.")
    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    trust = {"tls_root_certs": authority} if authority is not None else {}
    try:
        client = flight.connect(server, **trust)
    except (flight.FlightError, pa.ArrowException):
        raise ActionFailed("source.unavailable", f"The server {server} cannot be reached.") from None
    with client:
        yield Remote(server, client, headers)


def _apart(call: Callable[[], T]) -> T:
    """What `call` gives, or raises, on another thread."""
    return next(_ahead(lambda: iter([call()]), threading.Event()))


def _ahead(items: Callable[[], Iterator[T]], left: threading.Event) -> Iterator[T]:
    """The items, made on another thread, some ahead; that one ends when they do, or `left` is set."""
    made: queue.Queue[tuple[str, Any]] = queue.Queue(_AHEAD)

    def put(kind: str, item: Any) -> None:
        while not left.is_set():
            try:
                made.put((kind, item), timeout=0.1)
            except queue.Full:
                continue
            return

    def make() -> None:
        try:
            for item in items():
                put("item", item)
            put("end", None)
        except BaseException as error:
            put("error", error)

    threading.Thread(target=make, name="foz-client", daemon=True).start()
    while True:
        kind, item = made.get()
        if kind == "error":
            raise item
        if kind == "end":
            return
        yield item
