"""One read for many: who joins, who leads, and what happens when some of them leave."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from cache.single_flight import Flight, Flights


def never() -> bool:
    return False


def test_the_first_leads_and_the_others_get_what_it_lands() -> None:
    flights: Flights[str] = Flights()
    leader = flights.board("k")
    followers = [flights.board("k") for _ in range(20)]
    assert leader.leads
    assert not any(follower.leads for follower in followers)
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(follower.wait, never) for follower in followers]
        leader.land("rows")
        assert [each.result(10) for each in waiting] == ["rows"] * 20


def test_another_vector_is_another_flight() -> None:
    flights: Flights[str] = Flights()
    assert flights.board(("k", "v1")).leads
    assert flights.board(("k", "v2")).leads


def test_a_flight_that_has_landed_takes_nobody_on() -> None:
    flights: Flights[str] = Flights()
    flights.board("k").land("rows")
    assert flights.board("k").leads


def test_whoever_joins_a_read_that_gives_nothing_is_told_so() -> None:
    flights: Flights[str] = Flights()
    leader, follower = flights.board("k"), flights.board("k")
    leader.land(None)
    leader.land("too late")
    assert follower.wait(never) is None


def test_a_follower_that_ends_waits_no_longer() -> None:
    flights: Flights[str] = Flights()
    flights.board("k")
    follower, ended = flights.board("k"), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(follower.wait, ended.is_set)
        ended.set()
        follower.wake()
        assert waiting.result(10) is None


def test_the_read_stops_when_the_last_has_left_and_not_before() -> None:
    flights: Flights[str] = Flights()
    stopped: list[str] = []
    leader, follower = flights.board("k"), flights.board("k")
    leader.when_abandoned(lambda: stopped.append("stopped"))
    leader.leave()
    leader.leave()
    assert stopped == []
    follower.leave()
    follower.leave()
    assert stopped == ["stopped"]
    assert flights.board("k").leads


def test_many_callers_leave_no_flight_behind() -> None:
    flights: Flights[int] = Flights()
    led = []

    def call(number: int) -> int | None:
        flight: Flight[int] = flights.board(number % 3)
        try:
            if not flight.leads:
                return flight.wait(never)
            led.append(number)
            flight.land(number)
            return number
        finally:
            flight.leave()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(call, range(3000)))
    assert None not in answers
    assert len(flights) == 0
    assert len(led) <= 3000
