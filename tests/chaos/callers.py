"""Callers who ask, wait, read, cancel and pry, whatever goes wrong meanwhile, and the ledger of what they were given."""

from __future__ import annotations

import itertools
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import pyarrow as pa
import pyarrow.flight as flight

from tests.chaos.world import TOKENS, Process, World
from tests.proxy.flight.serving import command

ARROW = "application/vnd.apache.arrow.stream"
_CODE = re.compile(r"\b(?:server|query|source|sql|limit|auth|request)\.[a-z_]+")
_KINDS = {"few": (1, 5000), "slow": (300, 1500), "many": (60_000, 250_000)}
"""The views, and between how many of their rows are asked for."""


class Wrong(Exception):
    """Something that must never be."""


@dataclass(eq=False)
class Ticket:
    """A queryId that a caller was given, and for what. `firm` once a client knew that it is a job: a query's id in a FlightInfo
    is that of a job only when the query has become one."""

    query_id: str
    caller: str
    view: str
    rows: int
    firm: bool = True
    cancelled: bool = False


@dataclass
class Ledger:
    truth: dict[str, pa.Table]
    lock: threading.Lock = field(default_factory=threading.Lock)
    tickets: list[Ticket] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def give(self, ticket: Ticket) -> Ticket:
        with self.lock:
            self.tickets.append(ticket)
        return ticket

    def count(self, what: str) -> None:
        with self.lock:
            self.seen[what] += 1

    def compare(self, ticket: Ticket, table: pa.Table) -> None:
        """Raises Wrong where these are not the rows that were asked for."""
        expected = self.truth[ticket.view].slice(0, ticket.rows)
        if not table.combine_chunks().equals(expected.combine_chunks()):
            raise Wrong(f"{ticket}: {table.num_rows} rows, or others")


class Client:
    """One caller's way to whichever process answers."""

    def __init__(self, name: str, world: World, ledger: Ledger, chance: random.Random) -> None:
        self.name = name
        self._world = world
        self._ledger = ledger
        self._chance = chance
        self.headers = {"authorization": f"Bearer {TOKENS[name]}"}
        self._http = httpx.Client(headers=self.headers, timeout=30)

    def _options(self, mode: str = "auto") -> flight.FlightCallOptions:
        headers = {**self.headers, "x-foz-mode": mode}
        return flight.FlightCallOptions(timeout=40, headers=[(name.encode(), value.encode()) for name, value in headers.items()])

    def _process(self) -> Process:
        return self._chance.choice(self._world.processes)

    def ask(self, mode: str) -> None:
        view = self._chance.choice(list(_KINDS))
        low, high = _KINDS[view]
        # Half of the queries are asked again and again: those that run at a time are one run.
        rows = self._chance.choice((high, self._chance.randint(low, high)))
        process = self._chance.choice(self._world.takers) if self._chance.random() < 0.6 else self._process()
        if self._chance.random() < 0.3:
            self._ask_by_flight(process, view, rows, mode)
            return
        body = {"sql": _sql(view, rows), "mode": mode}
        answer = self._http.post(f"http://{process.http}/sql", json=body, headers={"accept": ARROW})
        if answer.status_code == 202:
            self._ledger.give(Ticket(answer.json()["queryId"], self.name, view, rows))
        elif answer.status_code == 200:
            self._ledger.compare(Ticket("at once", self.name, view, rows), _whole(answer.content))
        else:
            self._refused(answer)
        self._ledger.count(f"asked, mode {mode}: {answer.status_code}")

    def _ask_by_flight(self, process: Process, view: str, rows: int, mode: str) -> None:
        options = self._options(mode)
        with flight.connect(f"grpc://{process.flight}") as client:
            info = client.get_flight_info(command("CommandStatementQuery", query=_sql(view, rows)), options)
            status = orjson.loads(info.app_metadata)
            is_job = status["status"] == "pending" and mode == "async"
            ticket = self._ledger.give(Ticket(status["queryId"], self.name, view, rows, firm=is_job))
            self._ledger.count("asked by Flight")
            table = _rows(client.do_get(info.endpoints[0].ticket, options))
            self._ledger.compare(ticket, table)
            if not is_job:
                self._ledger.count("read by Flight to the end")

    def look(self, ticket: Ticket, wait_ms: int = 0) -> dict[str, Any] | None:
        """The status; None where the answer was no answer."""
        answer = self._http.get(f"http://{self._process().http}/queries/{ticket.query_id}", params={"waitMs": wait_ms})
        if answer.status_code in (404, 410):
            if ticket.firm:
                raise Wrong(f"{ticket}: lost ({answer.status_code})")
            return None
        if answer.status_code != 200:
            self._refused(answer)
            return None
        ticket.firm = ticket.firm or "route" in answer.json()
        found: dict[str, Any] = answer.json()
        return found

    def read(self, ticket: Ticket, process: Process | None = None) -> bool:
        """Whether all its rows could be read."""
        process = process or self._process()
        if self._chance.random() < 0.3:
            with flight.connect(f"grpc://{process.flight}") as client:
                table = _rows(client.do_get(flight.Ticket(ticket.query_id), self._options()))
            self._ledger.compare(ticket, table)
            return True
        answer = self._http.get(f"http://{process.http}/queries/{ticket.query_id}/result", headers={"accept": ARROW})
        if answer.status_code != 200:
            self._refused(answer)
            return False
        self._ledger.compare(ticket, _whole(answer.content))
        return True

    def cancel(self, ticket: Ticket) -> None:
        for _ in range(self._chance.choice((1, 1, 2))):
            ticket.cancelled = True
            answer = self._http.delete(f"http://{self._process().http}/queries/{ticket.query_id}")
            self._ledger.count(f"cancelled: {answer.status_code}")
            if answer.status_code == 404 and ticket.firm:
                raise Wrong(f"{ticket}: lost (404 to its cancel)")

    def pry(self, ticket: Ticket) -> None:
        """At what is another caller's."""
        base = f"http://{self._process().http}/queries/{ticket.query_id}"
        for answer in (self._http.get(base), self._http.get(f"{base}/result"), self._http.delete(base)):
            if answer.status_code not in (404, 429, 503):
                raise Wrong(f"{ticket}: somebody else was told {answer.status_code}")

    def _refused(self, answer: httpx.Response) -> None:
        code = answer.json()["code"]
        self._ledger.count(f"refused: {answer.status_code} {code}")
        if code == "server.internal":
            raise Wrong(f"server.internal: {answer.text}")

    def close(self) -> None:
        self._http.close()


class Callers:
    """Threads that ask until they are told to stop; what comes of a process that has just died is no news to them."""

    def __init__(self, world: World, ledger: Ledger, seed: int, threads: int = 8) -> None:
        self._world = world
        self._ledger = ledger
        self._stop = threading.Event()
        names = itertools.cycle(TOKENS)
        self._threads = [
            threading.Thread(target=self._go_on, args=(next(names), random.Random(seed * 1000 + number)), daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(90)
            if thread.is_alive():
                self._ledger.wrong.append("a caller never got an answer")

    def _go_on(self, name: str, chance: random.Random) -> None:
        client = Client(name, self._world, self._ledger, chance)
        while not self._stop.is_set():
            try:
                self._step(client, chance)
            except Wrong as wrong:
                self._ledger.wrong.append(f"{time.strftime('%X')} {wrong}")
            except (httpx.HTTPError, flight.FlightError, pa.ArrowException, OSError) as error:
                said = str(error)
                code = _CODE.search(said)
                if code is not None and code[0] == "server.internal":
                    self._ledger.wrong.append(f"{time.strftime('%X')} {said}")
                self._ledger.count(f"no answer: {type(error).__name__} {code[0] if code else ''}")
                self._stop.wait(0.05)
            except Exception as error:
                self._ledger.wrong.append(f"{time.strftime('%X')} the caller failed: {error!r}")
                raise
            self._stop.wait(chance.random() * 0.6)
        client.close()

    def _step(self, client: Client, chance: random.Random) -> None:
        with self._ledger.lock:
            mine = [each for each in self._ledger.tickets[-200:] if each.caller == client.name]
            others = [each for each in self._ledger.tickets[-200:] if each.caller != client.name]
        what = chance.choices(("async", "auto", "look", "read", "cancel", "pry"), (3, 3, 3, 2, 0.7, 0.5))[0]
        if what in ("async", "auto"):
            client.ask(what)
        elif what == "pry" and others:
            client.pry(chance.choice(others))
        elif what == "look" and mine:
            client.look(chance.choice(mine), wait_ms=chance.choice((0, 500)))
        elif what == "read" and mine:
            client.read(chance.choice(mine))
        elif what == "cancel" and mine:
            client.cancel(chance.choice(mine))


def _sql(view: str, rows: int) -> str:
    return f"SELECT id, note FROM shop.{view} WHERE id <= {rows}"


def _whole(content: bytes) -> pa.Table:
    return pa.ipc.open_stream(content).read_all()


def _rows(reader: flight.FlightStreamReader) -> pa.Table:
    """Chunk by chunk: `read_all` takes a stream that breaks off for an interrupt, and interrupts the main thread."""
    return pa.Table.from_batches([chunk.data for chunk in reader], schema=reader.schema)
