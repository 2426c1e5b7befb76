"""The group `foz`, which loads a command's file only when that command is called: `foz --help` must not wait for DuckDB."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

import click

COMMANDS = {
    "cache": "proxy.cli.cache",
    "explain": "proxy.cli.explain",
    "queries": "proxy.cli.queries",
    "query": "proxy.cli.query",
    "serve": "proxy.cli.serve",
    "sources": "proxy.cli.sources",
    "worker": "proxy.cli.worker",
}
"""Where each command's file is; the command is the function or group of the same name in it."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        return command


def _version() -> str:
    try:
        return version("foz")
    except PackageNotFoundError:
        return "unknown"


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(_version(), message="foz %(version)s")
def foz() -> None:
    """One SQL dialect over PostgreSQL, MongoDB, SQLite and files, answered in Arrow."""
