"""`foz worker`: runs jobs of the shared store, and answers nobody."""

from __future__ import annotations

from pathlib import Path

import click
import structlog

from proxy.application import build
from proxy.cli.serve import ended_by_signal, running, workers_option
from proxy.cli.session import config_option, failing_cleanly, settings_of
from proxy.configuration import ConfigurationError
from proxy.telemetry import Scrubber, configure_logging

log = structlog.get_logger("foz")


@click.command()
@config_option
@workers_option
def worker(config: Path | None, workers: int | None) -> None:
    """Run jobs that are in Redis, beside the servers that take them in."""
    with failing_cleanly():
        settings = settings_of(config, job_limits=running(workers))
        if not settings.jobs_shared:
            raise ConfigurationError("jobs: a worker needs a store that others share; expected redis://HOST:PORT/DB")
        configure_logging(settings.log.level, settings.log.format, Scrubber(settings.secrets()))
        ended = ended_by_signal()
        with build(settings) as application:
            application.start()
            application.work()
            log.info("worker.started")
            ended.wait()
            log.info("worker.stopping")
