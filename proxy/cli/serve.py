"""`foz serve`: the Flight and HTTP servers until a signal ends them."""

from __future__ import annotations

import gc
import os
import signal
import threading
from pathlib import Path
from types import FrameType

import click
import structlog

from proxy.application import build
from proxy.cli.session import config_option, failing_cleanly, settings_of
from proxy.settings import strangers
from proxy.telemetry import Scrubber, configure_logging

log = structlog.get_logger("foz")


workers_option = click.option("--workers", type=click.IntRange(0, 1000), help="How many jobs this process runs at once.")


@click.command()
@config_option
@click.option("--flight", metavar="HOST:PORT", help="Address of the Flight SQL server; port 0 lets the system choose.")
@click.option("--http", metavar="HOST:PORT", help="Address of the HTTP server; port 0 lets the system choose.")
@workers_option
def serve(config: Path | None, flight: str | None, http: str | None, workers: int | None) -> None:
    """Serve the configured sources over Arrow Flight SQL and HTTP."""
    with failing_cleanly():
        settings = settings_of(config, flight=flight, http=http, job_limits=running(workers))
        configure_logging(settings.log.level, settings.log.format, Scrubber(settings.secrets()))
        for variable in strangers(settings, os.environ):
            log.warning("settings.unknown_variable", variable=variable)
        ended = ended_by_signal()
        with build(settings) as application:
            application.start()
            application.listen()
            scheme = ("grpc+tls", "https") if settings.tls else ("grpc", "http")
            click.echo(f"Flight SQL on {scheme[0]}://{application.flight_address}")
            click.echo(f"HTTP on {scheme[1]}://{application.http_address}")
            for source, problem in application.down():
                click.echo(f"The source {source} is down: {problem}", err=True)
            # What is there now stays: the collector need not look through it again and again while queries run.
            gc.collect()
            gc.freeze()
            log.info(
                "server.started", flight=str(application.flight_address), http=str(application.http_address), pid=os.getpid()
            )
            ended.wait()
            gc.unfreeze()
            log.info("server.stopping")
        log.info("server.stopped")


def running(workers: int | None) -> dict[str, int] | None:
    """The settings that `--workers` stands for."""
    return None if workers is None else {"workers": workers}


def ended_by_signal() -> threading.Event:
    """Set by the first SIGTERM or SIGINT; a second one ends the process at once."""
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return ended
