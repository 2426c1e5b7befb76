"""Three ways to ask Foz the same, with one outcome: a table, or `Refused` with all that the client was shown."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import adbc_driver_flightsql
import adbc_driver_flightsql.dbapi as dbapi
import httpx
import pyarrow as pa
import pyarrow.flight as flight

from proxy.http.problems import STATUS
from tests.end_to_end.world import World
from tests.proxy.flight.serving import bind, calling, command, prepare, run

ARROW = "application/vnd.apache.arrow.stream"
_AUTHORIZATION = adbc_driver_flightsql.DatabaseOptions.AUTHORIZATION_HEADER.value
_HEADER = adbc_driver_flightsql.DatabaseOptions.RPC_CALL_HEADER_PREFIX.value
_CODE = re.compile(r"\[([a-z]+\.[a-z_]+)\] ")

INTERNAL = re.compile(
    r"Traceback|File \"|\.pyx?\b|site-packages|/tmp/|/usr/|/proc/|object at 0x|duckdb\.|sqlglot|pymongo|psycopg|adbc_|nanobind"
    r"|\b[tf]_?[0-9a-f]{8,}\b|LINE \d+:|\b\w+Exception\b|\bsystem\.main\b|\bmemory\.main\b"
)
"""What no client may be shown: tracebacks, paths, the names of libraries, of the engine's tables and its excerpts."""


class Refused(Exception):
    """`shown` is everything that the client has been told, `code` and `message` what Foz means by it; `details` are the
    error's own, for programs (ADBC gives none)."""

    def __init__(self, code: str, message: str, shown: str, details: Mapping[str, Any]) -> None:
        super().__init__(shown)
        self.code, self.message, self.shown, self.details = code, message, shown, details


def by_http(
    world: World, sql: str, token: str | None, params: Sequence[Any] | Mapping[str, Any] = (), **options: Any
) -> pa.Table:
    body = {"sql": sql, **({"params": params} if params else {}), **options}
    answer = httpx.post(f"{world.http}/sql", json=body, headers={"accept": ARROW, **bearer(token)}, timeout=120)
    if answer.status_code == 200:
        return pa.ipc.open_stream(answer.content).read_all()
    problem = answer.json()
    assert answer.status_code == problem["status"] == STATUS[problem["code"]]
    assert answer.headers["x-request-id"] == problem["requestId"]
    raise Refused(problem["code"], problem["detail"], answer.text, problem)


def by_flight(
    world: World, sql: str, token: str | None, params: Sequence[Any] | Mapping[str, Any] = (), **options: Any
) -> pa.Table:
    with flight.connect(world.flight) as client:
        call = calling(**bearer(token), **_headers(options))
        try:
            if params:
                named = params if isinstance(params, Mapping) else {str(number): value for number, value in enumerate(params, 1)}
                handle = prepare(client, sql, call).prepared_statement_handle
                bind(client, handle, pa.table({name: [value] for name, value in named.items()}), call)
                return run(client, handle, call)
            info = client.get_flight_info(command("CommandStatementQuery", query=sql), call)
            return rows(client.do_get(info.endpoints[0].ticket, call))
        except Exception as error:
            raise refused(error) from None


def by_adbc(
    world: World, sql: str, token: str | None, params: Sequence[Any] | Mapping[str, Any] = (), **options: Any
) -> pa.Table:
    given = {_AUTHORIZATION: bearer(token)["authorization"]} if token else {}
    given |= {_HEADER + name.replace("_", "-"): value for name, value in _headers(options).items()}
    with dbapi.connect(world.flight, db_kwargs=given, autocommit=True) as connection, connection.cursor() as cursor:
        try:
            cursor.execute(sql, params or None)
            return cursor.fetch_arrow_table()
        except Exception as error:
            raise refused(error) from None


Ask = Callable[..., pa.Table]
WAYS: dict[str, Ask] = {"http": by_http, "flight": by_flight, "adbc": by_adbc}


def rows(reader: flight.FlightStreamReader) -> pa.Table:
    """All that `reader` gives. `read_all` would do, but on a cancelled query pyarrow makes of it a Ctrl-C in the main thread."""
    schema, batches = reader.schema, []
    with contextlib.suppress(StopIteration):
        while True:
            batches.append(reader.read_chunk().data)
    return pa.Table.from_batches(batches, schema)


def bearer(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def refused(error: Exception) -> Refused:
    """What a Flight client was shown; the code is `none` where Foz did not say one."""
    shown = str(error) + " ".join(str(getattr(error, name, "")) for name in ("extra_info", "details"))
    found = _CODE.search(shown)
    message = shown[found.end() :].partition(" (request ")[0] if found else shown
    details = getattr(error, "extra_info", b"") or b"{}"
    return Refused(found[1] if found else "none", message, shown, json.loads(details))


def _headers(options: Mapping[str, Any]) -> dict[str, str]:
    return {f"x_foz_{'timeout_ms' if name == 'timeoutMs' else name}": str(value) for name, value in options.items()}
