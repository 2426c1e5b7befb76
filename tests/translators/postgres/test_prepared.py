"""Point reads by prepared statements: what is prepared and when, what becomes of it, and reads that turn out not to be small."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from planner.errors import QueryCancelled
from planner.plan import Field
from tests.translators.postgres.beside import Beside, administer
from translators.base import Reader, StoreConfig
from translators.control import Control
from translators.postgres.binds import Bind, marked, spelled, taken_out, unmarked
from translators.postgres.reading import BOUNDED_ROWS, PostgresQuery
from translators.postgres.source import PostgresStore
from translators.postgres.statements import KEPT

OUTPUTS = [Field("id", "INTEGER"), Field("name", "VARCHAR")]
TEXT = "SELECT id, name FROM public.people WHERE id = "


@pytest.fixture(scope="module")
def database(postgres_uri: str) -> str:
    administer(
        postgres_uri,
        "CREATE TABLE people (id int PRIMARY KEY, name text, born date, group_id int)",
        "INSERT INTO people SELECT i, 'name ' || i, date '2000-01-01' + i, i % 2 FROM generate_series(1, 5000) AS r(i)",
        "ANALYZE people",
    )
    return postgres_uri


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    store = PostgresStore(StoreConfig("pg", "postgres", {"uri": database}))
    yield store
    store.close()


def point(key: int, text: str = TEXT) -> PostgresQuery:
    return PostgresQuery((text, ""), (Bind(str(key), False, "INTEGER", str(key)),), point=True, prepared=True)


def read(reader: Reader, query: PostgresQuery, outputs: list[Field] = OUTPUTS) -> list[dict[str, Any]]:
    return [row for batch in reader.read(query, outputs, Control()) for row in batch.to_pylist()]


def asked(store: PostgresStore, query: PostgresQuery, reads: int = 1) -> list[dict[str, Any]]:
    with store.reading(reads, Control()) as reader:
        return read(reader, query)


def prepared(store: PostgresStore) -> list[tuple[str, int]]:
    """The statements that the store's only idle session has prepared, and how often each ran by a plan for any constants."""
    text = "SELECT statement, generic_plans::int4 AS n FROM pg_prepared_statements WHERE from_sql ORDER BY prepare_time"
    query = PostgresQuery.plain(text, point=True)
    with store.reading(1, Control()) as reader:
        rows = read(reader, query, [Field("statement", "VARCHAR"), Field("n", "INTEGER")])
    return [(row["statement"], row["n"]) for row in rows]


def test_a_text_is_prepared_when_it_comes_again(store: PostgresStore) -> None:
    assert asked(store, point(7)) == [{"id": 7, "name": "name 7"}]
    assert prepared(store) == []
    for key in range(1, 12):
        assert asked(store, point(key)) == [{"id": key, "name": f"name {key}"}]
    ((statement, generic),) = prepared(store)
    assert statement.endswith(f"(int4) AS {TEXT}$1")
    assert generic > 0


def test_other_texts_push_the_oldest_out(store: PostgresStore) -> None:
    texts = [f"SELECT id, name || '{number}' AS name FROM public.people WHERE id = " for number in range(KEPT + 1)]
    for text in texts:
        for key in (1, 2):
            assert len(asked(store, point(key, text))) == 1
    found = [statement for statement, _ in prepared(store)]
    assert len(found) == KEPT
    assert not any("|| '0'" in statement for statement in found)


def test_it_is_the_same_in_a_snapshot(store: PostgresStore) -> None:
    for _ in range(3):
        with store.reading(2, Control()) as reader:
            assert read(reader, point(3)) == [{"id": 3, "name": "name 3"}]
            assert read(reader, point(4)) == [{"id": 4, "name": "name 4"}]
    assert len(prepared(store)) == 1


@pytest.mark.parametrize("reads", [1, 2])
@pytest.mark.parametrize("loss", ["ALTER TABLE public.changing ALTER COLUMN name TYPE varchar(40)", "DEALLOCATE ALL"])
def test_a_statement_that_can_run_no_more_is_replaced(store: PostgresStore, database: str, reads: int, loss: str) -> None:
    administer(
        database,
        "DROP TABLE IF EXISTS changing",
        "CREATE TABLE changing AS SELECT id, name FROM people WHERE id < 10",
    )
    text = "SELECT id, name FROM public.changing WHERE id = "
    for key in (1, 2, 3):
        asked(store, point(key, text), reads)
    assert len(prepared(store)) == 1
    if loss.startswith("ALTER"):
        administer(database, loss)
    else:
        with store._pool.session(Control()) as session:
            session.run(loss)
    for key in (4, 5, 6):
        assert asked(store, point(key, text), reads) == [{"id": key, "name": f"name {key}"}]
    assert prepared(store)[-1][0].endswith(f"{text}$1")
    assert len(prepared(store)) == (2 if loss.startswith("ALTER") else 1)


def test_a_cancel_reaches_a_prepared_statement(store: PostgresStore) -> None:
    text = "SELECT id, name FROM public.people, generate_series(1, 1000000000) AS g(x) WHERE g.x > 999999999 AND id = "
    control = Control()

    def slow() -> list[Any]:
        with store.reading(1, control) as reader:
            return list(reader.read(point(1, text), OUTPUTS, control))

    with store._pool.session(Control()) as session:
        for _ in range(2):  # it comes the second time, and is prepared without being run
            session._statements.name_of(point(1, text).text, point(1, text).binds, session.run)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        with store.reading(1, Control()) as reader:
            running_now = "query LIKE 'EXECUTE foz_%' AND state = 'active'"
            active = f"SELECT count(*)::int4 AS id, 'x' AS name FROM pg_stat_activity WHERE {running_now}"
            while read(reader, PostgresQuery.plain(active, point=True))[0]["id"] == 0:
                assert not running.done()
        control.cancel()
        with pytest.raises(QueryCancelled):
            running.result()
    assert asked(store, point(5)) == [{"id": 5, "name": "name 5"}]


def test_more_rows_than_were_expected_are_all_read(store: PostgresStore) -> None:
    text = "SELECT id, name FROM public.people WHERE group_id = "
    few = replace(point(0, text), bounded=True)
    for reads in (1, 2):
        for _ in range(3):
            rows = asked(store, few, reads)
            assert len(rows) == 2500 > BOUNDED_ROWS
            assert {row["id"] for row in rows} == set(range(2, 5001, 2))
    assert asked(store, replace(point(9), bounded=True)) == [{"id": 9, "name": "name 9"}]


def test_what_is_much_work_is_never_done_twice_for_a_wrong_estimate(database: str) -> None:
    beside = Beside(database)
    try:
        one = "SELECT group_id, count(*) AS n FROM pg.people WHERE id < 100 GROUP BY group_id"
        two = "SELECT a.group_id, count(*) AS n FROM pg.people a JOIN pg.people b ON a.id = b.id GROUP BY a.group_id"
        natives = [beside.plan(sql).steps[0].taken.native for sql in (one, two)]
        assert [native.bounded for native in natives if isinstance(native, PostgresQuery)] == [True, False]
    finally:
        beside.close()


def test_explain_shows_the_types_of_what_is_bound(database: str) -> None:
    beside = Beside(database)
    try:
        taken = beside.plan("SELECT name FROM pg.people WHERE id = 5 AND born > DATE '2001-02-03' AND name <> 'x'").steps[0].taken
        assert taken.binds == ("int4", "date", "text")
        assert taken.native is not None
        assert taken.native.text.endswith('("people"."id" = $1) AND ("people"."born" > $2) AND ("people"."name" <> $3)')
        whole = beside.plan("SELECT count(*) AS n FROM pg.people WHERE group_id = 1").steps[0].taken
        assert whole.binds == ()
        large = beside.plan("SELECT name FROM pg.people WHERE group_id = 1").steps[0].native
        assert isinstance(large, PostgresQuery)
        assert (large.point, large.prepared) == (False, False)
    finally:
        beside.close()


@pytest.mark.parametrize(
    ("value", "is_text", "type", "text"),
    [
        ("5", False, "INTEGER", "5"),
        ("-5", False, "INTEGER", "(-5)::int4"),
        ("1.50", False, "DECIMAL(3,2)", "1.50"),
        ("it's", True, "VARCHAR", "'it''s'::text"),
        ("ab", True, "bpchar", "'ab'::bpchar"),
        ("2024-02-29", True, "DATE", "'2024-02-29'::date"),
    ],
)
def test_a_marked_constant_comes_out_as_it_went_in(value: str, is_text: bool, type: str, text: str) -> None:
    assert spelled(value, is_text, type) == text
    sql = f"a = {marked(value, is_text, type, text)} AND b = {marked(value, is_text, type, text)}"
    assert unmarked(sql) == f"a = {text} AND b = {text}"
    pieces, binds = taken_out(sql)
    assert pieces == ("a = ", " AND b = ", "")
    assert binds == (Bind(value, is_text, type, text),) * 2


@pytest.mark.parametrize(
    ("bind", "value", "is_text"),
    [
        (Bind("2024-01-01", True, "DATE", "'2024-01-01'::date"), "2024-02-30", True),
        (Bind("2024-01-01", True, "DATE", "'2024-01-01'::date"), "infinity", True),
        (Bind("ab", True, "bpchar", "'ab'::bpchar"), "ab ", True),
        (Bind("ab", True, "VARCHAR", "'ab'::text"), "a\0b", True),
        (Bind("ab", True, "VARCHAR", "'ab'::text"), "a\x02b", True),
        (Bind("5", False, "INTEGER", "5"), "5", True),
        (Bind("5", False, "FLOAT", "'5'::float4"), "123456789", False),
    ],
)
def test_a_constant_that_may_be_read_otherwise_is_not_put_in(bind: Bind, value: str, is_text: bool) -> None:
    assert bind.respelled(value, is_text) is None
