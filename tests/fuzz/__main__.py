"""`python -m tests.fuzz --seconds N --seed S`: a campaign, over worlds and queries that follow from the seed."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import click
import structlog

from demo.servers import find_mongodb, find_postgres
from tests.answers.world import World
from tests.fuzz.asking import Found, ask
from tests.fuzz.compare import difference
from tests.fuzz.coverage import Coverage
from tests.fuzz.reduce import reduced
from tests.fuzz.schema import SOURCES, tables
from tests.fuzz.worlds import world

QUERIES_A_WORLD = 800


@click.command()
@click.option("--seconds", default=60, show_default=True, help="How long to search.")
@click.option("--seed", default=0, show_default=True, help="The first world's seed; every next world has the next one.")
@click.option("--store", "stores", multiple=True, type=click.Choice(SOURCES), help="Asks queries over these stores only.")
@click.option("--keep", type=click.Path(path_type=Path), help="Writes each difference as a file into this directory.")
def main(seconds: int, seed: int, stores: tuple[str, ...], keep: Path | None) -> None:
    """Searches for queries that Foz does not answer as DuckDB does."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    began = time.monotonic()
    until = began + seconds
    found = 0
    coverage = Coverage()
    with find_postgres() as postgresql, find_mongodb() as mongodb:
        while time.monotonic() < until:
            made = tables(seed)
            with world(postgresql.uri, mongodb.uri, made) as running:
                for number in range(QUERIES_A_WORLD):
                    if time.monotonic() >= until:
                        break
                    different = ask(running, made, seed, number, coverage, stores or None)
                    if different is not None:
                        found += 1
                        _tell(running, f"seed {seed}, query {number}", different)
            seed += 1
    asked = sum(coverage.asked.values())
    click.echo("\n".join(coverage.lines()))
    click.echo(f"{asked} queries, {found} differences, {asked / (time.monotonic() - began):.0f} queries/s")
    raise SystemExit(1 if found else 0)


def _tell(running: World, where: str, different: Found) -> None:
    if different.parameters:
        click.echo(f"-- {where}: {different}\n")
        return

    def differs(smaller: str) -> bool:
        again = difference(running, smaller)
        return again is not None and again.kind == different.difference.kind

    smallest = reduced(different.sql, differs)
    last = difference(running, smallest) or different.difference
    click.echo(f"-- {where}: {last.kind}: {last.detail}\n{smallest};\n")


if __name__ == "__main__":
    main()
