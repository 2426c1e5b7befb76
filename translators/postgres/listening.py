"""One connection that listens: what the triggers say, told as changes of tables, for as long as it is known to hear.

connect ─ LISTEN ─ hear a notification of one's own ─┬─ look which tables have the trigger ─ live ─ tell ─┬─ lost
                                                     └──────────── the schema has changed ────────────────┘
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import asyncpg
import structlog

from planner.catalog import Table
from translators.base import Heard
from translators.postgres.coverage import EXAMINATION, FINGERPRINT, Coverage, coverage
from translators.postgres.triggers import CHANNEL, EVENTS, INSTALLED

log = structlog.get_logger("foz.postgres")

FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a connection that cannot be had, or is lost, raises."""

_STORM = 64
"""Tables written to since the last look, above which they are told as the whole source."""

_STARTED = "SELECT pg_postmaster_start_time()::text"


@dataclass(frozen=True)
class Pace:
    """In seconds. A server that does not answer within `patience`, asked every `beat`, counts as lost. The schema is looked at
    every `beat` where no event trigger tells of it, and otherwise every `look`. `idle` is between two looks for triggers, and
    the pauses between two attempts grow."""

    beat: float = 5.0
    patience: float = 5.0
    look: float = 30.0
    idle: float = 30.0
    first_pause: float = 0.1
    longest_pause: float = 30.0


PACE = Pace()


class Unprepared(Exception):
    """Nothing in the database would tell of a change."""


class Listening:
    """From entering the block, notifications are taken note of; `follow` tells them."""

    def __init__(self, source: str, connect: Mapping[str, Any], tables: Sequence[Table], heard: Heard, pace: Pace) -> None:
        self._source = source
        self._connect = connect
        self._tables = tables
        self._heard = heard
        self._pace = pace
        self._turn = asyncio.Lock()
        self._woken = asyncio.Event()
        self._changes: dict[int, str] = {}
        self._unknown = False
        self._schema = False
        self._proofs: set[str] = set()
        self._started = ""
        self._fingerprint = ""
        self._complete = False

    async def __aenter__(self) -> Self:
        self._connection = await _within(self._pace.patience, asyncpg.connect(**self._connect))
        try:
            self._connection.add_termination_listener(lambda _: self._woken.set())
            if not await self._ask(INSTALLED):
                self._heard.lost("its database has no triggers that tell of them (foz sources watch)")
                raise Unprepared
            self._started = await self._ask(_STARTED)
            await _within(self._pace.patience, self._connection.add_listener(CHANNEL, self._notified))
            await self._prove()
        except BaseException:
            self._connection.terminate()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._connection.terminate()

    async def follow(self) -> str:
        """Tells what comes until the connection is lost; answers why, as a clause."""
        beats = asyncio.create_task(self._beats())
        beats.add_done_callback(lambda _: self._woken.set())
        try:
            while True:
                covered = await self._look()
                self._heard.live(covered.covered, covered.untold)
                log.info("postgres.watched", source=self._source, tables=len(covered.covered), untold=len(covered.untold))
                lost = await self._tell(covered, beats)
                if lost is not None:
                    return lost
                self._heard.paused("its schema has changed, and is being looked at")
                await asyncio.sleep(self._pace.first_pause)
        finally:
            beats.cancel()

    async def _look(self) -> Coverage:
        """Which tables are told of now. In this order: what changes after the fingerprint was taken makes another one."""
        while True:
            self._schema = False
            self._fingerprint = await self._ask(FINGERPRINT)
            self._complete = await self._ask(EVENTS)
            async with self._turn:
                rows = await _within(self._pace.patience, self._connection.fetch(EXAMINATION))
            covered = coverage(rows, self._tables, self._source)
            if not covered.covered:
                self._heard.live((), covered.untold)
                raise Unprepared
            if not self._schema:
                return covered
            await asyncio.sleep(self._pace.first_pause)

    async def _tell(self, covered: Coverage, beats: asyncio.Task[None]) -> str | None:
        """Why the connection is lost; None where the schema has changed. What comes while another is told is told as one."""
        while True:
            self._woken.clear()
            if self._connection.is_closed():
                return "the connection to PostgreSQL was lost"
            if beats.done():
                return "PostgreSQL does not answer"
            self._pass_on(covered)
            if self._schema:
                return None
            await self._woken.wait()

    def _pass_on(self, covered: Coverage) -> None:
        changes, unknown = self._changes, self._unknown
        self._changes, self._unknown = {}, False
        if unknown or len(changes) > _STORM or not changes.keys() <= covered.told.keys():
            self._heard.changed((), None)
            return
        for table, mark in changes.items():
            self._heard.changed(covered.told[table], mark)

    async def _prove(self) -> None:
        """Hears a notification from another connection: behind a pooler that changes servers between transactions LISTEN
        succeeds, and nothing ever comes."""
        token = uuid.uuid4().hex
        other = await _within(self._pace.patience, asyncpg.connect(**self._connect))
        try:
            await _within(self._pace.patience, other.execute("SELECT pg_notify($1, $2)", CHANNEL, f"proof {token}"))
        finally:
            other.terminate()
        await _within(self._pace.patience, self._proved(token))

    async def _proved(self, token: str) -> None:
        while token not in self._proofs:
            self._woken.clear()
            await self._woken.wait()

    async def _beats(self) -> None:
        """Asks the server regularly, and notices when the schema is another one. Ends where the server does not answer."""
        beats = 0
        try:
            while True:
                await asyncio.sleep(self._pace.beat)
                beats += 1
                before = self._fingerprint
                if self._complete and beats % max(1, round(self._pace.look / self._pace.beat)):
                    await self._ask("SELECT 1")
                elif before and await self._ask(FINGERPRINT) != before == self._fingerprint:
                    self._schema = True
                    self._woken.set()
        except FAILURES as error:
            log.info("postgres.silent", source=self._source, reason=type(error).__name__)

    def _notified(self, connection: object, process: int, channel: str, payload: object) -> None:
        """Takes note of `change XID OID NAME`, `schema XID` and `proof TOKEN`; anything else: anything may have changed.

        A change's mark holds the process that wrote, which nobody can pretend to be, and the server's start: transactions of a
        restored server have the numbers of others.
        """
        match str(payload).split(" ", 3):
            case ["change", transaction, table, _] if table.isdecimal():
                self._changes[int(table)] = f"{self._started}/{process}/{transaction}/{table}"
            case ["schema", *_]:
                self._schema = True
            case ["proof", token]:
                self._proofs.add(token)
            case _:
                self._unknown = True
        self._woken.set()

    async def _ask(self, sql: str) -> Any:
        async with self._turn:
            return await _within(self._pace.patience, self._connection.fetchval(sql))


async def _within(seconds: float, answer: Awaitable[Any]) -> Any:
    """Raises TimeoutError where the server does not answer in time."""
    async with asyncio.timeout(seconds):
        return await answer
