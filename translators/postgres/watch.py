"""A PostgreSQL database being listened to, over lost connections: the life of it, in a thread of its own.

What was written between two connections nobody says: each one that is `live` makes everything of the source out of date. A
database without triggers is only looked at now and then.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
import tenacity

from planner.catalog import Table
from translators.base import Heard
from translators.postgres.listening import FAILURES, PACE, Listening, Pace, Unprepared

log = structlog.get_logger("foz.postgres")


_INSISTING = 10
"""A coroutine that is cancelled in the moment in which what it waits for comes may go on: it is cancelled again."""


class Unwatched:
    """The watch of a source that cannot be listened to; `why` is a clause."""

    def __init__(self, heard: Heard, why: str) -> None:
        heard.lost(why)

    def close(self) -> None:
        """Nothing was begun."""


class PostgresWatch:
    """Has a thread of its own, in which asyncpg's loop runs and everything is told. `connect` is what asyncpg is given."""

    def __init__(self, source: str, connect: Mapping[str, Any], tables: Sequence[Table], heard: Heard, pace: Pace = PACE) -> None:
        self._source = source
        self._connect = connect
        self._tables = tables
        self._heard = heard
        self._pace = pace
        self._lock = threading.Lock()
        self._closed = False
        self._end: Callable[[], object] | None = None
        self._thread = threading.Thread(target=self._main, name=f"foz-watch-{source}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the connection; nothing is told any more when it returns, unless the cache keeps a call for longer."""
        for _ in range(_INSISTING):
            with self._lock:
                self._closed = True
                if self._end is not None:
                    self._end()
            self._thread.join(self._pace.patience / _INSISTING)
            if not self._thread.is_alive():
                return

    def _main(self) -> None:
        try:
            with contextlib.suppress(asyncio.CancelledError):
                asyncio.run(self._run())
        except Exception:
            log.exception("postgres.watch_failed", source=self._source)
        finally:
            with self._lock:
                self._end = None
            self._heard.lost("it is not listened to any more")

    async def _run(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._closed:
                return
            self._end = lambda: loop.call_soon_threadsafe(task.cancel)
        pace = self._pace
        retrying = tenacity.AsyncRetrying(
            wait=tenacity.wait_random_exponential(pace.first_pause, pace.longest_pause),
            retry=tenacity.retry_if_result(lambda heard: not heard),
        )
        while True:
            await retrying(self._attempt)
            await asyncio.sleep(pace.first_pause)

    async def _attempt(self) -> bool:
        """One connection, as long as it lasts; answers whether the next may be tried at once."""
        try:
            async with Listening(self._source, self._connect, self._tables, self._heard, self._pace) as listening:
                self._heard.lost(await listening.follow())
                return True
        except Unprepared:
            await asyncio.sleep(self._pace.idle)
            return True
        except FAILURES as error:
            # The server's own words may quote the connection.
            why = f"PostgreSQL cannot be listened to ({type(error).__name__})"
            log.info("postgres.unheard", source=self._source, reason=why)
            self._heard.lost(why)
            return False
