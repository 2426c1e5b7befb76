"""`foz query` and `foz explain` in process: formats, files, errors and exit codes."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from click.testing import Result
from rich.console import Console

from proxy.cli.progress import Progress, said

from .conftest import Place, process

Run = Callable[..., Result]

PARTS = "SELECT i, name, share, day FROM depot.parts ORDER BY i"


def test_a_table_for_people(run: Run) -> None:
    result = run("query", PARTS)
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert [part.strip() for part in lines[1].split("┃")[1:-1]] == ["i", "name", "share", "day"]
    assert [part.strip() for part in lines[5].split("│")[1:-1]] == ["2", "n2", "0.5", "NULL"]
    assert lines[-1] == "5 rows"
    assert result.stderr == ""


def test_a_long_table_says_that_there_is_more(run: Run) -> None:
    lines = run("query", "SELECT i FROM depot.many").stdout.splitlines()
    assert len(lines) == 1000 + 5
    assert lines[-1] == "The first 1,000 rows; --format csv gives all."


def test_json(run: Run) -> None:
    rows = json.loads(run("query", PARTS, "--format", "json").stdout)
    assert rows[1] == {"i": 1, "name": "n1", "share": 0.25, "day": None}
    assert len(rows) == 5
    assert json.loads(run("query", "SELECT i FROM depot.parts WHERE i > 9", "--format", "json").stdout) == []
    assert json.loads(run("query", "SELECT i, i FROM depot.parts LIMIT 1", "--format", "json").stdout) == [{"i": 0, "i_2": 0}]


def test_csv(run: Run) -> None:
    text = run("query", PARTS, "--format", "csv").stdout_bytes.decode()
    assert text.splitlines()[:2] == ["i,name,share,day", "0,n0,0.0,"]


def test_arrow_and_parquet_go_to_files(run: Run, place: Place, tmp_path: Path) -> None:
    for format in ("arrow", "parquet", "csv"):
        output = tmp_path / f"rows.{format}"
        assert run("query", PARTS, "--format", format, "--output", str(output)).exit_code == 0
        assert [path.name for path in tmp_path.iterdir()] == [output.name]
        if format == "arrow":
            with pa.ipc.open_stream(output.read_bytes()) as reader:
                assert reader.read_all()["name"].to_pylist() == ["n0", "n1", "n2", "n3", "n4"]
        else:
            assert duckdb.read_csv(str(output)) if format == "csv" else duckdb.read_parquet(str(output)).fetchall()[4][1] == "n4"
        output.unlink()


def test_an_existing_file_is_left_alone_when_the_query_fails(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "rows.csv"
    output.write_text("before")
    assert run("query", "SELECT nope FROM depot.parts", "--format", "csv", "--output", str(output)).exit_code == 1
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("rows.csv", "before")]
    result = run("query", PARTS, "--output", str(tmp_path / "none" / "x"))
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("query", "SELECT * FRO"), 1, "[sql."),
        (("query", "SELECT * FROM depot.part"), 1, "[sql.unknown_table] There is no table depot.part. Did you mean depot.parts"),
        (("query", "SELECT nam FROM depot.parts"), 1, "[sql.unknown_column]"),
        (("query", PARTS, "--format", "xml"), 2, "Invalid value for '--format'"),
        (("query",), 2, "Missing argument 'SQL'"),
        (("query", PARTS, "--timeout-ms", "0"), 2, "Invalid value for '--timeout-ms'"),
        (("query", PARTS, "--config", "none.yaml"), 2, "none.yaml: cannot be read"),
        (("query", PARTS, "--server", "http://x"), 1, "[request.invalid] The server is given as grpc://HOST:PORT"),
        (
            ("query", PARTS, "--server", "grpc://127.0.0.1:9"),
            1,
            "[source.unavailable] The server grpc://127.0.0.1:9 did not answer",
        ),
        (("explain", "SELECT * FROM depot.part"), 1, "[sql.unknown_table]"),
        (("serve", "--flight", "here"), 2, "foz: Option --flight: expected HOST:PORT"),
        (("serve", "--http", "0.0.0.0:1"), 2, "foz: Option --http: without tokens only a loopback address"),
        (("nothing",), 2, "No such command 'nothing'"),
    ],
)
def test_mistakes(run: Run, arguments: tuple[str, ...], code: int, message: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_no_configuration_at_all(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("query", "SELECT 1")
    assert (result.exit_code, result.stderr) == (
        2,
        "foz: There is no foz.yaml here. Write one, or name one with --config FILE.\n",
    )


def test_help_everywhere(run: Run) -> None:
    for command in ((), ("query",), ("explain",), ("serve",), ("sources",), ("sources", "list"), ("sources", "inspect")):
        result = run(*command, "--help")
        assert (result.exit_code, result.stdout[:6]) == (0, "Usage:")
    assert run("--version").stdout.startswith("foz ")


def test_explain(run: Run) -> None:
    tree = run("explain", "SELECT i FROM depot.parts WHERE i > 2")
    assert tree.exit_code == 0
    assert "f0 from depot" in tree.stdout
    receipt = json.loads(run("explain", "SELECT i FROM depot.parts WHERE i > 2", "--json").stdout)
    assert receipt["fragments"][0]["source"] == "depot"
    analyzed = json.loads(run("explain", "SELECT i FROM depot.parts WHERE i > 2", "--json", "--analyze").stdout)
    assert (analyzed["rows"], analyzed["fragments"][0]["actual"]["rows"]) == (2, 2)
    stored = json.loads(run("explain", "SELECT i FROM depot.parts WHERE i > 2", "--json", "--store").stdout)
    assert "parts.parquet" in stored["fragments"][0]["storePlan"] or "PARQUET" in stored["fragments"][0]["storePlan"]


def test_output_that_nobody_reads_to_its_end(place: Place) -> None:
    with process(place, "query", "SELECT a.i FROM depot.many a, depot.many b", "--format", "csv") as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == "i\n"
        running.stdout.close()
        assert running.wait(60) == 1
        assert running.stderr.read() == ""


def test_progress_says_how_far_the_query_is_and_when_it_may_be_done() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    progress = {"rows": 0, "fragments": {"done": 1, "total": 3}, "read": {"rows": 12_345, "bytes": 1}}
    status: dict[str, Any] = {"status": "processing", "progress": progress, "predicted": None}
    assert list(said(status, now)) == ["1 of 3 fragments", "12,345 rows read"]
    status["predicted"] = {"ms": None, "finishesAt": "2026-01-01T00:00:07.500Z"}
    assert list(said(status, now))[2:] == ["about 8 s left"]
    assert list(said(status, now + timedelta(seconds=9)))[2:] == ["about 0 s left"]
    assert list(said({"status": "pending", "progress": {"rows": 0}, "predicted": None}, now)) == ["waiting to begin"]
    assert list(said({}, now)) == []


def test_progress_appears_only_after_a_while_and_only_on_a_terminal() -> None:
    shown = io.StringIO()
    with Progress(Console(file=shown, force_terminal=True), patience_seconds=0) as progress:
        deadline = time.monotonic() + 30
        list(progress.counted(iter([pa.record_batch({"i": [1, 2]})])))
        while "rows" not in shown.getvalue() and time.monotonic() < deadline:
            progress._thread.join(0.01)
    assert "rows" in shown.getvalue()
    for console, seconds in ((Console(file=io.StringIO()), 0.0), (Console(file=io.StringIO(), force_terminal=True), 1000.0)):
        with Progress(console, patience_seconds=seconds):
            pass
        assert "rows" not in console.file.getvalue()  # type: ignore[attr-defined]
