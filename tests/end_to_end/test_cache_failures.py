"""Foz while its Redis is frozen, killed and started anew: every query is answered, and nothing acknowledged is forgotten."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pymongo
import pytest

from demo.server import Server, free_port
from demo.servers import start_redis
from tests.cache.waiting import becomes
from tests.end_to_end.asking import bearer
from tests.end_to_end.world import ROOT, World, serving

SQL = "SELECT max(n) AS n FROM crm.counted"
EVENT = {"source": "crm", "table": "counted"}


class Counted:
    """One number in MongoDB that only grows, each time reported as an event; and readers that compare."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.acknowledged = 0
        self.seen: set[str] = set()
        self.stop = threading.Event()

    def write(self) -> None:
        number = 0
        with pymongo.MongoClient(self.world.mongodb_uri) as client, httpx.Client(headers=bearer(ROOT)) as http:
            while not self.stop.is_set():
                number += 1
                client.get_default_database()["counted"].update_one({"_id": 1}, {"$set": {"n": number}})
                if http.post(f"{self.world.http}/events", json=EVENT, timeout=30).status_code == 204:
                    self.acknowledged = number

    def read(self) -> None:
        with httpx.Client(headers=bearer(ROOT)) as http:
            while not self.stop.is_set():
                least = self.acknowledged
                answer = http.post(f"{self.world.http}/sql", json={"sql": SQL}, timeout=30)
                assert answer.status_code == 200, answer.text
                body = answer.json()
                assert body["rows"][0]["n"] >= least
                self.seen.add(body["cache"]["status"])


@pytest.fixture
def server() -> Iterator[Server]:
    with start_redis(free_port()) as server:
        yield server


@pytest.fixture
def world(filled: tuple[str, str, Any], server: Server) -> Iterator[World]:
    with pymongo.MongoClient(filled[1]) as client:
        client.get_default_database()["counted"].replace_one({"_id": 1}, {"n": 0}, upsert=True)
    with serving(*filled, cache=server.uri, cache_limits={"ttl_seconds": 600}) as world:
        yield world


def status(world: World) -> str:
    answer = httpx.post(f"{world.http}/sql", json={"sql": SQL}, headers=bearer(ROOT), timeout=30).raise_for_status()
    return str(answer.json()["cache"]["status"])


def test_queries_are_answered_and_nothing_is_forgotten(world: World, server: Server) -> None:
    counted = Counted(world)

    def went_on() -> bool:
        """Something was acknowledged since, and read."""
        before = counted.acknowledged
        counted.seen.clear()
        becomes(lambda: counted.acknowledged > before + 3 and bool(counted.seen & {"hit", "miss"}))
        return True

    with ThreadPoolExecutor(4) as pool:
        working = [pool.submit(counted.write), *(pool.submit(counted.read) for _ in range(3))]
        try:
            assert went_on()
            server.freeze()
            counted.seen.clear()
            becomes(lambda: "bypass" in counted.seen)
            server.thaw()
            assert went_on()
            server.kill()
            counted.seen.clear()
            becomes(lambda: "bypass" in counted.seen)
            with start_redis(int(server.uri.rpartition(":")[2])):
                assert went_on()
        finally:
            counted.stop.set()
        for each in working:
            each.result(60)


def test_an_event_that_cannot_be_noted_is_refused(world: World, server: Server) -> None:
    assert [status(world), status(world)] == ["miss", "hit"]
    server.kill()
    becomes(lambda: status(world) == "bypass")
    refused = httpx.post(f"{world.http}/events", json=EVENT, headers=bearer(ROOT))
    assert refused.json()["code"] == "server.busy"
    with start_redis(int(server.uri.rpartition(":")[2])):
        becomes(lambda: status(world) == "miss")
        assert status(world) == "hit"
        # A text that no encoding takes is no reason to fail: it is refused, or noted.
        hostile = r'{"source": "crm", "table": "\udcff", "version": "\udcff"}'
        told = httpx.post(f"{world.http}/events", content=hostile, headers={"content-type": "application/json", **bearer(ROOT)})
        assert told.status_code in (204, 400)
