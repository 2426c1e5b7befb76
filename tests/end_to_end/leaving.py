"""A client to be killed: `leaving.py WAY ADDRESS TOKEN SQL` asks, says `reading` at the first rows, and reads no more."""

from __future__ import annotations

import sys

import adbc_driver_flightsql
import adbc_driver_flightsql.dbapi as dbapi
import httpx


def main(way: str, address: str, token: str, sql: str) -> None:
    bearer = f"Bearer {token}"
    if way == "http":
        headers = {"authorization": bearer, "accept": "application/x-ndjson"}
        with httpx.stream("POST", f"{address}/sql", json={"sql": sql}, headers=headers, timeout=None) as answer:
            pieces = answer.iter_bytes()
            next(pieces)
            wait()
            next(pieces)
    else:
        options = {adbc_driver_flightsql.DatabaseOptions.AUTHORIZATION_HEADER.value: bearer}
        with dbapi.connect(address, db_kwargs=options, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            cursor.fetch_record_batch().read_next_batch()
            wait()


def wait() -> None:
    sys.stdout.write("reading\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
