"""Foz's own actions on a running server, for the command line: ADBC's driver sends none."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pyarrow.flight as flight

from planner.errors import RequestInvalid


class ActionFailed(Exception):
    """What a server answered instead: its code and its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def act(server: str, name: str, body: Any, token: str | None = None, authority: bytes | None = None) -> Any:
    """The JSON that the action `name` gives for the JSON `body` (None: an empty one). Raises ActionFailed, RequestInvalid."""
    if not server.startswith(("grpc://", "grpc+tcp://", "grpc+tls://")):
        raise RequestInvalid("The server is given as grpc://HOST:PORT, or grpc+tls://HOST:PORT.")
    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    options = flight.FlightCallOptions(headers=headers, timeout=30)
    trust = {"tls_root_certs": authority} if authority is not None else {}
    try:
        with flight.connect(server, **trust) as client:
            sent = flight.Action(name, b"" if body is None else orjson.dumps(body))
            results = list(client.do_action(sent, options))
    except flight.FlightError as error:
        told = json.loads(error.extra_info or b"{}")
        code = told.get("code", "source.unavailable")
        raise ActionFailed(code, told.get("message") or f"The server {server} did not answer.") from None
    return orjson.loads(results[0].body.to_pybytes()) if results else None
