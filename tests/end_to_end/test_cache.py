"""The cache end to end: over real stores, both protocols, in memory and in Redis; what is kept is never older than it says."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pyarrow.flight as flight
import pytest

from tests.end_to_end.asking import WAYS, bearer
from tests.end_to_end.world import ANA, BEN, ROOT, World, serving
from tests.proxy.flight.serving import calling, command
from translators.control import Control

COUNT = "SELECT count(*) AS n FROM depot.parts"


@pytest.fixture(scope="module", params=["memory", "redis"])
def cached(request: pytest.FixtureRequest, filled: tuple[str, str, Any], redis_uri: str) -> Iterator[World]:
    """A Foz whose cache is of either kind, and keeps answers over tables that tell nothing for a minute."""
    uri = "memory://" if request.param == "memory" else redis_uri
    with serving(*filled, cache=uri, cache_limits={"ttl_seconds": 60}) as world:
        while status(asked(world, "SELECT count(*) AS n FROM crm.customers"))[1] != "notified":
            time.sleep(0.01)  # until its changes are heard of: that moves every version once
        yield world


@pytest.fixture(autouse=True)
def empty(cached: World) -> None:
    httpx.delete(f"{cached.http}/cache", headers=bearer(ROOT)).raise_for_status()


def asked(world: World, sql: str, token: str = ROOT, **options: Any) -> dict[str, Any]:
    """The whole JSON of an answer, and its headers under `headers`."""
    answer = httpx.post(f"{world.http}/sql", json={"sql": sql, **options}, headers=bearer(token))
    answer.raise_for_status()
    return {**answer.json(), "headers": answer.headers}


def told(world: World, event: dict[str, Any], token: str = ROOT) -> None:
    httpx.post(f"{world.http}/events", json=event, headers=bearer(token)).raise_for_status()


def explained(world: World, sql: str, token: str = ROOT) -> dict[str, Any]:
    receipt: dict[str, Any] = orjson.loads(asked(world, f"EXPLAIN (FORMAT JSON) {sql}", token)["rows"][0]["plan"])
    return receipt


def status(answer: dict[str, Any]) -> tuple[str, str | None]:
    return answer["cache"]["status"], answer["cache"].get("freshness")


def test_an_answer_is_given_again_until_its_file_is_written_to(cached: World) -> None:
    with sqlite3.connect(cached.directory / "depot.db") as writer:
        first = asked(cached, COUNT)
        again = asked(cached, COUNT)
        assert [status(first), status(again)] == [("miss", "exact"), ("hit", "exact")]
        assert again["rows"] == first["rows"]
        assert again["headers"]["cache-status"] == "foz; hit; detail=exact"
        assert again["headers"]["age"].isdigit()
        writer.execute("INSERT INTO parts (name) VALUES ('new')")
        writer.commit()
        after = asked(cached, COUNT)
        assert status(after) == ("miss", "exact")
        assert after["rows"][0]["n"] == first["rows"][0]["n"] + 1
    writer.close()


def test_what_one_protocol_has_read_the_other_gives_again(cached: World) -> None:
    tables = [WAYS[way](cached, "SELECT id, name FROM depot.parts ORDER BY id", ROOT) for way in ("http", "flight", "adbc")]
    assert tables[0] == tables[1] == tables[2]
    assert status(asked(cached, "SELECT id, name FROM depot.parts ORDER BY id")) == ("hit", "exact")


def test_flight_tells_it_in_the_metadata(cached: World) -> None:
    with flight.connect(cached.flight) as client:
        call = calling(**bearer(ROOT))
        queries = (COUNT, "SELECT now() AS n FROM depot.parts")
        infos = [client.get_flight_info(command("CommandStatementQuery", query=sql), call) for sql in queries]
    assert [orjson.loads(info.app_metadata)["cache"]["status"] for info in infos] == ["miss", "bypass"]


def test_a_query_over_several_sources_is_as_fresh_as_the_least(cached: World) -> None:
    sql = "SELECT count(*) AS n FROM depot.parts p JOIN shop.orders o ON o.id = p.id"
    assert status(asked(cached, sql)) == ("miss", "ttl")
    assert status(asked(cached, sql)) == ("hit", "ttl")
    told(cached, {"source": "shop", "table": "orders"})
    assert status(asked(cached, sql)) == ("miss", "ttl")


def test_an_event_is_not_answered_before_it_counts(cached: World) -> None:
    sql = "SELECT count(*) AS n FROM crm.customers"
    for version in range(30):
        asked(cached, sql)
        assert status(asked(cached, sql))[0] == "hit"
        told(cached, {"source": "crm", "table": "customers", "version": version})
        assert status(asked(cached, sql))[0] == "miss"


def test_a_write_through_a_source_is_not_answered_before_it_counts(cached: World) -> None:
    sql = "SELECT count(*) AS n FROM shop.orders"
    before = asked(cached, sql)["rows"][0]["n"]
    assert status(asked(cached, sql))[0] == "hit"
    stores = cached.foz.catalog.stores()
    assert stores["shop"].execute("INSERT INTO orders (id) VALUES (9999)", (), Control()) == 1
    after = asked(cached, sql)
    assert (status(after)[0], after["rows"][0]["n"]) == ("miss", before + 1)
    assert stores["shop"].execute("DELETE FROM orders WHERE id = 9999", (), Control()) == 1
    assert asked(cached, sql)["rows"][0]["n"] == before


def test_the_same_event_again_is_nothing_new(cached: World) -> None:
    sql = "SELECT count(*) AS n FROM crm.customers"
    event = {"source": "crm", "table": "customers", "version": "once"}
    told(cached, event)
    asked(cached, sql)
    told(cached, event)
    assert status(asked(cached, sql))[0] == "hit"


def test_an_event_for_an_unknown_table_is_one_for_the_source(cached: World) -> None:
    sql = "SELECT count(*) AS n FROM crm.customers"
    asked(cached, sql)
    told(cached, {"source": "crm", "table": "nothing_of_the_kind"})
    assert status(asked(cached, sql))[0] == "miss"


def test_callers_with_other_grants_share_nothing(cached: World) -> None:
    sql = "SELECT count(*) AS n FROM crm.customers"
    assert status(asked(cached, sql, ROOT))[0] == "miss"
    assert status(asked(cached, sql, ANA))[0] == "miss"
    assert status(asked(cached, sql, ANA))[0] == "hit"
    refused = httpx.post(f"{cached.http}/sql", json={"sql": sql}, headers=bearer(BEN))
    assert refused.json()["code"] == "sql.unknown_table"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT now() AS n, id FROM depot.parts", "clock"),
        ("SELECT random() AS n, id FROM depot.parts", "random"),
        ("SELECT 1 AS one", "no table"),
    ],
)
def test_what_changes_by_itself_is_not_kept(cached: World, sql: str, reason: str) -> None:
    answer = asked(cached, sql)
    assert status(answer) == ("bypass", None)
    assert reason in answer["cache"]["reason"]


def test_the_request_says_how_the_cache_is_used(cached: World) -> None:
    assert status(asked(cached, COUNT, cache="bypass")) == ("bypass", None)
    assert status(asked(cached, COUNT))[0] == "miss"
    assert status(asked(cached, COUNT, cache="refresh"))[0] == "miss"
    assert status(asked(cached, COUNT))[0] == "hit"


def test_an_answer_that_is_out_of_date_only_for_who_allows_it(cached: World) -> None:
    sql = "SELECT count(*) AS n FROM crm.customers"
    asked(cached, sql)
    told(cached, {"source": "crm"})
    assert status(asked(cached, sql, maxStalenessMs=60_000)) == ("hit", "ttl")
    key = explained(cached, sql)["cache"]["key"]
    # It is read anew behind: the entry becomes current by itself.
    for _ in range(500):
        if httpx.get(f"{cached.http}/cache/{key}", headers=bearer(ROOT)).json()["current"]:
            break
    assert status(asked(cached, sql)) == ("hit", "notified")


def test_names_of_parameters_and_types_are_part_of_an_answer(cached: World) -> None:
    first = asked(cached, "SELECT id AS a FROM depot.parts WHERE id = ?", params=[3])
    second = asked(cached, "SELECT id AS b FROM depot.parts WHERE id = ?", params=[3])
    third = asked(cached, "SELECT id AS a FROM depot.parts WHERE id = ?", params=[4])
    assert [answer["rows"] for answer in (first, second, third)] == [[{"a": 3}], [{"b": 3}], [{"a": 4}]]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id AS n FROM shop.orders WHERE id = {}",  # a prepared statement, whose text has no constants
        "SELECT _id AS n FROM crm.customers WHERE _id = {}",
        "SELECT id AS n FROM depot.parts WHERE id = {}",
    ],
)
def test_constants_are_part_of_an_answer(cached: World, sql: str) -> None:
    for _ in range(2):
        for number in (3, 4, 5):
            assert asked(cached, sql.format(number))["rows"] == [{"n": number}]
    assert status(asked(cached, sql.format(3)))[0] == "hit"
    assert asked(cached, sql.format(6))["rows"] == [{"n": 6}]


def read(answer: dict[str, Any]) -> set[str]:
    """The sources that an answer's query has read."""
    return {each["source"] for each in answer["stats"]["sources"]}


def test_a_change_in_one_source_leaves_the_fragments_of_the_other_warm(cached: World) -> None:
    sql = "SELECT c.name, p.name AS part FROM crm.customers c JOIN depot.parts p ON p.id = c._id ORDER BY c._id"
    first = asked(cached, sql)
    assert read(first) == {"crm", "depot"}
    told(cached, {"source": "crm"})
    second = asked(cached, sql)
    assert (status(second)[0], second["rows"]) == ("miss", first["rows"])
    assert read(second) == {"crm"}
    told(cached, {"source": "depot", "table": "parts"})
    assert read(asked(cached, sql)) == {"depot"}
    assert read(asked(cached, sql, cache="refresh")) == {"crm", "depot"}
    assert read(asked(cached, sql, cache="bypass")) == {"crm", "depot"}


def test_a_query_that_is_never_kept_finds_its_fragments(cached: World) -> None:
    sql = "SELECT count(*) AS n, max(now()) IS NULL AS t FROM crm.customers c JOIN depot.parts p ON p.id = c._id"
    first, second = asked(cached, sql), asked(cached, sql)
    assert status(second)[0] == "bypass"
    assert (read(first), read(second)) == ({"crm", "depot"}, set())
    assert second["rows"] == first["rows"]


def test_rows_of_a_day_are_kept_and_those_of_a_moment_are_not(cached: World) -> None:
    def fragments(clock: str) -> set[str]:
        joined = "crm.customers c JOIN depot.parts p ON p.id = c._id"
        sql = f"SELECT count(*) AS n FROM {joined} WHERE c.name <> CAST({clock} AS VARCHAR)"
        asked(cached, sql)
        return read(asked(cached, sql))

    assert fragments("current_date") == set()
    assert fragments("localtimestamp") == {"crm"}


def test_two_reads_of_one_source_are_of_one_instant_and_not_kept_apart(cached: World) -> None:
    sql = "SELECT count(*) AS n FROM crm.customers a, (SELECT count(*) AS k FROM crm.customers WHERE random() >= 0) b"
    first, second = asked(cached, sql), asked(cached, sql)
    assert [each["source"] for each in second["stats"]["sources"]] == [each["source"] for each in first["stats"]["sources"]]
    assert read(second) == {"crm"}


def test_explain_says_what_the_cache_would_do(cached: World) -> None:
    def lines(sql: str) -> str:
        return "\n".join(row["plan"] for row in asked(cached, f"EXPLAIN {sql}")["rows"])

    assert "Cache: would keep the answer (exact)" in lines(COUNT)
    asked(cached, COUNT)
    assert "Cache: would answer" in lines(COUNT)
    assert "Cache: not used, " in lines("SELECT now() AS n FROM depot.parts")
    shown = httpx.get(f"{cached.http}/cache/{explained(cached, COUNT)['cache']['key']}", headers=bearer(ROOT)).json()
    assert (shown["rows"], shown["current"]) == (1, True)


def test_the_cache_can_be_looked_into_and_emptied(cached: World) -> None:
    asked(cached, COUNT)
    stats = httpx.get(f"{cached.http}/cache", headers=bearer(ROOT)).json()
    assert stats["entries"] == 1
    assert stats["tables"]["depot.main.parts"] == stats["bytes"]
    assert httpx.delete(f"{cached.http}/cache", params={"over": "depot"}, headers=bearer(ROOT)).json() == {"dropped": 1}
    assert status(asked(cached, COUNT))[0] == "miss"
    assert httpx.get(f"{cached.http}/cache", headers=bearer(ANA)).status_code == 403
