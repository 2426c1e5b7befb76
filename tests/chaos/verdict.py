"""What must be true when everything works again: each queryId has ended well, and nothing is left over anywhere."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable

import httpx
import pyarrow as pa
import pyarrow.flight as flight
import redis

from tests.chaos.callers import Client, Ledger, Ticket, Wrong
from tests.chaos.world import TOKENS, World

SETTLED_SECONDS = 90.0
"""For jobs to end when nothing goes wrong any more: three attempts of the longest, with their leases and waits."""
GONE_SECONDS = 10.0
"""For statements of processes that were killed."""
CLEAN_SECONDS = 30.0
REASONS = frozenset({"source.unavailable", "server.busy", "query.timeout"})
ENDED = ("completed", "failed", "cancelled")
TWO_HOURS = 7200.0


def judge(world: World, ledger: Ledger) -> Counter[str]:
    """How the tickets have ended. What is wrong is in the ledger. The clock is then set two hours on: all of them expire."""
    ends: Counter[str] = Counter()
    chance = random.Random(7)
    clients = {name: Client(name, world, ledger, chance) for name in TOKENS}
    world.settle_clock()
    for ticket in ledger.tickets:
        try:
            ends[_end(clients[ticket.caller], ticket)] += 1
        except Wrong as wrong:
            ledger.wrong.append(str(wrong))
    _must(ledger, "statements are left in the source", lambda: world.statements() == 0, GONE_SECONDS)
    _must(ledger, "jobs are left that nobody was told of", lambda: _unfinished(world) == 0, SETTLED_SECONDS)
    for problem in _remains_of_work(world):
        ledger.wrong.append(problem)
    _must(
        ledger,
        "the spool has folders of no completed job",
        lambda: not _strange(world),
        CLEAN_SECONDS,
        lambda: str(_strange(world)),
    )
    world.step_clock(TWO_HOURS)
    _must(
        ledger,
        "the spool is not empty though all has expired",
        lambda: not _folders(world),
        CLEAN_SECONDS,
        lambda: str(_folders(world)),
    )
    for ticket in ledger.tickets:
        if ticket.firm:
            answer = httpx.get(
                f"http://{world.processes[0].http}/queries/{ticket.query_id}", headers=clients[ticket.caller].headers, timeout=30
            )
            if answer.status_code != 410:
                ledger.wrong.append(f"{ticket}: {answer.status_code} though it has expired")
    for client in clients.values():
        client.close()
    return ends


def _end(client: Client, ticket: Ticket) -> str:
    until = time.monotonic() + SETTLED_SECONDS
    status = None
    while time.monotonic() < until:
        status = client.look(ticket, wait_ms=2000)
        if status is None and not ticket.firm:
            return "of a query that never became a job"
        if status is not None and status["status"] in ENDED:
            break
    else:
        raise Wrong(f"{ticket}: stuck as {status}")
    if status["status"] == "cancelled" and not ticket.cancelled:
        raise Wrong(f"{ticket}: cancelled by nobody")
    if status["status"] == "failed":
        code = status["error"]["code"]
        if code not in REASONS or not status["error"]["message"]:
            raise Wrong(f"{ticket}: failed for {status['error']}")
        return f"failed: {code}"
    if status["status"] == "completed":
        try:
            if not client.read(ticket):
                raise Wrong(f"{ticket}: completed, and cannot be read")
        except (flight.FlightError, pa.ArrowException, httpx.HTTPError) as error:
            raise Wrong(f"{ticket}: completed, and cannot be read: {error}") from None
    return str(status["status"])


def _must(ledger: Ledger, problem: str, so: Callable[[], bool], seconds: float, more: Callable[[], str] = str) -> None:
    until = time.monotonic() + seconds
    while not so():
        if time.monotonic() > until:
            ledger.wrong.append(f"{problem} {more()}")
            return
        time.sleep(0.1)


def _unfinished(world: World) -> int:
    with redis.Redis.from_url(world.redis_uri) as client:
        counts = client.hgetall("foz:jobs:count")
        return int(counts.get(b"pending", 0)) + int(counts.get(b"processing", 0))


def _remains_of_work(world: World) -> list[str]:
    """What the store still has of work, when none is left."""
    found = []
    with redis.Redis.from_url(world.redis_uri, decode_responses=True) as client:
        for name in ("leases", "ready", "delayed", "live", "running", "alike"):
            if client.exists(f"foz:jobs:{name}"):
                found.append(f"the store still has {name}")
        for names in ("p:*", "follow:*"):
            found += [f"the store still has {key}" for key in client.scan_iter(f"foz:jobs:{names}")]
        counts = {state: int(count) for state, count in client.hgetall("foz:jobs:count").items()}
        real = Counter(client.hget(key, "state") for key in client.scan_iter("foz:jobs:j:*"))
        del real["expired"]
        if counts != dict(real):
            found.append(f"the store counts {counts}, and has {dict(real)}")
    return found


def _folders(world: World) -> list[str]:
    return sorted(path.name for path in (world.spool / "results").iterdir())


def _strange(world: World) -> list[str]:
    """Folders of the spool that belong to no completed job, and files in the others that are not of its result."""
    found = []
    with redis.Redis.from_url(world.redis_uri, decode_responses=True) as client:
        for folder in _folders(world):
            job = client.hgetall(f"foz:jobs:j:{folder}")
            sharing = client.smembers(f"foz:jobs:shared:{folder}")
            if job.get("state") != "completed" and sharing:
                job = client.hgetall(f"foz:jobs:j:{sharing.pop()}")
            if job.get("state") != "completed":
                found.append(f"{folder}: {job.get('state')}")
                continue
            files = [
                path.relative_to(world.spool / "results" / folder)
                for path in (world.spool / "results" / folder).rglob("*")
                if path.is_file()
            ]
            attempts = {str(path.parent) for path in files}
            if attempts != {job["attempts"]} or len(files) != int(job.get("chunks", 0)) + 1:
                found.append(f"{folder}: {sorted(map(str, files))}, attempt {job['attempts']}, {job.get('chunks')} chunks")
    return found
