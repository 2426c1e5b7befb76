"""Queries that were planned by GetFlightInfo and wait for their DoGet, and the tickets that name them.

A query's ticket holds its queryId: as a TicketStatementQuery where Foz made it, or raw where the client had the queryId from
elsewhere; `queryId/FIRST-END` is a part of its rows, by chunks. A ticket for metadata holds the command itself and needs nothing
kept.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

from planner.errors import QueryNotFound, RequestInvalid
from proxy.flight.expiring import ExpiringTable
from proxy.flight.messages import pack, sql_message, unpack
from proxy.request import ALL, Answer, Asking, Caller, Part

CAPACITY = 4096
KEEP_SECONDS = 300.0
_PART = re.compile(r"(\d{1,9})-(\d{1,9})?")


@dataclass(frozen=True)
class Rows:
    """What the ticket of a query asks for."""

    query_id: str
    part: Part = ALL


def ticket_for(rows: Rows) -> bytes:
    part = rows.part
    handle = rows.query_id if part == ALL else f"{rows.query_id}/{part.first}-{'' if part.end is None else part.end}"
    return pack(sql_message("TicketStatementQuery", statement_handle=handle.encode()))


def read_ticket(ticket: bytes) -> tuple[str, object]:
    """What a ticket asks for: ("TicketStatementQuery", Rows), or a metadata command's name and message. Raises
    RequestInvalid."""
    # The first byte of an Any is its type_url's tag; a queryId begins with a letter.
    if not ticket.startswith(b"\n"):
        return "TicketStatementQuery", _rows(ticket)
    name, message = unpack(ticket)
    if name == "TicketStatementQuery":
        return name, _rows(message.statement_handle)
    return name, message


def _rows(handle: bytes) -> Rows:
    try:
        query_id, _, part = handle.decode("ascii").partition("/")
    except UnicodeDecodeError:
        raise _not_ours() from None
    if not part:
        return Rows(query_id)
    found = _PART.fullmatch(part)
    if found is None:
        raise _not_ours()
    return Rows(query_id, Part(int(found[1]), int(found[2]) if found[2] else None))


def _not_ours() -> RequestInvalid:
    return RequestInvalid("The ticket is not one that this server gave.", field="ticket")


class Started:
    """Answers that nobody reads yet. Those that are forgotten or evicted are closed."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._waiting: ExpiringTable[Answer] = ExpiringTable(CAPACITY, KEEP_SECONDS, lambda answer: answer.close())
        self._lock = threading.Lock()
        self._reading: set[str] = set()

    def add(self, caller: Caller, answer: Answer) -> bytes:
        """Keeps `answer` for its reader, and gives the ticket."""
        self._waiting.put(caller.name, answer.query_id, answer)
        return ticket_for(Rows(answer.query_id))

    def claim(self, caller: Caller, rows: Rows) -> Answer:
        """The caller's answer, for reading: once, unless it is a job; `release` when it has been read. Raises QueryNotFound,
        QueryExpired."""
        query_id = rows.query_id
        if rows.part != ALL:
            return self._asking.job(query_id, caller).reading(0, rows.part)
        answer = self._waiting.pop(caller.name, query_id)
        if answer is None:
            answer = self._asking.find(query_id, caller)
        if answer.deferred:
            return answer
        with self._lock:
            taken = query_id in self._reading
            self._reading.add(query_id)
        if taken:
            raise QueryNotFound("This query's answer is being read already, or has been. Run the query again.", queryId=query_id)
        return answer

    def release(self, query_id: str) -> None:
        with self._lock:
            self._reading.discard(query_id)

    def forget(self, caller: Caller, query_id: str) -> bool:
        """Closes the caller's waiting answer; whether that was the end of its query (a job goes on)."""
        answer = self._waiting.pop(caller.name, query_id)
        if answer is not None:
            answer.close()
        return answer is not None and not answer.deferred

    def sweep(self) -> None:
        self._waiting.sweep()

    def close(self) -> None:
        self._waiting.clear()
