"""Source documents in MongoDB: the collection `sources` of the configured database, and word of its changes.

A document is what a file would hold; its id stands in `id`, or in `_id` where that is a text. `${NAME}` is not replaced in it:
whoever may write there must not thereby read this process's environment. `FOZ_SOURCE_<ID>_PASSWORD` works for them too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from pydantic import ValidationError
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from planner.errors import SourceUnavailable
from proxy import configuration
from proxy.catalog.documents import SourceDocument, with_environment
from proxy.catalog.entries import Documents, Invalid

log = structlog.get_logger("foz.catalog")

COLLECTION = "sources"


class StoredDocuments:
    """The documents of one database; connects on the first `read`."""

    def __init__(self, uri: str, environment: Mapping[str, str]) -> None:
        self._client: MongoClient[dict[str, Any]] = MongoClient(
            uri, serverSelectionTimeoutMS=5000, connectTimeoutMS=5000, appname="foz-catalog", connect=False, tz_aware=True
        )
        self._sources = self._client.get_default_database()[COLLECTION]
        self._environment = environment
        self._closing = threading.Event()
        self._watching: threading.Thread | None = None

    def read(self) -> Documents:
        """Every document, by id; one that cannot be used does not hide the others. Raises SourceUnavailable."""
        try:
            found = list(self._sources.find().sort("_id", 1))
        except PyMongoError as error:
            raise SourceUnavailable(
                f"The catalogue's MongoDB cannot be read ({type(error).__name__}). Check the setting catalog.", source="catalog"
            ) from None
        valid: dict[str, SourceDocument] = {}
        invalid: list[Invalid] = []
        for stored in found:
            values = {name: value for name, value in stored.items() if name != "_id"}
            values.setdefault("id", stored["_id"] if isinstance(stored["_id"], str) else None)
            name = str(values["id"] or stored["_id"])
            try:
                document = with_environment(SourceDocument.model_validate(values), self._environment)
            except ValidationError as error:
                problems = (configuration.sentence(place, expected) for place, expected in configuration.explain(error))
                invalid.append(Invalid(name, " ".join(dict.fromkeys(problems))))
                continue
            if document.id in valid:
                invalid.append(Invalid("", f"There are two documents with the id {document.id}."))
            else:
                valid[document.id] = document
        return Documents(tuple(valid.values()), tuple(invalid))

    def watch(self, changed: Callable[[], None]) -> None:
        """Calls `changed` on a thread of its own after every change of the collection, until `close`.

        A server without change streams (not a replica set) is read on refresh only; the log says so.
        """
        self._watching = threading.Thread(target=self._follow, args=(changed,), name="foz-catalog-watch", daemon=True)
        self._watching.start()

    def close(self) -> None:
        self._closing.set()
        if self._watching is not None:
            self._watching.join(timeout=5)
        self._client.close()

    def _follow(self, changed: Callable[[], None]) -> None:
        pause_seconds = 1.0
        while not self._closing.is_set():
            try:
                with self._sources.watch(max_await_time_ms=500) as stream:
                    pause_seconds = 1.0
                    # What was written before the stream was open is not in it.
                    changed()
                    while not self._closing.is_set():
                        if stream.try_next() is not None:
                            while stream.try_next() is not None:
                                pass
                            changed()
            except PyMongoError as error:
                if getattr(error, "code", None) == 40573:
                    log.warning(
                        "catalog.not_watched", reason="The catalogue's MongoDB is not a replica set: read on refresh only."
                    )
                    return
                log.warning("catalog.watch_failed", problem=type(error).__name__)
            except SourceUnavailable as error:
                log.warning("catalog.watch_failed", problem=error.message)
            self._closing.wait(pause_seconds)
            pause_seconds = min(60.0, pause_seconds * 2)
