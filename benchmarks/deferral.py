"""Are queries sent away that were short, and are long ones sent away before they ran?

Short shapes (a point read, a range, a sum) and long ones (a statement that takes 0.6 to 2 seconds) are mixed, one long in ten,
all in mode `auto` with a limit of 300 ms. A short query that is answered with a queryId was deferred wrongly, whether before it
ran or on the way; a long one was foreseen when it was a job before it ran, and promoted when it became one on the way.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import ExitStack

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.serving import administer, arguments, postgres_database, serving
from demo.servers import find_postgres

QUERIES = 4_000
LIMIT_MS = 300
LONG_SHARE = 0.1
SHORT = (
    "SELECT id, note FROM pg.points WHERE id = {number}",
    "SELECT id, note FROM pg.points WHERE id >= {number} AND id < {number} + 50",
    "SELECT count(*) AS n, sum(id) AS total FROM pg.points WHERE id > {number}",
)
LONG = ("SELECT id FROM pg.slow WHERE id <> {number}", "SELECT id FROM pg.slower WHERE id <> {number}")


def main() -> None:
    options = arguments(__doc__, scale=0.1, rounds=1)
    chance, counted = random.Random(1), Counter[str]()
    with ExitStack() as stack:
        uri = stack.enter_context(postgres_database(stack.enter_context(find_postgres()).uri))
        administer(uri, "CREATE TABLE points (id bigint PRIMARY KEY, note text)")
        administer(uri, "INSERT INTO points SELECT n, 'note ' || n FROM generate_series(0, 9999) n", "ANALYZE points")
        for name, least, most in (("slow", 0.6, 1.0), ("slower", 1.0, 2.0)):
            administer(uri, f"CREATE VIEW {name} AS SELECT 1 AS id FROM pg_sleep({least} + random() * {most - least})")
        source = {"id": "pg", "type": "postgres", "connection": {"uri": uri}, "limits": {"maxConnections": 16}}
        limits = {"perCaller": QUERIES, "total": QUERIES, "workers": 8}
        foz = stack.enter_context(serving([source], queryTimeoutMs=LIMIT_MS, jobLimits=limits, history="memory://"))
        client = stack.enter_context(httpx.Client(base_url=f"http://{foz.http}", timeout=60))
        for _ in range(max(100, int(QUERIES * options.scale))):
            kind = "long" if chance.random() < LONG_SHARE else "short"
            sql = chance.choice(LONG if kind == "long" else SHORT).format(number=chance.randrange(10_000))
            answer = client.post("/sql", json={"sql": sql})
            counted[kind] += 1
            if answer.status_code == 202:
                why = client.get(f"/queries/{answer.json()['queryId']}").json()["route"]["why"]
                counted[f"{kind}, {'before it ran' if why == 'it is expected to be long' else 'on the way'}"] += 1
            else:
                assert answer.status_code == 200, answer.text
    table = Table("", "queries", "share", "aim", title=f"A limit of {LIMIT_MS} ms", title_justify="left")
    wrongly = counted["short, before it ran"] + counted["short, on the way"]
    table.add_row("short ones, deferred", f"{wrongly} of {counted['short']}", f"{wrongly / counted['short']:.2%}", "≤ 1 %")
    for kind in ("short", "long"):
        for how in ("before it ran", "on the way"):
            found = counted[f"{kind}, {how}"]
            table.add_row(f"{kind} ones, {how}", f"{found} of {counted[kind]}", f"{found / counted[kind]:.1%}", "")
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
