"""The cache's protocol as a model, small enough that every interleaving of it can be looked at.

Two writers commit to one table and report it; two readers, each in a Foz process of its own or both in one, ask for it; one of
the processes or the shared store may fail once, and a store that failed comes back empty or from an older dump. The law is
checked at every answer: it is not older than what had been acknowledged when its request arrived.

    writer    commit ─ move the version ─ acknowledge
    reader    arrive: look ─┬─ the entry holds ─ answer
                            └─ board a flight ─┬─ join: wait ─ answer, or lead where the leader is gone
                                               └─ lead: ask for the lease ─┬─ read the source ─ put ─ land ─ answer
                                                                           └─ another has it: wait ─ its entry, or read

A process holds copies of entries nearby, which answer where the store says that the entry of that version does; it hears late, or
never, that one has gone. A lease may run out at any moment, its holder being dead or slow.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

READERS = 2
WRITERS = 2


class Bug(Enum):
    """What an implementation could get wrong."""

    CAPTURED_AFTER_THE_READ = "the vector is taken after the source was read"
    OLD_VERSIONS_RESTORED = "a store that comes back from a dump has its old versions and entries back"
    LATE_CALLERS_JOIN = "whoever comes joins the read in flight, whatever was written since it began"
    MOVED_AFTER_THE_ACKNOWLEDGEMENT = "an event is acknowledged before the version has moved"
    STALE_PUT = "what was read under a version that has moved on is kept under the present one"
    NEAR_DECIDES = "a copy nearby answers for as long as nobody has told that its entry is gone"
    WAITING_TAKES_ANY = "whoever waits for another process takes what that one has kept at whatever version"


class Store(NamedTuple):
    """The shared store: the present version (0: none yet), the entry as (version, data), and leases as (version, reader)."""

    version: int = 0
    entry: tuple[int, int] | None = None
    leases: tuple[tuple[int, int], ...] = ()
    dump: tuple[int, tuple[int, int] | None] | None = None
    """What an older dump of it holds."""


class Reader(NamedTuple):
    """One request: where it stands, the data acknowledged when it arrived, its version, and what it has read."""

    place: str = "away"
    acknowledged: int = 0
    version: int = 0
    data: int = -1


class Writer(NamedTuple):
    place: str = "away"
    data: int = 0


class State(NamedTuple):
    """`data` counts the commits; `flights` are (process, version, leader); `fresh` is the next unused version; `near` is the
    copy of an entry that each process has."""

    data: int = 0
    acknowledged: int = 0
    fresh: int = 1
    store: Store = Store()
    readers: tuple[Reader, ...] = (Reader(),) * READERS
    writers: tuple[Writer, ...] = (Writer(),) * WRITERS
    flights: tuple[tuple[int, int, int], ...] = ()
    near: tuple[tuple[int, int] | None, ...] = (None, None)
    asked: int = 0
    failed: bool = False


class Broken(Exception):
    """An answer that the law forbids; the message is the way there."""


class Model:
    """`together`: both readers are in one process. `requests` is how many requests the readers make in all."""

    def __init__(self, together: bool, bug: Bug | None = None, requests: int = 2) -> None:
        self._process = (0, 0) if together else (0, 1)
        self._bug = bug
        self._requests = requests

    def explore(self) -> int:
        """Visits every state that can be reached; answers how many there are. Raises Broken."""
        first = State()
        came: dict[State, tuple[State, str] | None] = {first: None}
        waiting = deque([first])
        while waiting:
            state = waiting.popleft()
            for label, following in self._steps(state):
                if isinstance(following, str):
                    raise Broken(" → ".join((*_way(came, state), label, following)))
                following = _named_anew(following)
                if following not in came:
                    came[following] = (state, label)
                    waiting.append(following)
        return len(came)

    def _steps(self, state: State) -> Iterator[tuple[str, State | str]]:
        for number in range(WRITERS):
            yield from self._write(state, number)
        for number in range(READERS):
            yield from self._read(state, number)
        yield from self._pass(state)
        yield from self._fail(state)

    def _write(self, state: State, number: int) -> Iterator[tuple[str, State | str]]:
        writer, name = state.writers[number], f"writer {number}"
        early = self._bug is Bug.MOVED_AFTER_THE_ACKNOWLEDGEMENT
        match writer.place:
            case "away":
                changed = state._replace(data=state.data + 1)
                yield f"{name} commits", _with_writer(changed, number, Writer("committed", changed.data))
            case "committed" if early:
                yield (
                    f"{name} is acknowledged",
                    _with_writer(_acknowledged(state, writer.data), number, writer._replace(place="told")),
                )
            case "committed" | "told":
                moved = state._replace(store=state.store._replace(version=state.fresh), fresh=state.fresh + 1)
                yield (
                    f"{name}'s event moves the version",
                    _with_writer(moved, number, writer._replace(place="done" if early else "moved")),
                )
            case "moved":
                yield (
                    f"{name} is acknowledged",
                    _with_writer(_acknowledged(state, writer.data), number, writer._replace(place="done")),
                )

    def _read(self, state: State, number: int) -> Iterator[tuple[str, State | str]]:
        reader, name = state.readers[number], f"reader {number}"
        match reader.place:
            case "away" if state.asked < self._requests:
                arrived = state._replace(asked=state.asked + 1)
                yield f"{name} arrives", _with_reader(arrived, number, Reader("arrived", state.acknowledged))
            case "arrived":
                yield self._look(state, number)
            case "boarding":
                yield self._board(state, number)
            case "leading":
                yield from self._claim(state, number)
            case "reading":
                read = reader._replace(place="read", data=state.data)
                yield f"{name} reads the source", _with_reader(state, number, read)
            case "read":
                yield self._put(state, number)
            case "waiting":
                if not any(
                    flight[2] != number and flight[0] == self._process[number] and _leads(state, flight)
                    for flight in state.flights
                ):
                    yield f"{name} reads for itself", _with_reader(state, number, reader._replace(place="boarding"))

    def _look(self, state: State, number: int) -> tuple[str, State | str]:
        reader, store = state.readers[number], state.store
        copy = state.near[self._process[number]]
        if copy is not None and self._bug is Bug.NEAR_DECIDES:
            return f"reader {number} finds a copy", self._answered(state, number, copy[1])
        if store.version == 0:
            store = store._replace(version=state.fresh)
            state = state._replace(store=store, fresh=state.fresh + 1)
        if store.entry is not None and store.entry[0] == store.version:
            known = copy if copy is not None and copy[0] == store.version else store.entry
            return f"reader {number} finds an entry", self._answered(
                _with_copy(state, self._process[number], known), number, known[1]
            )
        found = reader._replace(place="boarding", version=store.version)
        return f"reader {number} finds nothing", _with_reader(state, number, found)

    def _board(self, state: State, number: int) -> tuple[str, State | str]:
        reader, process = state.readers[number], self._process[number]
        for flight in state.flights:
            joins = flight[1] == reader.version or self._bug is Bug.LATE_CALLERS_JOIN
            if flight[0] == process and joins and _leads(state, flight):
                return f"reader {number} joins", _with_reader(state, number, reader._replace(place="waiting"))
        led = state._replace(flights=(*state.flights, (process, reader.version, number)))
        return f"reader {number} leads", _with_reader(led, number, reader._replace(place="leading"))

    def _claim(self, state: State, number: int) -> Iterator[tuple[str, State | str]]:
        """Asks for the lease; where another has it, the entry is waited for, or in the end nothing."""
        reader, store, name = state.readers[number], state.store, f"reader {number}"
        anything = self._bug is Bug.WAITING_TAKES_ANY
        reading = reader._replace(place="reading")
        if store.entry is not None and (store.entry[0] == reader.version or anything):
            yield f"{name} is given the entry", self._land(state, number, store.entry[1])
        elif any(version == reader.version or anything for version, _ in store.leases):
            yield f"{name} waits no longer", _with_reader(state, number, reading)
        else:
            leased = state._replace(store=store._replace(leases=tuple(sorted((*store.leases, (reader.version, number))))))
            yield f"{name} has the lease", _with_reader(leased, number, reading)

    def _put(self, state: State, number: int) -> tuple[str, State | str]:
        """Keeps what was read, ends the lease, and lands."""
        reader, store = state.readers[number], state.store
        version = store.version if self._bug is Bug.CAPTURED_AFTER_THE_READ else reader.version
        if version == store.version or self._bug is Bug.STALE_PUT:
            store = store._replace(entry=(store.version, reader.data))
        store = store._replace(leases=tuple(lease for lease in store.leases if lease[1] != number))
        return f"reader {number} keeps its answer", self._land(state._replace(store=store), number, reader.data)

    def _land(self, state: State, number: int, data: int) -> State | str:
        """The reader is answered, and whoever has joined it in the same moment."""
        reader, process = state.readers[number], self._process[number]
        state = state._replace(flights=tuple(flight for flight in state.flights if flight[2] != number))
        for other in range(READERS):
            joined = state.readers[other]
            same = joined.version == reader.version or self._bug is Bug.LATE_CALLERS_JOIN
            if other != number and joined.place == "waiting" and self._process[other] == process and same:
                answered = self._answered(state, other, data)
                if isinstance(answered, str):
                    return answered
                state = answered
        return self._answered(state, number, data)

    def _answered(self, state: State, number: int, data: int) -> State | str:
        if data < state.readers[number].acknowledged:
            return (
                f"reader {number} is given {data}, though {state.readers[number].acknowledged} was acknowledged before it asked"
            )
        return _with_reader(state, number, Reader())

    def _pass(self, state: State) -> Iterator[tuple[str, State | str]]:
        """What time brings: leases run out, and processes hear that entries have gone."""
        for lease in state.store.leases:
            left = tuple(each for each in state.store.leases if each != lease)
            yield f"the lease of reader {lease[1]} runs out", state._replace(store=state.store._replace(leases=left))
        for process, copy in enumerate(state.near):
            if copy is not None and (state.store.entry != copy or state.store.version != copy[0]):
                yield f"process {process} hears that its copy has gone", _with_copy(state, process, None)

    def _fail(self, state: State) -> Iterator[tuple[str, State | str]]:
        """One failure, of either process or of the store, at any moment."""
        if state.store.dump is None and state.store.entry is not None:
            dumped = state.store._replace(dump=(state.store.version, state.store.entry))
            yield "the store is dumped", state._replace(store=dumped)
        if state.failed:
            return
        for process in sorted(set(self._process)):
            gone = [number for number in range(READERS) if self._process[number] == process]
            crashed = state._replace(failed=True, flights=tuple(flight for flight in state.flights if flight[0] != process))
            crashed = _with_copy(crashed, process, None)
            for number in gone:
                crashed = _with_reader(crashed, number, Reader())
            yield f"process {process} crashes", crashed
        yield "the store is started again, empty", state._replace(failed=True, store=Store())
        if state.store.dump is not None:
            # Keys carry the id of the server's life: what an older one wrote is there, and never asked for.
            version, entry = state.store.dump if self._bug is Bug.OLD_VERSIONS_RESTORED else (0, None)
            yield "the store is started again, from the dump", state._replace(failed=True, store=Store(version, entry))


def _named_anew(state: State) -> State:
    """The same state with its versions counted from 1: all that matters of two versions is whether they are the same. Writers are
    interchangeable, so their order is made the same too."""
    names = {0: 0}

    def named(version: int) -> int:
        return names.setdefault(version, len(names))

    def entry(found: tuple[int, int] | None) -> tuple[int, int] | None:
        return None if found is None else (named(found[0]), found[1])

    dump = state.store.dump
    store = Store(
        named(state.store.version),
        entry(state.store.entry),
        tuple((named(version), reader) for version, reader in state.store.leases),
        None if dump is None else (named(dump[0]), entry(dump[1])),
    )
    readers = tuple(reader._replace(version=named(reader.version)) for reader in state.readers)
    flights = tuple(sorted((process, named(version), leader) for process, version, leader in state.flights))
    writers = tuple(sorted(state.writers))
    near = tuple(entry(copy) for copy in state.near)
    return state._replace(store=store, readers=readers, flights=flights, near=near, writers=writers, fresh=len(names))


def _leads(state: State, flight: tuple[int, int, int]) -> bool:
    return state.readers[flight[2]].place in ("leading", "reading", "read")


def _acknowledged(state: State, data: int) -> State:
    return state._replace(acknowledged=max(state.acknowledged, data))


def _with_reader(state: State, number: int, reader: Reader) -> State:
    return state._replace(readers=(*state.readers[:number], reader, *state.readers[number + 1 :]))


def _with_writer(state: State, number: int, writer: Writer) -> State:
    return state._replace(writers=(*state.writers[:number], writer, *state.writers[number + 1 :]))


def _with_copy(state: State, process: int, copy: tuple[int, int] | None) -> State:
    return state._replace(near=(*state.near[:process], copy, *state.near[process + 1 :]))


def _way(came: dict[State, tuple[State, str] | None], state: State) -> list[str]:
    labels = []
    while (before := came[state]) is not None:
        state, label = before
        labels.append(label)
    return labels[::-1]
