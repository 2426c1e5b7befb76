"""One Foz in one process: the catalogue, the engine, the pipeline, and the servers over them, made from settings.

with build(settings) as foz:
    foz.start()          # sources opened and introspected
    foz.listen()         # Flight and HTTP answer
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import structlog

from planner.errors import RequestInvalid
from proxy.access import authentication
from proxy.catalog.entries import PATIENCE, Documents, Patience
from proxy.catalog.listing import Listing
from proxy.catalog.service import CatalogService, down
from proxy.catalog.stored import StoredDocuments
from proxy.configuration import ConfigurationError
from proxy.request import Asking, Caller
from proxy.scratch import Scratch
from proxy.settings import Address, Settings
from proxy.telemetry import Metrics, Scrubber, configure_tracing, otlp_exporter

if TYPE_CHECKING:
    from proxy.cached import Cache
    from proxy.history import History
    from proxy.jobs.store import JobStore

log = structlog.get_logger("foz")


class Application:
    """The parts of one Foz and their life; made by `build`, closed once."""

    def __init__(self, settings: Settings, environment: Mapping[str, str], patience: Patience) -> None:
        self.settings = settings
        self.scrub = Scrubber(settings.secrets())
        self.metrics = Metrics()
        self.authenticate = authentication(settings.tokens)
        self._stored = StoredDocuments(settings.catalog_uri, environment) if settings.catalog_uri else None
        patience = replace(patience, statistics_seconds=settings.statistics_refresh_seconds)
        self.catalog = CatalogService(self._documents, self.scrub, patience, changed=self._listen, written=self._written)
        self.listing = Listing(self.catalog)
        self._tracing = configure_tracing(otlp_exporter(settings.otel.endpoint) if settings.otel.endpoint else None)
        self._scratch: Scratch | None = None
        self._running: _Running | None = None
        self._starting = threading.Lock()
        self._servers: list[Any] = []
        self.flight_address: Address | None = None
        self.http_address: Address | None = None

    def _documents(self) -> Documents:
        return self._stored.read() if self._stored is not None else Documents(self.settings.sources)

    def _listen(self) -> None:
        """Listens to the changes of the sources that there are now."""
        running = self._running
        if running is not None:
            running.cache.listen()

    def _written(self, source: str) -> None:
        """Makes what was kept of a source out of date."""
        running = self._running
        if running is not None:
            running.cache.written(source)

    def start(self) -> None:
        """Opens and introspects the sources; one that is down is tried again in the background.

        Raises ConfigurationError for a source in the configuration file whose connection its store cannot use.
        """
        self.catalog.start()
        wrong = self.catalog.invalid() if self._stored is None else ()
        if wrong:
            raise ConfigurationError("\n".join(f"sources.{problem.id}.connection: {problem.why}" for problem in wrong))
        if self._stored is not None:
            self._stored.watch(self.catalog.reload)

    def local_caller(self) -> Caller:
        """The caller of a command in this process: whoever may read the configuration may see everything in it."""
        return Caller("cli")

    @property
    def asking(self) -> Asking:
        """The pipeline: what every way in asks. Made on first use, since listing the sources needs none of it."""
        return self._pipeline().pipeline

    @property
    def cache(self) -> Cache:
        """The cache, for whoever reports events or administers it."""
        return self._pipeline().cache

    @property
    def history(self) -> History:
        """What queries took, for whoever administers."""
        return self._pipeline().history

    def _pipeline(self) -> _Running:
        with self._starting:
            if self._running is None:
                self._scratch = Scratch(self.settings.spool_directory)
                self._running = _Running(self, self._scratch.path)
                self._running.cache.listen()
            return self._running

    def listen(self) -> None:
        """Starts the Flight and the HTTP server. Raises ConfigurationError where an address is taken."""
        from proxy.flight.server import FlightServer
        from proxy.http import HttpSettings, Services, SourceCatalogue, create_app
        from proxy.http.server import HttpServer

        settings = self.settings
        files = (settings.tls.certificate, settings.tls.key) if settings.tls else (None, None)
        services = Services(
            asking=self.asking,
            catalog=self.catalog.snapshot,
            authenticate=self.authenticate,
            sources=SourceCatalogue(self.listing.sources, self.listing.tables, self.catalog.refresh),
            cache=self.cache,
            history=self.history.stats,
            not_ready=self.not_ready,
            registry=self.metrics.registry,
        )
        # The servers let through what the admission may run or keep waiting, so that it is the one that says when it is full.
        room = settings.max_queries + settings.max_waiting
        limits = HttpSettings(max_body_bytes=settings.max_body_bytes, max_answers=room, cors_origins=settings.cors.origins)
        with _setting("http"):
            http = HttpServer(create_app(services, limits), settings.http.host, settings.http.port, *files)
        self._servers.append(http)
        with _setting("flight"):
            flight = FlightServer(
                str(settings.flight),
                self.asking,
                self.cache,
                self.catalog.snapshot,
                self.authenticate,
                max_calls=2 * room,
                certificate=files[0],
                key=files[1],
            )
        self._servers.append(flight)
        http.start()
        self.work()
        self.http_address = Address(settings.http.host, http.port)
        self.flight_address = Address(settings.flight.host, flight.port)
        exposed = [str(address) for address in (settings.flight, settings.http) if not address.loopback]
        if exposed and settings.tls is None:
            log.warning("server.unencrypted", addresses=exposed, advice="Tokens and rows travel in clear text: configure tls.")

    def work(self) -> None:
        """Runs jobs from now on."""
        self._pipeline().pipeline.jobs.start()

    def not_ready(self) -> list[str]:
        """Why queries cannot be answered yet; nothing once the sources have been tried. A source that is down does not count."""
        return [] if self.catalog.started.is_set() else ["The sources are still being read."]

    def down(self) -> list[tuple[str, str]]:
        """The sources that are down, and why."""
        return list(down(self.catalog.snapshot()))

    def close(self) -> None:
        """Stops the servers and every query, closes the sources, removes temporary files; calling it again does nothing."""
        servers, self._servers = self._servers, []
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
        for server in servers:
            server.stop()
        if running is not None:
            # What was asked while the servers were stopping.
            running.cancel()
        if self._stored is not None:
            self._stored.close()
        if running is not None:
            running.close()
        self.catalog.close()
        if self._tracing is not None:
            self._tracing.shutdown()
            self._tracing = None
        if self._scratch is not None:
            self._scratch.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Running:
    """What runs queries: the engine, the admission, the watch over deadlines, and the pipeline over them."""

    def __init__(self, application: Application, directory: Path) -> None:
        from proxy.admission import Admission
        from proxy.budget import Buffers, buffer_bytes, engine_bytes
        from proxy.cached import Cache
        from proxy.deadlines import Watch
        from proxy.execute import Executor
        from proxy.history import opened
        from proxy.jobs.archive import Archive
        from proxy.jobs.results import Results
        from proxy.jobs.service import Jobs
        from proxy.jobs.store import Limits
        from proxy.pipeline import Pipeline
        from proxy.residual import Engine

        settings = application.settings
        self.engine = Engine(engine_bytes(settings.memory_limit), str(directory))
        self.watch = Watch()
        self.executor = Executor(self.engine, Buffers(buffer_bytes(settings.memory_limit)), str(directory))
        self.admission = Admission(settings.max_queries, settings.max_waiting, gauge=application.metrics.admission_waiting.set)
        self.cache = Cache(settings, application.catalog, application.metrics)
        self.history = opened(settings, application.metrics)
        # What one process alone can read goes with it.
        spool = settings.spool.get_secret_value() if settings.spool and settings.jobs_shared else f"file://{directory}"
        limits = settings.job_limits
        results = Results(spool, limits.max_result_bytes, limits.max_spool_bytes)
        self.pipeline = Pipeline(
            catalog=application.catalog.snapshot,
            stores=application.catalog.stores,
            engine=self.engine,
            admission=self.admission,
            watch=self.watch,
            executor=self.executor,
            settings=settings,
            metrics=application.metrics,
            caching=self.cache.caching,
            history=self.history,
            jobs=lambda begin: Jobs(
                _job_store(settings.jobs.get_secret_value()),
                results,
                begin,
                limits.workers,
                Limits(limits.per_caller, limits.total),
                settings.result_ttl_seconds,
                application.metrics,
                settings.jobs_shared,
                Archive(spool, settings.job_archive_days) if settings.job_archive_days else None,
            ),
            unavailable=application.catalog.report,
        )

    def cancel(self) -> None:
        self.pipeline.close()

    def close(self) -> None:
        self.pipeline.jobs.close()
        self.history.close()
        self.cache.close()
        self.watch.close()
        self.executor.close()
        self.engine.close()


def build(settings: Settings, environment: Mapping[str, str] = os.environ, patience: Patience = PATIENCE) -> Application:
    """The parts of one Foz for `settings`; nothing is opened before `start`. `environment` may hold `FOZ_SOURCE_<ID>_…`."""
    return Application(settings, environment, patience)


def _job_store(uri: str) -> JobStore:
    from proxy.jobs.memory import MemoryStore

    if uri == "memory://":
        return MemoryStore(time.time)
    from proxy.jobs.redis import RedisStore

    return RedisStore(uri)


@contextmanager
def _setting(name: str) -> Iterator[None]:
    """What a server says of its address or files is said of the setting `name`."""
    try:
        yield
    except RequestInvalid as error:
        raise ConfigurationError(f"{name}: {error.message}") from None
