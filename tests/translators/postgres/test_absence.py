"""A process of Foz that is killed in the middle of a read: its statement ends, though it has nothing to say to anybody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import pytest

from tests.cache.waiting import becomes
from translators.base import StoreConfig
from translators.control import Control
from translators.postgres import session
from translators.postgres.source import PostgresStore

READER = f"""
import sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[3])!r})
from planner.plan import Field
from translators.base import StoreConfig
from translators.control import Control
from translators.postgres.reading import PostgresQuery
from translators.postgres.source import PostgresStore

store = PostgresStore(StoreConfig("pg", "postgres", {{"uri": sys.argv[1]}}))
with store.reading(1, Control()) as reader:
    list(reader.read(PostgresQuery.plain(sys.argv[2]), [Field("x", "BIGINT")], Control()))
"""
ASLEEP = "SELECT 1::int8 AS x FROM pg_sleep(600)"
AT_WORK = "SELECT count(*)::int8 AS x FROM generate_series(1, 20000000000) g"


def running(uri: str) -> int:
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'foz' "
            "AND state = 'active'"
        )
        row = cursor.fetchone()
        assert row is not None
        return int(row[0])


@pytest.mark.parametrize("statement", [ASLEEP, AT_WORK])
def test_the_statement_of_a_killed_process_ends(postgres_uri: str, statement: str) -> None:
    reader = subprocess.Popen([sys.executable, "-c", READER, postgres_uri, statement])
    becomes(lambda: running(postgres_uri) == 1)
    reader.kill()
    reader.wait()
    becomes(lambda: running(postgres_uri) == 0)


def test_a_server_that_cannot_tell_is_read_all_the_same(postgres_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "NOTICE_ABSENCE", "SELECT pg_catalog.set_config('of_a_later_version', '1', false)")
    store = PostgresStore(StoreConfig("pg", "postgres", {"uri": postgres_uri}))
    assert store.introspect(Control()).tables == ()
    store.close()
