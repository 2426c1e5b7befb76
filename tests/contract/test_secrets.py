"""No password turns up anywhere: not in an error, a log line, a listing, a receipt or a metric, whatever is wrong with it."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pymongo
import pytest
import structlog
from prometheus_client import generate_latest
from pymongo.errors import OperationFailure

from planner.errors import FozError
from proxy.catalog.entries import Patience
from proxy.configuration import ConfigurationError
from proxy.request import Caller
from proxy.telemetry import Scrubber, configure_logging
from tests.contract.asked import foz_over
from tests.contract.conftest import Places
from translators.base import StoreConfig
from translators.control import Control
from translators.registry import store_type

MARKER = "Hidden-pa55word"
QUICK = Patience(start_seconds=10, first_pause_seconds=0.05, longest_pause_seconds=0.2)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("debug", "json", Scrubber(), stream)
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    structlog.reset_defaults()


def connections(store: str, places: Places) -> list[dict[str, Any]]:
    """Ways to be refused: a wrong user, a closed port, an option that is none, and a URI that cannot be read."""
    if store == "sqlite":
        return [{"path": f"/nowhere/{MARKER}.db"}, {"uri": f"sqlite:////nowhere/{MARKER}.db"}]
    if store == "files":
        return [{"path": f"/nowhere/{MARKER}"}, {"uri": f"file:///nowhere/{MARKER}/x.csv"}]
    scheme = {"postgres": "postgresql", "mongodb": "mongodb"}[store]
    option = {"postgres": "connect_timeout", "mongodb": "authSource"}[store]
    host = places[store].connection["uri"].split("://")[1].split("@")[-1].split("/")[0]
    name, port = host.split(":")
    return [
        {"uri": f"{scheme}://nobody:{MARKER}@{host}/postgres"},
        {"host": name, "port": int(port), "user": "nobody", "password": MARKER, "db": "postgres"},
        {"uri": f"{scheme}://nobody:{MARKER}@127.0.0.1:1/x"},
        {"uri": f"{scheme}://nobody:{MARKER}@127.0.0.1:port/x"},
        {"uri": f"{scheme}://nobody:{MARKER}@[::1/x"},
        {"uri": f"{scheme}://nobody:{MARKER}@{host}/x?{option}={MARKER}"},
        {"uri": f"http://nobody:{MARKER}@{host}/x"},
    ]


def told(error: BaseException) -> str:
    """Everything that an error could give away: its words, its details and its whole chain."""
    details = error.details if isinstance(error, FozError) else {}
    return "".join(traceback.format_exception(error)) + repr(error) + repr(details)


def refusals(attempts: Iterator[Callable[[], object]]) -> Iterator[FozError]:
    """The error of each attempt, and of what makes the attempts."""
    while True:
        try:
            attempt = next(attempts, None)
            if attempt is None:
                return
            attempt()
        except FozError as error:
            yield error
        else:
            raise AssertionError("The store took a password that is none.")


SERVERS = [(store, number) for store in ("postgres", "mongodb") for number in range(7)]


@pytest.mark.parametrize(("store", "number"), SERVERS)
def test_a_store_tells_no_password(places: Places, store: str, number: int) -> None:
    connection = connections(store, places)[number]

    def attempts() -> Iterator[Callable[[], object]]:
        with closing(store_type(store).open(StoreConfig("s", store, connection))) as opened:
            yield lambda: opened.introspect(Control(4000))
            yield lambda: opened.execute("INSERT", (), Control(4000))

    for error in refusals(attempts()):
        assert MARKER not in told(error)


@pytest.mark.parametrize("store", ["sqlite", "files"])
def test_a_path_is_not_told_to_callers(places: Places, store: str) -> None:
    for connection in connections(store, places):
        with pytest.raises(FozError) as caught:
            store_type(store).open(StoreConfig("s", store, connection)).introspect(Control(4000))
        assert MARKER not in caught.value.message


@pytest.mark.parametrize(("store", "number"), SERVERS)
def test_foz_tells_no_password(places: Places, tmp_path: Path, log: io.StringIO, store: str, number: int) -> None:
    source = {"id": "s", "type": store, "connection": connections(store, places)[number]}
    shown: list[str] = []
    try:
        with foz_over([source], tmp_path, QUICK) as world:
            foz = world.foz
            assert foz is not None
            for sql in ("SELECT * FROM s.many", "SELECT 1 AS one"):
                try:
                    shown.append(repr(world.ask(sql)))
                    shown.append(repr(world.receipt(sql)))
                except FozError as error:
                    shown.append(error.message + repr(error.details))
            shown += [repr(foz.down()), repr(foz.listing.sources(Caller())), repr(foz.settings)]
            shown.append(generate_latest(foz.metrics.registry).decode())
    except (ConfigurationError, FozError) as error:
        shown.append(str(error))
    assert MARKER not in "\n".join([*shown, log.getvalue()])


def test_a_login_that_mongodb_refuses_is_said_to_be_one(places: Places) -> None:
    connection = connections("mongodb", places)[0]
    with pytest.raises(OperationFailure), pymongo.MongoClient(connection["uri"]) as client:
        client.admin.command("ping")
    opened = store_type("mongodb").open(StoreConfig("s", "mongodb", connection))
    with pytest.raises(FozError, match="password was not accepted") as caught:
        opened.introspect(Control(5000))
    opened.close()
    assert caught.value.code == "source.unavailable"
