"""`foz sources list|test|inspect|watch`: what is configured, whether it answers, what it holds, and what it tells of."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from planner.errors import RequestInvalid
from proxy.application import Application
from proxy.cli.session import config_option, in_process, json_option
from proxy.telling import telling
from translators.base import Installing, Proving, Watching
from translators.control import Control


@click.group()
def sources() -> None:
    """Show and test the configured sources."""


@sources.command("list")
@config_option
@json_option
def list_(config: Path | None, as_json: bool) -> None:
    """List every source and whether it is up."""
    with in_process(config) as application:
        listed = application.listing.sources(application.local_caller())
    if as_json:
        _print_json(listed)
        return
    _print_table(
        ("source", "type", "status", "tables", "server", "problem"),
        ((s["id"], s.get("type"), s["status"], s.get("tables"), s.get("server"), s.get("problem")) for s in listed),
    )


@sources.command()
@click.argument("source_id", metavar="[ID]", required=False)
@config_option
@json_option
def test(source_id: str | None, config: Path | None, as_json: bool) -> None:
    """Connect to every source, or to one; exit code 1 if one does not answer."""
    with in_process(config) as application:
        listed = _chosen(application, source_id)
    if as_json:
        _print_json([{name: one[name] for name in ("id", "status", "problem", "server") if name in one} for one in listed])
    else:
        for one in listed:
            state = (
                f"ok: {one.get('server')}, {one.get('tables')} tables" if one["status"] == "up" else f"failed: {one['problem']}"
            )
            click.echo(f"{one['id']} {state}")
    if any(one["status"] != "up" for one in listed):
        sys.exit(1)


@sources.command()
@click.argument("source_id", metavar="[ID]", required=False)
@click.argument("table", required=False)
@config_option
@json_option
def inspect(source_id: str | None, table: str | None, config: Path | None, as_json: bool) -> None:
    """Show the tables of every source, or of one, their columns, and what was found in documents and how often."""
    with in_process(config) as application:
        caller = application.local_caller()
        shown = []
        for one in _chosen(application, source_id):
            tables = application.listing.tables(one["id"], caller) if one["status"] != "invalid" else []
            chosen = [t for t in tables if table is None or table in (t["name"], f"{t['schema']}.{t['name']}")]
            if table is not None and not chosen:
                raise RequestInvalid(f"The source {one['id']} has no table {table}.")
            _add_changes(application, one["id"], chosen)
            names = {t["name"] for t in chosen}
            findings = [f for f in application.listing.findings(one["id"]) if f["table"].rpartition(".")[2] in names]
            shown.append(
                {"id": one["id"], "status": one["status"], "problem": one.get("problem"), "tables": chosen, "findings": findings}
            )
    if as_json:
        _print_json([{name: value for name, value in one.items() if value is not None} for one in shown])
        return
    for one in shown:
        if one["problem"]:
            click.echo(f"{one['id']} is {one['status']}: {one['problem']}", err=True)
        for found in one["tables"]:
            rows = "" if found["rows"] is None else f", about {found['rows']:,} rows"
            click.echo(f"\n{one['id']}.{found['schema']}.{found['name']}  ({found['kind']}{rows})")
            keys = set(found["primaryKey"])
            _print_table(
                ("column", "type", "in the store", "null", "key"),
                (
                    (
                        c["name"],
                        c["type"],
                        c.get("native"),
                        "yes" if c["nullable"] else "no",
                        "primary" if c["name"] in keys else "",
                    )
                    for c in found["columns"]
                ),
            )
            if "changes" in found:
                click.echo(f"  changes: {_changes(found['changes'])}")
            for relation in found["relations"]:
                keys_text = ", ".join(f"{own} = {other}" for own, other in relation["keys"].items())
                click.echo(f"  {relation['name']} -> {relation['to']} ({keys_text}{', many' if relation['many'] else ''})")
        if one["findings"]:
            click.echo(f"\nFound in the documents of {one['id']}")
            _print_table(
                ("table", "field", "found", "column type"),
                (
                    (f["table"], f["path"], ", ".join(f"{type} {count:,}" for type, count in f["found"].items()), f["type"])
                    for f in one["findings"]
                ),
            )


def _add_changes(application: Application, source_id: str, shown: list[dict[str, Any]]) -> None:
    """Adds to each table how its changes are known."""
    store, source = application.catalog.stores().get(source_id), application.catalog.snapshot().by_id.get(source_id)
    if store is None or source is None or source.problem is not None:
        return
    paths = {f"{source_id}.{found['schema']}.{found['name']}": found for found in shown}
    for path, (label, reason) in telling(store, [table for table in source.tables if table.path in paths]).items():
        paths[path]["changes"] = {"freshness": label, **({"reason": reason} if reason else {})}


def _changes(said: dict[str, str]) -> str:
    told = {"exact": "proved at each request", "notified": "told by the source"}
    return told.get(said["freshness"]) or f"not heard of: {said['reason']}"


@sources.command()
@click.argument("source_id", metavar="ID")
@click.option("--install", is_flag=True, help="Put what is missing into the source, with the source's own user.")
@click.option("--uninstall", is_flag=True, help="Take all of it away again.")
@config_option
@json_option
def watch(source_id: str, install: bool, uninstall: bool, config: Path | None, as_json: bool) -> None:
    """Show of which tables a source tells every change, and what has to be put into it so that it tells of more."""
    if install and uninstall:
        raise click.UsageError("--install and --uninstall exclude each other.")
    with in_process(config) as application:
        source = application.catalog.test(_chosen(application, source_id)[0]["id"])
        store = application.catalog.stores()[source_id]
        if not isinstance(store, Installing):
            told = "It tells of its changes by itself" if isinstance(store, Watching | Proving) else "It cannot tell of changes"
            raise RequestInvalid(f"Nothing can be put into the source {source_id}. {told}.", field="id")
        failed = store.install(source.tables, Control()) if install else ()
        if uninstall:
            store.uninstall(Control())
        found = store.watchable(source.tables, Control())
    if as_json:
        _print_json({"watched": found.watched, "unwatched": found.unwatched, "statements": found.statements, "failed": failed})
    else:
        click.echo(f"-- {source_id} tells of every change of {len(found.watched)} of {len(source.tables)} tables.")
        for path, why in sorted(found.unwatched.items()):
            click.echo(f"-- {_one_line(path)}: {why}")
        if not install and not uninstall:
            for statement in found.statements:
                click.echo(f"{statement};")
        for sentence in failed:
            click.echo(sentence, err=True)
    if failed:
        sys.exit(1)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _chosen(application: Application, source_id: str | None) -> list[dict[str, Any]]:
    caller = application.local_caller()
    return application.listing.sources(caller) if source_id is None else [application.listing.source(source_id, caller)]


def _print_json(value: Any) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str))


def _print_table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    table = Table(*heads)
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console = Console()
    (console if console.is_terminal else Console(width=10_000)).print(table)
