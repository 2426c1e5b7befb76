"""`foz query`: one query, in process or on a server, and its rows in one of several formats."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pyarrow as pa

from proxy.cli.asked import Answered, Where, where_options
from proxy.cli.progress import Progress
from proxy.cli.rows import FORMATS, checked, opened, rows_options
from proxy.cli.session import failing_cleanly
from proxy.request import Mode


@click.command()
@click.argument("sql")
@where_options
@rows_options
@click.option(
    "--mode",
    type=click.Choice(["auto", "sync", "async"]),
    default="auto",
    show_default=True,
    help="async: a job; sync: never one; auto: once it takes long.",
)
@click.option("--timeout-ms", type=click.IntRange(min=1), help="Give up after that many milliseconds.")
def query(
    sql: str,
    config: Path | None,
    server: str | None,
    token: str | None,
    ca: Path | None,
    format: str,
    output: Path | None,
    timeout_ms: int | None,
    mode: Mode,
) -> None:
    """Run one query and print its rows.

    Ctrl-C cancels it, unless it has become a job: then it goes on, and its queryId is printed.
    """
    where = Where(config, server, token, ca)
    with failing_cleanly():
        checked(format, output)
        with Progress() as progress, where.answer(sql, timeout_ms, mode) as answered:
            write(answered, progress, format, output)


def write(answered: Answered, progress: Progress, format: str, output: Path | None) -> None:
    """The rows, in their format, where they are to go."""
    progress.follow(answered.status)
    with opened(output) as out:
        FORMATS[format](answered.schema, _until_shown(progress.counted(answered.batches), progress, format, output), out)


def _until_shown(
    batches: Iterator[pa.RecordBatch], progress: Progress, format: str, output: Path | None
) -> Iterator[pa.RecordBatch]:
    """The batches; the progress line is gone before the first thing is printed on the same terminal."""
    streams = output is None and format != "table"
    for batch in batches:
        if streams:
            progress.done()
        yield batch
    progress.done()
