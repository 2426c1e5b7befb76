"""`python -m tests.fuzz --seconds N --seed S`: a campaign, over worlds and queries that follow from the seed."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import structlog

from demo.servers import find_mongodb, find_postgres
from tests.answers.world import World
from tests.fuzz.asking import Found, ask
from tests.fuzz.corpus import FOLDER
from tests.fuzz.coverage import Coverage
from tests.fuzz.schema import SOURCES, Table, tables
from tests.fuzz.telling import keep, signature, smallest
from tests.fuzz.worlds import world

QUERIES_A_WORLD = 800
AT_ONCE = 3
"""How many queries are asked at once: while one waits for a store, another is planned."""


@click.command()
@click.option("--seconds", default=60, show_default=True, help="How long to search.")
@click.option("--seed", default=0, show_default=True, help="The first world's seed; every next world has the next one.")
@click.option("--store", "stores", multiple=True, type=click.Choice(SOURCES), help="Asks queries over these stores only.")
@click.option("--into", type=click.Path(path_type=Path), default=FOLDER, help="Where the smallest cases are written.")
def main(seconds: int, seed: int, stores: tuple[str, ...], into: Path) -> None:
    """Searches for queries that Foz does not answer as DuckDB does; each becomes a file of the corpus."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    began = time.monotonic()
    until = began + seconds
    coverage, seen = Coverage(), Counter[str]()
    with find_postgres() as postgresql, find_mongodb() as mongodb, ThreadPoolExecutor(AT_ONCE) as pool:
        while time.monotonic() < until:
            made = tables(seed)
            with world(postgresql.uri, mongodb.uri, made) as running:

                def one(number: int, seed: int = seed, running: World = running, made: Sequence[Table] = made) -> Found | None:
                    return ask(running, made, seed, number, coverage, stores or None) if time.monotonic() < until else None

                for number, found in enumerate(pool.map(one, range(QUERIES_A_WORLD))):
                    if found is None:
                        continue
                    seen[signature(found)] += 1
                    if seen[signature(found)] > 1:
                        click.echo(f"-- seed {seed}, query {number}: again {signature(found)}")
                        continue
                    text, sql = smallest(running, found, made, (postgresql.uri, mongodb.uri))
                    click.echo(f"-- seed {seed}, query {number}: {keep(text, into)}\n-- {found.difference}\n{sql};\n")
            seed += 1
    asked = sum(coverage.asked.values())
    click.echo("\n".join(coverage.lines()))
    click.echo(f"{asked} queries, {seen.total()} differences, {asked / (time.monotonic() - began):.0f} queries/s")
    raise SystemExit(1 if seen else 0)


if __name__ == "__main__":
    main()
