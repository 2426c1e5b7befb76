"""The Python states of gRPC's threads: kept from call to call, and given back."""

from __future__ import annotations

import gc
import threading
import weakref
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow.flight as flight
import pytest

from proxy.flight import auth, threads

CLIENTS, CALLS = 8, 50


class Mark:
    """Lies in the state of a thread, and goes with it."""


class Marking(auth.Handshake):
    """Puts a mark into the state of each thread that has none: as often as threads begin without a state of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.local = threading.local()
        self.marks: list[weakref.ref[Mark]] = []
        self.calls: Counter[int] = Counter()

    def is_valid(self, token: bytes) -> bytes:
        valid = super().is_valid(token)
        if not hasattr(self.local, "mark"):
            self.local.mark = Mark()
            self.marks.append(weakref.ref(self.local.mark))
        self.calls[threading.get_ident()] += 1
        return valid

    @property
    def alive(self) -> int:
        gc.collect()
        return sum(mark() is not None for mark in self.marks)


class Echo(flight.FlightServerBase):  # type: ignore[misc]
    def do_action(self, context: Any, action: Any) -> list[bytes]:
        return [action.body.to_pybytes()]


def call_often(address: str, calls: int) -> None:
    with flight.connect(address) as client:
        for number in range(calls):
            body = str(number).encode()
            assert [result.body.to_pybytes() for result in client.do_action(flight.Action("echo", body))] == [body]


@pytest.fixture
def marking() -> Marking:
    return Marking()


@pytest.fixture
def server(marking: Marking) -> Iterator[Echo]:
    with Echo("grpc://127.0.0.1:0", auth_handler=marking) as server:
        yield server


def test_a_thread_keeps_its_state(server: Echo, marking: Marking) -> None:
    call_often(f"grpc://127.0.0.1:{server.port}", CALLS)
    assert sum(marking.calls.values()) == CALLS
    assert len(marking.marks) < CALLS / 2


def test_without_it_each_call_begins_with_a_new_one(server: Echo, marking: Marking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "keep_state", lambda: None)
    call_often(f"grpc://127.0.0.1:{server.port}", CALLS)
    assert len(marking.marks) == CALLS
    assert marking.alive == 0


def test_the_states_go_with_the_threads(server: Echo, marking: Marking) -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(call_often, [f"grpc://127.0.0.1:{server.port}"] * CLIENTS, [CALLS] * CLIENTS))
    assert marking.alive > 0
    server.shutdown()
    server.wait()
    assert marking.alive == 0


def test_where_the_c_library_has_no_such_list_nothing_is_kept(
    server: Echo, marking: Marking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "_at_thread_end", None)
    call_often(f"grpc://127.0.0.1:{server.port}", CALLS)
    assert len(marking.marks) == CALLS
