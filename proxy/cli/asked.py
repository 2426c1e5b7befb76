"""Where a command's query is answered: in this process on the configuration, or by a running server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import pyarrow as pa

from proxy.cli.remote import connected
from proxy.cli.session import Left, config_option, in_process
from proxy.request import Mode, Request, new_request_id

if TYPE_CHECKING:
    from proxy.flight.acting import Asked

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Answered:
    """What a command is given of a query; `status` is the JSON of `GET /queries/{queryId}` at the moment."""

    query_id: str
    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    status: Callable[[], Mapping[str, Any]]


@dataclass(frozen=True)
class Where:
    """A configuration for this process, or a server with what it needs to be talked to."""

    config: Path | None
    server: str | None
    token: str | None
    ca: Path | None

    @contextmanager
    def answer(self, sql: str, timeout_ms: int | None = None, mode: Mode = "auto") -> Iterator[Answered]:
        """A query. Raises FozError, RemoteError; Left where it goes on without the command that was interrupted."""
        if self.server is not None:
            options = {"x-foz-mode": mode, **({"x-foz-timeout-ms": str(timeout_ms)} if timeout_ms is not None else {})}
            with (
                connected(self.server, self.token, self.ca) as remote,
                remote.ask(sql, options) as asked,
                self._left(asked) as answer,
            ):
                yield answer
            return
        with in_process(self.config) as application:
            caller, id_ = application.local_caller(), new_request_id()
            with application.asking.start(Request(sql, caller, id_, "cli", mode=mode, timeout_ms=timeout_ms)) as local:
                yield Answered(local.query_id, local.schema, local.batches(), local.status)

    @contextmanager
    def job(self, query_id: str) -> Iterator[Answered]:
        """A job of the server. Raises what `answer` does."""
        assert self.server is not None
        with connected(self.server, self.token, self.ca) as remote, remote.fetch(query_id) as asked, self._left(asked) as answer:
            yield answer

    @contextmanager
    def _left(self, asked: Asked) -> Iterator[Answered]:
        """Ctrl-C ends a query with its client, unless it is a job: then it says how to come back."""
        try:
            yield Answered(asked.query_id, asked.schema, asked.batches, asked.status)
        except KeyboardInterrupt:
            try:
                status = asked.status()
            except Exception:  # it cannot be asked: nothing is known of it
                status = {}
            if "resultUrl" not in status or status.get("status") in ("failed", "cancelled"):
                raise
            trust = f" --ca {self.ca}" if self.ca is not None else ""
            raise Left(
                f"The query goes on without you as {asked.query_id}. Come back with\n"
                f"  foz queries show {asked.query_id} --server {self.server}{trust}\n"
                f"  foz queries result {asked.query_id} --server {self.server}{trust}"
            ) from None


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
