"""`foz cache stats|show|clear`: what the cache holds, on a server or in the Redis of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from planner.errors import QueryNotFound
from proxy.cli.asked import Where, where_options
from proxy.cli.session import failing_cleanly, in_process, json_option


@click.group()
def cache() -> None:
    """Look into the cache, and empty it."""


@cache.command()
@where_options
@json_option
def stats(config: Path | None, server: str | None, token: str | None, ca: Path | None, as_json: bool) -> None:
    """Show how much the cache holds, and over which tables."""
    with failing_cleanly():
        _print(_asked(Where(config, server, token, ca), "stats", None), as_json)


@cache.command()
@click.argument("key")
@where_options
@json_option
def show(key: str, config: Path | None, server: str | None, token: str | None, ca: Path | None, as_json: bool) -> None:
    """Show one kept answer without its rows; EXPLAIN gives the key."""
    with failing_cleanly():
        _print(_asked(Where(config, server, token, ca), "show", key), as_json)


@cache.command()
@click.argument("over", required=False)
@where_options
@json_option
def clear(over: str | None, config: Path | None, server: str | None, token: str | None, ca: Path | None, as_json: bool) -> None:
    """Drop every kept answer, or those over a source (shop) or a table (shop.public.orders)."""
    with failing_cleanly():
        _print(_asked(Where(config, server, token, ca), "clear", over), as_json)


def _asked(where: Where, what: str, argument: str | None) -> Mapping[str, Any]:
    """Raises FozError, RemoteError."""
    if where.server is not None:
        from proxy.cli.remote import acting

        answered: Mapping[str, Any] = acting(where.server, where.token, where.ca, f"foz.cache.{what}", argument)
        return answered
    with in_process(where.config) as application:
        caller, kept = application.local_caller(), application.cache
        if what == "stats":
            return kept.stats(caller)
        if what == "clear":
            return {"dropped": kept.clear(caller, () if argument is None else (argument,))}
        found = kept.show(caller, str(argument))
    if found is None:
        raise QueryNotFound("The cache holds no answer of that key.")
    return found


def _print(value: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str))
        return
    for name, told in value.items():
        if isinstance(told, Mapping):
            click.echo(f"{name}:")
            for inner, each in told.items():
                click.echo(f"  {inner}: {each}")
        else:
            click.echo(f"{name}: {told}")
