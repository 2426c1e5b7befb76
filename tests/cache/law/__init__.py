"""The cache's law over real servers: a state machine that asks, writes, reports, breaks things, and never may see an old answer.

    world.py    PostgreSQL, MongoDB, SQLite and Redis, and Foz processes over them
    ledger.py   what has been committed, acknowledged and told of, and whether an answer may be what it is
    machine.py  what can happen, as a hypothesis state machine
    planted.py  ways to break the law, which the machine has to find

`python -m tests.cache.law --steps 50000` runs it for long.
"""
