"""A query on a running Foz, through the ADBC driver that any client would use, and the actions that this one cannot send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import adbc_driver_flightsql
import adbc_driver_flightsql.dbapi
import adbc_driver_manager
import pyarrow as pa

from planner.errors import RequestInvalid
from proxy.cli.session import RemoteError

_MESSAGE = re.compile(r"\[(?P<code>[a-z]+\.[a-z_]+)\] (?P<text>.*?)(?: \(request [^)]*\)|$)", re.S)


@contextmanager
def answering(
    server: str, token: str | None, ca: Path | None, timeout_ms: int | None, sql: str
) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """The answer of the Foz at `server` (`grpc://HOST:PORT`, or `grpc+tls://…`). Raises RemoteError."""
    if not re.match(r"^grpc(\+tls|\+tcp)?://[^/\s]+", server):
        raise RequestInvalid("The server is given as grpc://HOST:PORT, or grpc+tls://HOST:PORT.")
    header = adbc_driver_flightsql.DatabaseOptions.RPC_CALL_HEADER_PREFIX.value
    options = {f"{header}authorization": f"Bearer {token}"} if token else {}
    if ca is not None:
        options[adbc_driver_flightsql.DatabaseOptions.TLS_ROOT_CERTS.value] = ca.read_text()
    if timeout_ms is not None:
        options[f"{header}x-foz-timeout-ms"] = str(timeout_ms)
    with (
        _translated(server),
        adbc_driver_flightsql.dbapi.connect(server, db_kwargs=options, autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
        reader = cursor.fetch_record_batch()
        yield reader.schema, iter(reader)


def acting(server: str, token: str | None, ca: Path | None, name: str, body: object) -> Any:
    """What the action `name` of the Foz at `server` gives for the JSON `body`. Raises RemoteError."""
    from proxy.flight.acting import ActionFailed, act

    try:
        return act(server, name, body, token, ca.read_bytes() if ca is not None else None)
    except ActionFailed as error:
        raise RemoteError(error.code, error.message) from None


@contextmanager
def fetching(
    server: str, token: str | None, ca: Path | None, query_id: str
) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """The rows of a job of the Foz at `server`. Raises RemoteError."""
    from proxy.flight.acting import ActionFailed, fetch

    try:
        with fetch(server, query_id, token, ca.read_bytes() if ca is not None else None) as answer:
            yield answer
    except ActionFailed as error:
        raise RemoteError(error.code, error.message) from None


@contextmanager
def _translated(server: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except (adbc_driver_manager.Error, OSError) as error:
        found = _MESSAGE.search(str(error))
        if found is not None:
            raise RemoteError(found["code"], found["text"]) from None
        unreachable = "UNAVAILABLE" in str(error) or "Unavailable" in str(error) or "IO" in type(error).__name__
        code = "source.unavailable" if unreachable else "server.internal"
        raise RemoteError(code, f"The server {server} did not answer this query.") from None
