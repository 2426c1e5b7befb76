"""The jobs that several processes share, in Redis or Valkey; with an append-only file they outlive the server too."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import NoScriptError, RedisError
from redis.retry import Retry

from proxy.jobs.listening import Listener
from proxy.jobs.scripts import ADD, ADOPT, BEAT, CANCEL, CLAIM, FINISH, GIVE_BACK, LEAD, LEADS, OF, RENEW, SWEEP
from proxy.jobs.store import (
    DIED,
    ENDED,
    STATES,
    TOMBSTONE_SECONDS,
    UNKNOWN_OUTCOME,
    Beat,
    Ended,
    Job,
    Limits,
    StoreUnavailable,
    TooMany,
)
from proxy.jobs.subscribers import Subscribers

PREFIX = "foz:jobs:"
TIMEOUT_SECONDS = 2.0
_MOST_CONNECTIONS = 4096
_SWEPT_AT_ONCE = 100
"""How many jobs one script sweeps, since Redis does nothing else meanwhile."""


class RedisStore:
    """`uri` is `redis://host:port/db` or `rediss://…`. Nothing waits longer than `timeout_seconds` for a connection, nor for an
    answer on it. What a lost connection may have carried is sent once more, on another one; a claim is not."""

    def __init__(self, uri: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        # With protocol 2 the pool sees that the server has closed a connection before it hands that out.
        self._client: Any = Redis.from_url(
            uri,
            protocol=2,
            socket_timeout=timeout_seconds,
            socket_connect_timeout=timeout_seconds,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
            max_connections=_MOST_CONNECTIONS,
        )
        self._channel = f"{PREFIX}changed:{self._client.connection_pool.connection_kwargs.get('db', 0)}"
        self._lock = threading.Lock()
        self._closed = False
        self._subscribers = Subscribers()
        self._listener: Listener | None = None

    def add(self, job: Job, limits: Limits, max_age_seconds: float | None = None) -> None:
        age = -1 if max_age_seconds is None else _microseconds(max_age_seconds)
        reached = self._run(ADD, *_given(job), _microseconds(job.not_before), limits.per_caller, limits.total, age)
        if reached:
            raise TooMany("caller" if reached == b"caller" else "all")

    def adopt(self, job: Job, owner: str, lease_seconds: float, ago_seconds: float = 0.0) -> Job:
        return _job(self._run(ADOPT, *_given(job), owner, _microseconds(lease_seconds), _microseconds(ago_seconds)))

    def claim(self, owner: str, lease_seconds: float) -> Job | None:
        found = self._run(CLAIM, owner, _microseconds(lease_seconds), tries=1)
        return None if found is None else _job(found)

    def beat(self, held: Job, lease_seconds: float, report: bytes, chunks: int) -> Beat:
        told: Beat = self._run(BEAT, *_hold(held), _microseconds(lease_seconds), report, chunks).decode()
        return told

    def give_back(self, held: Job, delay_seconds: float = 0.0, count: bool = True) -> bool:
        return bool(self._run(GIVE_BACK, *_hold(held), _microseconds(delay_seconds), 0 if count else 1))

    def finish(self, held: Job, state: Ended, error: tuple[str, str] | None, report: bytes, chunks: int) -> bool:
        return bool(self._run(FINISH, *_hold(held), state, *(error or ("", "")), report, chunks))

    def cancel(self, query_id: str) -> Job | None:
        return _known(self._run(CANCEL, query_id))

    def renew(self, query_id: str) -> Job | None:
        return _known(self._run(RENEW, query_id))

    def leads(self, alike: str) -> bool:
        return bool(self._run(LEADS, alike))

    def shares(self, folder: str) -> bool:
        return bool(self._ask(lambda: self._client.exists(f"{PREFIX}shared:{folder}")))

    def find(self, query_id: str) -> Job | None:
        found = self._ask(lambda: self._client.hgetall(f"{PREFIX}j:{query_id}"))
        return _known([part for pair in found.items() for part in pair])

    def of(self, caller: str, most: int = 1000) -> Sequence[Job]:
        return [_job(values) for values in self._run(OF, caller, most)] if most > 0 else []

    def ended(self, since: float, most: int) -> Sequence[Job]:
        after = f"({_microseconds(since)}"
        names = self._ask(lambda: self._client.zrangebyscore(f"{PREFIX}ended", after, "+inf", start=0, num=most))
        found = (self.find(name.decode()) for name in names)
        return [job for job in found if job is not None and job.state in ENDED and job.state != "expired"]

    def counts(self) -> Mapping[str, int]:
        found = self._ask(lambda: self._client.hmget(f"{PREFIX}count", STATES))
        return {state: int(count or 0) for state, count in zip(STATES, found, strict=True)}

    def sweep(self, attempts: int, keep_seconds: float, back_off_seconds: float) -> Sequence[Job]:
        times = (_microseconds(keep_seconds), _microseconds(back_off_seconds))
        swept: list[Job] = []
        more = True
        while more:
            found = self._run(SWEEP, attempts, *times, _SWEPT_AT_ONCE, TOMBSTONE_SECONDS, *DIED, *UNKNOWN_OUTCOME)
            swept += map(_job, found)
            more = len(found) >= _SWEPT_AT_ONCE
        return swept

    def lead(self, name: str, owner: str, seconds: float) -> bool:
        return bool(self._run(LEAD, name, owner, _microseconds(seconds)))

    def subscribe(self, changed: Callable[[str], None]) -> Callable[[], None]:
        with self._lock:
            self._open()
            end = self._subscribers.add(changed)
            if self._listener is None:
                self._listener = Listener(self._client, self._channel, self._subscribers)
            return end

    def close(self) -> None:
        with self._lock:
            self._closed = True
            listener = self._listener
        if listener is not None:
            listener.stop()
        self._client.close()

    def _run(self, script: str, *arguments: str | bytes | int, tries: int = 2) -> Any:
        """The answer of a script. Raises StoreUnavailable."""
        digest = hashlib.sha1(script.encode()).hexdigest()

        def run() -> Any:
            try:
                return self._client.evalsha(digest, 2, PREFIX, self._channel, *arguments)
            except NoScriptError:
                return self._client.eval(script, 2, PREFIX, self._channel, *arguments)

        return self._ask(run, tries)

    def _ask(self, command: Callable[[], Any], tries: int = 2) -> Any:
        self._open()
        try:
            return command()
        except Disconnected as error:
            if tries > 1:
                return self._ask(command, tries - 1)
            raise _unavailable(error) from error
        except (RedisError, OSError) as error:
            raise _unavailable(error) from error

    def _open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The store is closed.")


def _unavailable(error: Exception) -> StoreUnavailable:
    return StoreUnavailable(f"Redis does not answer, or not as it should ({type(error).__name__}).")


def _given(job: Job) -> tuple[str | bytes, ...]:
    return (job.query_id, job.caller, job.request, job.answer, "1" if job.retries else "", job.alike)


def _hold(held: Job) -> tuple[str | int, ...]:
    return (held.query_id, held.owner or "", held.attempts)


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _known(values: Sequence[bytes]) -> Job | None:
    return _job(values) if values else None


def _job(values: Sequence[bytes]) -> Job:
    """The job of a hash's fields and values, one after another. What has never been set is not among them."""
    found = dict(zip(values[::2], values[1::2], strict=True))

    def text(name: bytes) -> str:
        return found.get(name, b"").decode()

    def number(name: bytes) -> int:
        return int(found.get(name) or 0)

    def moment(name: bytes) -> float | None:
        return int(found[name]) / 1_000_000 if found.get(name) else None

    return Job(
        query_id=text(b"id"),
        caller=text(b"caller"),
        request=found.get(b"request", b""),
        answer=found.get(b"answer", b""),
        retries=text(b"retries") == "1",
        state=text(b"state"),  # type: ignore[arg-type]
        created=moment(b"created") or 0.0,
        started=moment(b"started"),
        finished=moment(b"finished"),
        kept=moment(b"kept"),
        not_before=moment(b"not_before") or 0.0,
        owner=text(b"owner") or None,
        attempts=number(b"attempts"),
        excused=number(b"excused"),
        cancelling=text(b"cancelling") == "1",
        error=(text(b"code"), text(b"message")) if found.get(b"code") else None,
        report=found.get(b"report", b"{}"),
        chunks=number(b"chunks"),
        revision=number(b"revision"),
        alike=text(b"alike"),
        rows=text(b"rows"),
    )
