"""`foz explain`: what each source would be asked, what remains for Foz, and why, as a tree.

SELECT …                       the query
├── answer                     rows and time, when it was run
└── residual                   DuckDB's part, or none
    ├── f0 from shop           a fragment: sends, does, leaves, expects, gave, store
    └── f1 from crm
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from planner.explain import amount, foretold, kept, routed, told
from proxy.cli.asked import Where, where_options
from proxy.cli.session import failing_cleanly


@click.command()
@click.argument("sql")
@where_options
@click.option("--analyze", is_flag=True, help="Run the query too, throw its rows away, and show what each source gave.")
@click.option("--store", is_flag=True, help="Show each store's own plan too; with --analyze, as it ran.")
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON.")
def explain(
    sql: str,
    config: Path | None,
    server: str | None,
    token: str | None,
    ca: Path | None,
    analyze: bool,
    store: bool,
    as_json: bool,
) -> None:
    """Show how a query is answered: what each source is asked, what remains for Foz, and why."""
    with failing_cleanly():
        options = ", ".join([*(["ANALYZE"] if analyze else []), *(["STORE"] if store else []), "FORMAT JSON"])
        with Where(config, server, token, ca).answer(f"EXPLAIN ({options}) {sql}") as answered:
            receipt = orjson.loads("".join(text for batch in answered.batches for text in batch.column(0).to_pylist()))
        if as_json:
            click.echo(orjson.dumps(receipt, option=orjson.OPT_INDENT_2))
            return
        console = Console()
        # Where nobody looks (a pipe, a file) a line is as long as what it says.
        (console if console.is_terminal else Console(width=100_000)).print(tree(receipt))


def tree(receipt: Mapping[str, Any]) -> Tree:
    """The receipt as a tree: the answer above the residual, and that above the fragments which it reads."""
    root = Tree(Text(str(receipt.get("sql", "query")).strip(), style="bold"))
    for word, text in _answer(receipt):
        _add(root, word, text)
    residual = receipt["residual"]
    branch = _add(root, "residual", "none, the fragment is the answer" if residual is None else residual)
    if residual is None:
        branch = root
    if receipt.get("residualActual") is not None:
        _add(branch, "gave", amount(receipt["residualActual"]))
    for left in receipt["refused"]:
        _add(branch, "not sent", f"{left['part']}: {left['reason']}")
    for fragment in receipt["fragments"]:
        node = branch.add(Text(f"{fragment['id']} from {fragment['source']}", style="bold"))
        for word, text in told(fragment):
            _add(node, word, text)
    return root


def _answer(receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "elapsedMs" in receipt:
        yield "answer", amount(receipt)
    else:
        yield "answer", ", ".join(f"{column['name']} {column['type']}" for column in receipt["columns"])
    if "predicted" in receipt:
        yield "predicts", foretold(receipt["predicted"])
    yield "route", routed(receipt)
    yield "cache", kept(receipt["cache"])
    if receipt["volatile"]:
        yield "volatile", str(receipt["volatile"])


def _add(branch: Tree, word: str, text: str) -> Tree:
    return branch.add(Text.assemble((f"{word:<9} ", "dim"), text.replace("\n", "\n" + " " * 10)))
