"""A process that works on jobs until it is killed: `python owner.py URI OWNER LEASE_SECONDS MOST`.

It prints a line for each thing that it does: `claimed ID ATTEMPT`, then `finished ID ATTEMPT` or `lost ID ATTEMPT`. With MOST it
only claims so many jobs, prints `holding`, and holds them without a beat. The line `stop` on its standard input ends it.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from proxy.jobs.redis import RedisStore
from proxy.jobs.store import Job


def say(what: str, held: Job | None = None) -> None:
    sys.stdout.write(what if held is None else f"{what} {held.query_id} {held.attempts}")
    sys.stdout.write("\n")
    sys.stdout.flush()


def main(uri: str, owner: str, lease_seconds: float, most: int) -> None:
    store = RedisStore(uri)
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stopped.set()), daemon=True).start()
    for _ in range(most):
        held = store.claim(owner, lease_seconds)
        assert held is not None
        say("claimed", held)
    if most:
        say("holding")
        stopped.wait()
    while not stopped.is_set():
        store.sweep(10, 3600, 0)
        held = store.claim(owner, lease_seconds)
        if held is None:
            stopped.wait(0.02)
            continue
        say("claimed", held)
        for chunk in range(3):
            store.beat(held, lease_seconds, b"{}", chunk)
            stopped.wait(0.005)
        ended = store.finish(held, "completed", None, owner.encode(), held.attempts)
        say("finished" if ended else "lost", held)
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
