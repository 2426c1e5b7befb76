"""`python -m tests.chaos --kills N`: kills processes, stores and sources under running jobs, and looks what became of them."""

from __future__ import annotations

import sys
import time

import click

from tests.chaos.storm import weather
from tests.chaos.world import World


@click.command()
@click.option("--kills", default=300, show_default=True, help="How many processes to kill.")
@click.option("--seed", default=0, show_default=True, help="What goes wrong, and when, follows from it but for the timing.")
def main(kills: int, seed: int) -> None:
    began = time.monotonic()
    world = World()
    try:
        ledger, ends, done = weather(
            world, kills, seed, lambda line: click.echo(f"{line}, {time.monotonic() - began:.0f} s", err=True)
        )
    finally:
        world.close()
    for title, counted in (("What was done", done), ("What callers saw", ledger.seen), ("How tickets ended", ends)):
        click.echo(title)
        for name, count in sorted(counted.items()):
            click.echo(f"  {name:<52}{count:>8,}")
    for wrong in ledger.wrong:
        click.echo(f"WRONG: {wrong}")
    killed = sum(count for name, count in done.items() if name.startswith("killed"))
    click.echo(f"{killed} kills, {sum(ends.values())} tickets, {len(ledger.wrong)} wrong, {time.monotonic() - began:.0f} s")
    sys.exit(1 if ledger.wrong else 0)


if __name__ == "__main__":
    main()
