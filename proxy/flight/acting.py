"""Foz's own actions on a running server, and the rows of its jobs, for the command line: ADBC's driver has no way to either."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.flight as flight

from planner.errors import RequestInvalid

_ACTION_SECONDS = 30.0


class ActionFailed(Exception):
    """What a server answered instead: its code and its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@contextmanager
def fetch(
    server: str, query_id: str, token: str | None = None, authority: bytes | None = None
) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """The schema and the batches of a job, by its queryId. Raises ActionFailed, RequestInvalid."""
    with _connected(server, token, authority, None) as (client, options):
        reader = client.do_get(flight.Ticket(query_id), options)
        yield reader.schema, (chunk.data for chunk in reader)


def act(server: str, name: str, body: Any, token: str | None = None, authority: bytes | None = None) -> Any:
    """The JSON that the action `name` gives for the JSON `body` (None: an empty one). Raises ActionFailed, RequestInvalid."""
    with _connected(server, token, authority, _ACTION_SECONDS) as (client, options):
        sent = flight.Action(name, b"" if body is None else orjson.dumps(body))
        results = list(client.do_action(sent, options))
    return orjson.loads(results[0].body.to_pybytes()) if results else None


@contextmanager
def _connected(
    server: str, token: str | None, authority: bytes | None, timeout: float | None
) -> Iterator[tuple[flight.FlightClient, flight.FlightCallOptions]]:
    """A client, and the options of its calls; what those raise becomes ActionFailed."""
    if not server.startswith(("grpc://", "grpc+tcp://", "grpc+tls://")):
        raise RequestInvalid("The server is given as grpc://HOST:PORT, or grpc+tls://HOST:PORT.")
    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    trust = {"tls_root_certs": authority} if authority is not None else {}
    try:
        with flight.connect(server, **trust) as client:
            yield client, flight.FlightCallOptions(headers=headers, timeout=timeout)
    except flight.FlightError as error:
        told = json.loads(error.extra_info or b"{}")
        code = told.get("code", "source.unavailable")
        raise ActionFailed(code, told.get("message") or f"The server {server} did not answer.") from None
