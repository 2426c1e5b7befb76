"""The engine alone, without the planner's allow-list before it: nothing outside its inputs can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from planner.errors import FozError, UnknownTable, Unsupported
from proxy.residual import Engine, Files
from translators.base import Relation
from translators.control import Control

SECRET = pa.table({"x": ["a Python variable"]})


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(64 << 20, str(tmp_path_factory.mktemp("engine")))
    yield engine
    engine.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/proc/self/environ')",
        "SELECT * FROM system.main.read_blob('/proc/self/environ')",
        "SELECT * FROM \"READ_BLOB\" /* it */ ('/proc/self/environ')",
        "SELECT * FROM read_csv_auto('/etc/passwd')",
        "SELECT * FROM read_parquet('https://example.com/x.parquet')",
        "SELECT * FROM parquet_metadata('/tmp/x.parquet')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM duckdb_temporary_files()",
        "SELECT (SELECT content FROM read_text('/etc/passwd') LIMIT 1)",
        "WITH x AS (SELECT * FROM sniff_csv('/etc/passwd')) SELECT * FROM x",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM '/tmp/x.parquet'",
        "SELECT * FROM SECRET",
        "SELECT getenv('HOME')",
        "SELECT current_setting('temp_directory')",
        "SELECT json_serialize_plan('SELECT current_setting(''temp_directory'')', optimize := true)",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
        "EXPORT DATABASE '/tmp/x'",
        "ATTACH '/tmp/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 1",
        "RESET memory_limit",
        "PRAGMA database_size",
        "CALL pragma_version()",
        "CREATE TABLE x AS SELECT 1",
        "CREATE SECRET (TYPE s3)",
        "SET VARIABLE x = 1",
        "SELECT 1; SELECT 2",
    ],
)
def test_what_reaches_outside_is_refused(engine: Engine, sql: str) -> None:
    with pytest.raises((Unsupported, UnknownTable)):
        engine.run(sql, {}, Control())
    with pytest.raises((Unsupported, UnknownTable)):
        engine.describe(sql, {})


def test_what_another_query_has_spilled_cannot_be_read(engine: Engine) -> None:
    spill = engine._spill
    _, batches = engine.run("SELECT range AS x, repeat('b', 90) || range AS y FROM range(2000000) ORDER BY y DESC", {}, Control())
    next(batches)
    assert any(Path(spill).iterdir())
    for sql in (f"SELECT * FROM read_blob('{spill}/*')", f"SELECT * FROM '{spill}/x.csv'", f"COPY (SELECT 1) TO '{spill}/x.csv'"):
        with pytest.raises(FozError) as raised:
            list(engine.run(sql, {}, Control())[1])
        assert spill not in raised.value.message or isinstance(raised.value, UnknownTable)
        assert not isinstance(raised.value, AssertionError)
    batches.close()  # type: ignore[attr-defined]


def test_a_name_in_a_text_is_no_call(engine: Engine) -> None:
    _, batches = engine.run("SELECT 'read_blob(' AS glob, 'glob (' AS y", {}, Control())
    assert pa.Table.from_batches(list(batches)).to_pylist() == [{"glob": "read_blob(", "y": "glob ("}]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folder")
    (folder / "open.csv").write_text("x\n1\n2\n")
    (folder / "secret.csv").write_text("x\nhidden\n")
    return folder


def opened(folder: Path, query: str = 'SELECT t.x FROM "s.open" AS t') -> Files:
    """The relation f0 over open.csv, in a database that may read the whole folder."""
    path = str(folder / "open.csv")
    table = f"SELECT x FROM read_csv(['{path}'], columns = {{'x': 'BIGINT'}})"
    relation = Relation(query, {"s.open": table}, (path,), lambda: None, lambda error, control: None)
    return Files(frozenset({str(folder)}), {"f0": relation})


def test_a_relation_is_read_by_the_engine(engine: Engine, folder: Path) -> None:
    _, batches = engine.run("SELECT sum(x)::INT AS s FROM f0", {}, Control(), opened(folder))
    assert pa.Table.from_batches(list(batches)).to_pylist() == [{"s": 3}]


NAMED = """
SELECT * FROM '{secret}'
SELECT * FROM "{secret}"
FROM f0, '{secret}'
FROM f0 SEMI JOIN '{secret}' USING (x)
FROM f0 POSITIONAL JOIN '{secret}'
FROM f0 WHERE x IN (TABLE '{secret}')
FROM f0 ORDER BY (SELECT max(x) FROM '{secret}')
SELECT (FROM '{secret}' LIMIT 1) FROM f0
SELECT [y FOR y IN (SELECT list(x) FROM '{secret}')] FROM f0
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r, '{secret}' WHERE n < 3) FROM r
WITH "{secret}" AS (SELECT 1 AS x) SELECT * FROM "{secret}"
FROM (WITH "{secret}" AS (SELECT 1 AS x) SELECT * FROM "{secret}"), "{secret}"
FROM "{folder}/secret"."csv"
FROM "{folder}"."secret"."csv"
FROM '{folder}/*.csv'
FROM '{folder}/../folder0/secret.csv'
UNPIVOT '{secret}' ON x
PIVOT '{secret}' ON x IN (1) USING count(*)
FROM (SUMMARIZE '{secret}')
FROM (DESCRIBE '{secret}')
FROM read_csv('{secret}')
FROM query_table('{secret}')
FROM query('FROM ''{secret}''')
COPY f0 TO '{folder}/stolen.csv'
ATTACH '{folder}/stolen.db'
""".strip().splitlines()


@pytest.mark.parametrize("sql", NAMED)
def test_a_file_within_reach_cannot_be_named(engine: Engine, folder: Path, sql: str) -> None:
    asked = sql.format(secret=folder / "secret.csv", folder=folder)
    with pytest.raises(Unsupported):
        engine.run(asked, {}, Control(), opened(folder))
    with pytest.raises(Unsupported):
        engine.run("SELECT * FROM f0", {}, Control(), opened(folder, asked.replace("f0", '"s.open"')))
    assert len(list(folder.iterdir())) == 2


def test_only_the_directories_of_the_sources_that_there_are_can_be_read(engine: Engine, folder: Path) -> None:
    files = opened(folder)
    assert list(engine.run("SELECT * FROM f0", {}, Control(), files)[1])
    for directories in (frozenset({str(folder.parent / "elsewhere")}), frozenset[str]()):
        with pytest.raises(Unsupported):
            engine.run("SELECT * FROM f0", {}, Control(), Files(directories, files.relations))


def test_a_running_query_keeps_its_database(engine: Engine, folder: Path) -> None:
    _, batches = engine.run("SELECT range AS x FROM range(1000000), f0", {}, Control(), opened(folder))
    next(batches)
    assert list(engine.run("SELECT 1 AS x", {}, Control(), Files(frozenset({str(folder.parent)})))[1])
    assert sum(batch.num_rows for batch in batches) > 1_900_000
