"""Where a command's query is answered: in this process on the configuration, or by a running server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
import pyarrow as pa

from proxy.cli.session import config_option, in_process
from proxy.request import Request, new_request_id

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Where:
    """A configuration for this process, or a server with what it needs to be talked to."""

    config: Path | None
    server: str | None
    token: str | None
    ca: Path | None

    @contextmanager
    def answer(self, sql: str, timeout_ms: int | None = None) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
        """The answer's schema and batches. Raises FozError, RemoteError."""
        if self.server is not None:
            from proxy.cli.remote import answering

            with answering(self.server, self.token, self.ca, timeout_ms, sql) as answer:
                yield answer
            return
        with in_process(self.config) as application:
            request = Request(sql, application.local_caller(), new_request_id(), "cli", timeout_ms=timeout_ms)
            with application.asking.start(request) as local:
                yield local.schema, local.batches()


_TOKEN = click.option("--token", envvar="FOZ_TOKEN", metavar="TOKEN", help="Bearer token for --server; also FOZ_TOKEN.")
_AUTHORITY = click.option(
    "--ca",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="PEM file with the authority that signed the server's certificate.",
)


def server_options(command: Command) -> Command:
    """`--server`, which must be given, with `--token` and `--ca`."""
    server = click.option("--server", metavar="URI", required=True, help="A running Foz, such as grpc://127.0.0.1:8815.")
    return server(_TOKEN(_AUTHORITY(command)))


def where_options(command: Command) -> Command:
    """`--config`, and `--server` with `--token` and `--ca`."""
    for option in (
        _AUTHORITY,
        _TOKEN,
        click.option("--server", metavar="URI", help="Ask a running Foz, such as grpc://127.0.0.1:8815."),
        config_option,
    ):
        command = option(command)
    return command
