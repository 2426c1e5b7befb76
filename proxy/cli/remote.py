"""A running Foz, as commands ask it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxy.cli.session import RemoteError

if TYPE_CHECKING:
    from proxy.flight.acting import Remote


@contextmanager
def connected(server: str, token: str | None, ca: Path | None) -> Iterator[Remote]:
    """The Foz at `server` (`grpc://HOST:PORT`, or `grpc+tls://…`). Raises RemoteError, RequestInvalid."""
    from proxy.flight.acting import ActionFailed, connected

    try:
        with connected(server, token, ca.read_bytes() if ca is not None else None) as remote:
            yield remote
    except ActionFailed as error:
        raise RemoteError(error.code, error.message) from None


def acting(server: str, token: str | None, ca: Path | None, name: str, body: object) -> Any:
    """What the action `name` of the Foz at `server` gives for the JSON `body`. Raises RemoteError."""
    with connected(server, token, ca) as remote:
        return remote.act(name, body)
