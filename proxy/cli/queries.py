"""`foz queries list|show|cancel|result`: the queries and jobs of a token on a running server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from proxy.cli.asked import Where, server_options
from proxy.cli.progress import Progress
from proxy.cli.query import write
from proxy.cli.remote import acting
from proxy.cli.rows import checked, rows_options
from proxy.cli.session import failing_cleanly, json_option


@click.group()
def queries() -> None:
    """Look at queries on a server, read the rows of jobs, cancel them."""


@queries.command("list")
@server_options
@json_option
def list_(server: str, token: str | None, ca: Path | None, as_json: bool) -> None:
    """List your queries that are running, and your jobs, newest first."""
    with failing_cleanly():
        found: list[Mapping[str, Any]] = acting(server, token, ca, "foz.queries.list", None)["queries"]
        if as_json:
            click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
            return
        for each in found:
            click.echo(f"{each['queryId']}  {each['status']:<10}  {each['createdAt']}  {each['progress'].get('rows', 0)} rows")


@queries.command()
@click.argument("query_id")
@server_options
@json_option
def show(query_id: str, server: str, token: str | None, ca: Path | None, as_json: bool) -> None:
    """Show how far a query is."""
    with failing_cleanly():
        found: Mapping[str, Any] = acting(server, token, ca, "foz.queries.show", query_id)
        if as_json:
            click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
            return
        for name, value in found.items():
            if value is not None:
                click.echo(f"{name}: {value}")


@queries.command()
@click.argument("query_id")
@server_options
def cancel(query_id: str, server: str, token: str | None, ca: Path | None) -> None:
    """Cancel a query in every source."""
    with failing_cleanly():
        stopped = acting(server, token, ca, "foz.queries.cancel", query_id)["stopped"]
        click.echo("cancelled" if stopped else "its statements have not stopped yet")


@queries.command()
@click.argument("query_id")
@server_options
@rows_options
def result(query_id: str, server: str, token: str | None, ca: Path | None, format: str, output: Path | None) -> None:
    """Print the rows of a job; waits for those that are still to come."""
    with failing_cleanly():
        checked(format, output)
        with Progress() as progress, Where(None, server, token, ca).job(query_id) as answered:
            write(answered, progress, format, output)
