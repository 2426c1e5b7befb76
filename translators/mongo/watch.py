"""What is written to a source, as the server tells it: one change stream over its database, or over all of them.

    open the stream ─ look which collections it tells of ─ live ─ changed … changed
        connection or cursor lost      paused ─ open behind the last token ─ changed … ─ resumed
        token lost, another primary    lost, and from the beginning
        collection dropped or renamed  paused ─ changed ─ look again ─ resumed, or lost and live

A stream is read by plain commands, a batch at a time: the driver's own opens itself again unseen. It is kept beside the primary
that the source reads from, because what is read there may be rolled back with it: another primary is another beginning.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import structlog
from bson.timestamp import Timestamp
from pymongo import MongoClient, ReadPreference
from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure, PyMongoError

from planner.catalog import Table
from planner.errors import FozError
from translators.base import Heard

log = structlog.get_logger("foz.mongodb")

AWAIT_MS = 250
"""How long the server waits for something to tell before it says that there is nothing."""
SILENCE_MS = 5_000
"""After how long without a word a connection counts as lost."""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS, _REFUSED_SECONDS = 0.05, 5.0, 30.0
_JOIN_SECONDS = 2.0
_BATCH_EVENTS = 10_000

_ROWS = frozenset({"insert", "update", "replace", "delete"})
_KINDS = {"view": "a view has no change stream", "timeseries": "a time-series collection has no change stream"}
_MISSING = "the collection is not there"
_RESUMABLE = frozenset({6, 7, 43, 63, 89, 91, 150, 189, 234, 237, 262, 9001, 10107, 11600, 11601, 11602, 13388, 13435, 13436})
"""The driver specification's resumable errors, and those of a cursor, session or operation that somebody has killed."""

Place = tuple[str, str]
"""A database and a collection."""


class _Refused(Exception):
    """The server has no change stream for this source; the message says why."""


class _Lost(Exception):
    """The stream cannot go on from where it was; the message says why."""


class MongoWatch:
    """The stream of one source, on a thread of its own until it is closed. `connect` opens a client for it."""

    def __init__(self, source: str, connect: Callable[[], MongoClient[Any]], tables: Sequence[Table], heard: Heard) -> None:
        self._source = source
        self._connect = connect
        self._heard = heard
        self._paths: dict[Place, str] = {(table.schema, table.name): table.path for table in tables}
        self._place: _Position | None = None
        self._tells: tuple[frozenset[str], Mapping[str, str]] = (frozenset(), {})
        self._behind = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"foz-mongo-watch-{source}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopped.set()
        self._thread.join(_JOIN_SECONDS)

    def _run(self) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            before = self._place
            try:
                self._listen()
            except _Refused as refused:
                self._forget(str(refused))
                pause = _REFUSED_SECONDS
                continue
            except _Lost as lost:
                self._forget(str(lost))
            except (PyMongoError, FozError) as error:
                self._interrupted(error)
            except Exception:
                # Whatever it is: nobody may believe that changes are still told.
                log.exception("watch.failed", source=self._source)
                self._forget("the change stream failed")
            moved = self._place is not before
            pause = _FIRST_PAUSE_SECONDS if moved else min(_LONGEST_PAUSE_SECONDS, max(_FIRST_PAUSE_SECONDS, 2 * pause))

    def _interrupted(self, error: Exception) -> None:
        """A stream whose token still holds goes on from there; an error that would come again and again begins anew."""
        code = error.code if isinstance(error, OperationFailure) else None
        reason = "its server does not answer" if code is None else f"its change stream was interrupted (code {code})"
        if self._place is None or (isinstance(error, OperationFailure) and not _resumable(error)):
            self._forget(reason)
        else:
            self._heard.paused(reason)
        log.info("watch.interrupted", source=self._source, reason=reason)

    def _forget(self, reason: str) -> None:
        self._place = None
        self._heard.lost(reason)

    def _listen(self) -> None:
        """Tells what the stream gives until it is stopped. Raises what the driver raises, _Refused and _Lost."""
        with self._connect() as client, client.start_session(causal_consistency=False) as session:
            hello = client.admin.command("hello")
            life, written = _primary(client, hello)
            stream = _Stream(client, session, sorted({database for database, _ in self._paths}))
            if self._place is not None and self._place.life != life:
                raise _Lost("the primary changed")
            self._behind = self._place is not None
            if self._place is not None:
                events = stream.open({"resumeAfter": self._place.token})
            else:
                # From what a majority has: what is later may not be seen by every reader yet, and is told once it is.
                events = stream.open({"startAtOperationTime": Timestamp(written.time, written.inc + 1)})
                self._tells = self._look(client)
                self._heard.live(*self._tells)
            while True:
                self._tell(client, life, events)
                self._place = _Position(stream.token, life)
                if self._behind and not events:
                    self._behind = False
                    self._heard.resumed()
                if self._stopped.is_set():
                    stream.close()
                    return
                events = stream.more()

    def _look(self, client: MongoClient[Any]) -> tuple[frozenset[str], Mapping[str, str]]:
        """The tables that the stream tells of now, and why it does not tell of the others."""
        tells: set[str] = set()
        untold: dict[str, str] = {}
        for database in sorted({database for database, _ in self._paths}):
            place = client.get_database(database, read_preference=ReadPreference.PRIMARY)
            found = {each["name"]: each for each in place.list_collections()}
            for name in (name for at, name in self._paths if at == database):
                path, listed = self._paths[database, name], found.get(name)
                if listed is None:
                    untold[path] = _MISSING
                elif listed.get("type", "collection") != "collection":
                    untold[path] = _KINDS.get(listed["type"], f"a {listed['type']} has no change stream")
                elif listed.get("options", {}).get("capped"):
                    untold[path] = "a capped collection drops documents without a word"
                else:
                    tells.add(path)
        return frozenset(tells), untold

    def _tell(self, client: MongoClient[Any], life: str, events: Sequence[Mapping[str, Any]]) -> None:
        """Tells of each table once, under the time of its last change, which is the same for whoever hears of it."""
        marks: dict[str, str] = {}
        look = False
        for event in events:
            kind = event["operationType"]
            if kind == "invalidate":
                raise _Lost("the database was dropped")
            paths = [self._paths[place] for place in _touched(event, self._paths)]
            at: Timestamp = event["clusterTime"]
            marks |= dict.fromkeys(paths, f"{life}:{at.time}.{at.inc}")
            look = look or any(kind not in _ROWS or self._tells[1].get(path) == _MISSING for path in paths)
        if look:
            self._heard.paused("its collections are being looked at again")
        for path, mark in marks.items():
            self._heard.changed((path,), mark)
        if look:
            self._look_again(client)

    def _look_again(self, client: MongoClient[Any]) -> None:
        tells = self._look(client)
        if tells == self._tells:
            if not self._behind:
                self._heard.resumed()
        else:
            self._tells = tells
            self._heard.lost("its collections are others")
            self._heard.live(*tells)


class _Position:
    """How far a stream has told, and in which life of the primary."""

    def __init__(self, token: Mapping[str, Any], life: str) -> None:
        self.token = token
        self.life = life


class _Stream:
    """A change stream over one database, or over all of a server's where there are several."""

    def __init__(self, client: MongoClient[Any], session: ClientSession, databases: Sequence[str]) -> None:
        self._whole = len(databases) != 1
        self._database = client["admin" if self._whole else databases[0]]
        self._session = session
        self._cursor = 0
        self.token: Mapping[str, Any] = {}

    def open(self, start: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The first batch. Raises _Lost where the server has not kept what `start` asks for, _Refused where the user may not."""
        options = {**start, **({"allChangesForCluster": True} if self._whole else {})}
        # The token stands in `_id`; documents themselves would only make events large.
        shown = {"operationType": 1, "ns": 1, "to": 1, "clusterTime": 1}
        command = {"aggregate": 1, "pipeline": [{"$changeStream": options}, {"$project": shown}], "cursor": {}}
        try:
            return self._batch(self._database.command(command, session=self._session), "firstBatch")
        except OperationFailure as error:
            if error.code == 13:
                raise _Refused("its user may not read change streams") from None
            if _resumable(error):
                raise
            raise _Lost("its place in the change stream is lost") from None

    def more(self) -> list[Mapping[str, Any]]:
        command = {"getMore": self._cursor, "collection": "$cmd.aggregate", "maxTimeMS": AWAIT_MS, "batchSize": _BATCH_EVENTS}
        return self._batch(self._database.command(command, session=self._session), "nextBatch")

    def close(self) -> None:
        self._database.command({"killCursors": "$cmd.aggregate", "cursors": [self._cursor]}, session=self._session)

    def _batch(self, reply: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        cursor = reply["cursor"]
        events: list[Mapping[str, Any]] = cursor[name]
        if "postBatchResumeToken" not in cursor:
            raise _Refused("its server's change streams give no tokens to go on from")
        self._cursor, self.token = cursor["id"], cursor["postBatchResumeToken"]
        if not self._cursor and not any(event["operationType"] == "invalidate" for event in events):
            raise _Lost("the change stream has ended")
        return events


def _primary(client: MongoClient[Any], hello: Mapping[str, Any]) -> tuple[str, Timestamp]:
    """The life of the primary that is read from, and what a majority has of it. Raises _Refused, _Lost."""
    if hello.get("msg") == "isdbgrid":
        raise _Refused("change streams of a sharded cluster are not read")
    if "setName" not in hello:
        raise _Refused("a standalone MongoDB server has no change streams, only a replica set has")
    if client.read_preference != ReadPreference.PRIMARY:
        raise _Refused("it may be read from secondaries, which can be behind the change stream")
    if not hello.get("isWritablePrimary"):
        raise _Lost("the server is not the primary")
    written = hello.get("lastWrite", {}).get("majorityOpTime", {}).get("ts")
    if "electionId" not in hello or written is None:
        raise _Refused("its server does not say where its log of writes stands")
    return str(hello["electionId"]), written


def _touched(event: Mapping[str, Any], known: Collection[Place]) -> Iterator[Place]:
    """The collections of `known` whose documents the event may have changed."""
    named = [event[part] for part in ("ns", "to") if part in event]
    for name in named:
        if "coll" in name:
            yield from [(name["db"], name["coll"])] if (name["db"], name["coll"]) in known else ()
        else:
            yield from (place for place in known if place[0] == name["db"])
    if not named:
        yield from known


def _resumable(error: OperationFailure) -> bool:
    return error.code in _RESUMABLE or error.has_error_label("ResumableChangeStreamError")
