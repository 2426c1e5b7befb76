"""The engine alone, without the planner's allow-list before it: nothing outside its inputs can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from planner.errors import FozError, UnknownTable, Unsupported
from proxy.residual import Engine
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
