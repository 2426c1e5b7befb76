"""`python -m tests.cache.law --steps N`: looks for an answer that is older than it may be, for as many steps as it is told to."""

from __future__ import annotations

import logging
import time

import click
import structlog

from demo.servers import find_mongodb, find_postgres
from tests.cache.law.machine import run
from tests.cache.law.world import World

TABLES = ("shop_a", "shop_told", "crm_a", "crm_b", "depot_a")


@click.command()
@click.option("--steps", default=50_000, show_default=True, help="How many steps to take.")
@click.option("--processes", default=2, show_default=True, help="How many Foz processes share the cache.")
def main(steps: int, processes: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began = time.monotonic()
    with find_postgres() as postgres, find_mongodb() as mongodb:
        world = World(postgres.uri, mongodb.uri, TABLES, processes)

        def say(taken: int) -> None:
            hits = sum(count for name, count in world.ledger.seen.items() if name.startswith("hit"))
            click.echo(
                f"{taken} steps, {hits} hits, {world.ledger.seen['bypass']} bypasses, {time.monotonic() - began:.0f} s", err=True
            )

        try:
            taken = run(world, steps, said=say)
        finally:
            world.close()
            for name, count in sorted(world.ledger.seen.items()):
                click.echo(f"{name:<24}{count:>9,}")
            for stale in world.ledger.stale:
                click.echo(f"STALE: {stale}")
    click.echo(f"{taken} steps, {len(world.ledger.stale)} stale answers, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
