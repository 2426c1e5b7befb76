"""`foz explain`: what each source would be asked, what remains for Foz, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from proxy.cli.asked import Where, where_options
from proxy.cli.session import failing_cleanly


@click.command()
@click.argument("sql")
@where_options
@click.option("--analyze", is_flag=True, help="Run the query too, throw its rows away, and show what each source gave.")
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON.")
def explain(
    sql: str, config: Path | None, server: str | None, token: str | None, ca: Path | None, analyze: bool, as_json: bool
) -> None:
    """Show how a query is answered: what each source is asked, what remains for Foz, and why."""
    with failing_cleanly():
        form = "ANALYZE (FORMAT JSON)" if analyze else "(FORMAT JSON)"
        with Where(config, server, token, ca).answer(f"EXPLAIN {form} {sql}") as (_, batches):
            receipt = orjson.loads("".join(text for batch in batches for text in batch.column(0).to_pylist()))
        if as_json:
            click.echo(orjson.dumps(receipt, option=orjson.OPT_INDENT_2))
            return
        console = Console()
        # Where nobody looks (a pipe, a file) a line is as long as what it says.
        (console if console.is_terminal else Console(width=100_000)).print(tree(receipt))


def tree(receipt: Mapping[str, Any]) -> Tree:
    """The receipt as a tree: fragments with their requests, then the residual, then what else it says."""
    root = Tree(Text(str(receipt.get("sql", "query")).strip()))
    for fragment in receipt.get("fragments", ()):
        branch = root.add(Text(f"{fragment['id']} from {fragment['source']}", style="bold"))
        _add(branch, "sends", fragment.get("native"))
        _add(branch, "pushed", fragment.get("pushed"))
        for left in fragment.get("left", ()):
            _add(branch, "left", f"{left['part']}: {left['reason']}")
        for name, value in fragment.items():
            if name not in ("id", "source", "native", "pushed", "left"):
                _add(branch, name, value)
    _add(root, "residual", receipt.get("residual"))
    for name, value in receipt.items():
        if name not in ("sql", "fragments", "residual"):
            _add(root, name, value)
    return root


def _add(branch: Tree, name: str, value: Any) -> None:
    if value in (None, [], {}, ""):
        return
    if isinstance(value, Mapping):
        text = ", ".join(f"{key}: {inner}" for key, inner in value.items())
    elif isinstance(value, list | tuple):
        text = ", ".join(_spelled(inner) for inner in value)
    else:
        text = str(value)
    branch.add(Text.assemble((f"{name}  ", "dim"), text))


def _spelled(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(str(inner) for inner in value.values())
    return str(value)
