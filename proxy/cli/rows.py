"""Rows on their way to a terminal, a pipe or a file, in the format that was asked for."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table
from rich.text import Text

from planner.errors import RequestInvalid
from planner.plan import Field
from proxy.cli.session import Command
from proxy.http.formats import unique
from proxy.http.text import csv_cell, csv_rows, json_rows, plain

SHOWN_ROWS = 1000
"""Rows of a table for people; whoever wants more wants a file."""

Write = Callable[[pa.Schema, Iterator[pa.RecordBatch], BinaryIO], None]


def _table(schema: pa.Schema, batches: Iterator[pa.RecordBatch], out: BinaryIO) -> None:
    table = Table(show_lines=False)
    for field in schema:
        numeric = pa.types.is_integer(field.type) or pa.types.is_floating(field.type) or pa.types.is_decimal(field.type)
        table.add_column(Text(field.name), justify="right" if numeric else "left", overflow="fold")
    rows, more = 0, False
    for batch in batches:
        shown = batch.slice(0, SHOWN_ROWS - rows)
        cells = [plain(column).to_pylist() for column in shown.columns]
        for row in zip(*cells, strict=True):
            table.add_row(*(Text("NULL", style="dim") if cell is None else Text(cell) for cell in row))
        rows += shown.num_rows
        if shown.num_rows < batch.num_rows:
            more = True
            break
    terminal = Console()
    # Where nobody looks (a pipe, a file) a line is as wide as its row.
    console = terminal if out is sys.stdout.buffer and terminal.is_terminal else Console(file=io.StringIO(), width=100_000)
    console.print(table)
    note = f"The first {rows:,} rows; --format csv gives all." if more else f"{rows:,} row{'' if rows == 1 else 's'}"
    console.print(note, highlight=False)
    if isinstance(console.file, io.StringIO):
        out.write(console.file.getvalue().encode())


def _json(schema: pa.Schema, batches: Iterator[pa.RecordBatch], out: BinaryIO) -> None:
    names = unique(tuple(Field(field.name, "") for field in schema))
    before = b"["
    for batch in batches:
        if batch.num_rows:
            out.write(before + b"\n" + json_rows(batch, names, "", ",\n")[:-2])
            before = b","
    out.write(b"[]\n" if before == b"[" else b"\n]\n")


def _csv(schema: pa.Schema, batches: Iterator[pa.RecordBatch], out: BinaryIO) -> None:
    out.write((",".join(csv_cell(field.name) for field in schema) + "\r\n").encode())
    for batch in batches:
        out.write(csv_rows(batch))


def _arrow(schema: pa.Schema, batches: Iterator[pa.RecordBatch], out: BinaryIO) -> None:
    with pa.ipc.new_stream(pa.PythonFile(out, "w"), schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def _parquet(schema: pa.Schema, batches: Iterator[pa.RecordBatch], out: BinaryIO) -> None:
    with pq.ParquetWriter(pa.PythonFile(out, "w"), schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


FORMATS: Mapping[str, Write] = {"table": _table, "json": _json, "csv": _csv, "arrow": _arrow, "parquet": _parquet}


def rows_options(command: Command) -> Command:
    """`--format` and `--output`."""
    for option in (
        click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file instead of stdout."),
        click.option(
            "--format",
            "format",
            type=click.Choice(sorted(FORMATS)),
            default="table",
            show_default=True,
            help="How rows are written.",
        ),
    ):
        command = option(command)
    return command


def checked(format: str, output: Path | None) -> None:
    """Raises RequestInvalid where bytes would go to a terminal."""
    if format in ("arrow", "parquet") and output is None and sys.stdout.isatty():
        raise RequestInvalid(f"{format} is no text for a terminal: give --output FILE, or pipe it.")


@contextmanager
def opened(output: Path | None) -> Iterator[BinaryIO]:
    """Where the rows go: stdout, or a file that appears only once it is whole."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    unfinished = output.with_name(output.name + ".part")
    try:
        with unfinished.open("wb") as out:
            yield out
        unfinished.replace(output)
    except OSError as error:
        raise RequestInvalid(f"{output} cannot be written ({error.strerror}).") from None
    finally:
        unfinished.unlink(missing_ok=True)
