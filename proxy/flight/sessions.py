"""Options of a session and of a single call.

| session option | header of one call | values |
|---|---|---|
| `dialect` | `x-foz-dialect` | any that sqlglot reads; `duckdb` |
| `mode` | `x-foz-mode` | `auto`, `sync`, `async` |
| `cache` | `x-foz-cache` | `use`, `refresh`, `bypass` |
| `timeoutMs` | `x-foz-timeout-ms` | whole milliseconds from 1 |
| `maxStalenessMs` | `x-foz-max-staleness-ms` | whole milliseconds from 0 |
| `catalog` | `x-foz-catalog` | the source that unqualified tables are of |
| `schema` | `x-foz-schema` | the schema in it |
| | `x-foz-compression` | `none`, `lz4`, `zstd` (`stream.py`) |

A header wins over the session. A session is a cookie, `arrow_flight_session_id`, that SetSessionOptions gives; a client that
does not send cookies back has no session. A cookie whose session is over is an error where the options would have counted,
because a query in the wrong dialect or schema would be another query.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlglot.dialects.dialect import Dialect, Dialects

from planner.errors import RequestInvalid
from proxy.flight.calls import Call
from proxy.flight.expiring import ExpiringTable
from proxy.flight.messages import flight_message, parse_flight
from proxy.request import CacheUse, Mode

COOKIE = "arrow_flight_session_id"
CAPACITY = 4096
KEEP_SECONDS = 3600.0
_INVALID_NAME, _INVALID_VALUE = 1, 2
_CLOSED = 1
_MAX_TIMEOUT_MS = 1 << 31
_DIALECTS = ", ".join(sorted(dialect.value for dialect in Dialects if dialect.value))


@dataclass(frozen=True)
class Options:
    """What a session and the headers of a call say of how a query is to be run."""

    dialect: str = "duckdb"
    mode: Mode = "auto"
    cache: CacheUse = "use"
    timeout_ms: int | None = None
    max_staleness_ms: int = 0
    catalog: str | None = None
    schema: str | None = None


def _one_of(*words: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return str(value)

    return check


def _dialect(value: Any) -> str:
    if not isinstance(value, str) or not value or Dialect.get(value.lower()) is None:
        raise ValueError(f"must be one of {_DIALECTS}")
    return value.lower()


def _milliseconds(first: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        if isinstance(number, bool) or not isinstance(number, int) or not first <= number <= _MAX_TIMEOUT_MS:
            raise ValueError(f"must be a whole number of milliseconds, from {first}")
        return number

    return check


def _name(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 256:
        raise ValueError("must be a name")
    return value


_OPTIONS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "dialect": ("dialect", _dialect),
    "mode": ("mode", _one_of("auto", "sync", "async")),
    "cache": ("cache", _one_of("use", "refresh", "bypass")),
    "timeoutMs": ("timeout_ms", _milliseconds(1)),
    "maxStalenessMs": ("max_staleness_ms", _milliseconds(0)),
    "catalog": ("catalog", _name),
    "schema": ("schema", _name),
}
"""Session option → field of Options, and the check of its value."""

_HEADERS = {"x-foz-" + re.sub("[A-Z]", lambda found: f"-{found[0].lower()}", name): name for name in _OPTIONS}
_OTHER_HEADERS = {"x-foz-compression"}


class Sessions:
    """The sessions of every caller: what each has set, by its option's name."""

    def __init__(self) -> None:
        self._sessions: ExpiringTable[dict[str, Any]] = ExpiringTable(CAPACITY, KEEP_SECONDS)

    def options(self, call: Call) -> Options:
        """What counts for this call. Raises RequestInvalid for a session that is over, an unknown header, a wrong value."""
        chosen = Options()
        cookie = call.cookies.get(COOKIE)
        if cookie is not None:
            chosen = replace(chosen, **{_OPTIONS[name][0]: value for name, value in self._of(call, cookie).items()})
        for header, value in call.headers.items():
            if header.startswith("x-foz-") and header not in _OTHER_HEADERS:
                chosen = replace(chosen, **_from_header(header, value))
        return chosen

    def set(self, call: Call, context: Any, body: bytes) -> bytes:
        """SetSessionOptions: begins a session where there is none. A value of no kind unsets the option."""
        request = parse_flight("SetSessionOptionsRequest", body)
        cookie = call.cookies.get(COOKIE)
        current = self._sessions.get(call.caller.name, cookie) if cookie is not None else None
        changed, errors = dict(current or {}), []
        for option in request.session_options:
            try:
                changed |= _checked(option.key, option.value)
                if _plain(option.value) is None:
                    changed.pop(option.key, None)
            except KeyError:
                errors.append(_error(option.key, _INVALID_NAME))
            except ValueError:
                errors.append(_error(option.key, _INVALID_VALUE))
        if cookie is None or current is None:
            cookie = secrets.token_urlsafe(24)
            context.add_header("set-cookie", f"{COOKIE}={cookie}; Path=/; HttpOnly")
        self._sessions.put(call.caller.name, cookie, changed)
        result: bytes = flight_message("SetSessionOptionsResult", errors=errors).SerializeToString()
        return result

    def get(self, call: Call, body: bytes) -> bytes:
        """GetSessionOptions: what was set, nothing without a session."""
        parse_flight("GetSessionOptionsRequest", body)
        cookie = call.cookies.get(COOKIE)
        held = self._of(call, cookie) if cookie is not None else {}
        entries = [
            flight_message("SessionOption", key=name, value=flight_message("SessionOptionValue", **_typed(value)))
            for name, value in held.items()
        ]
        result: bytes = flight_message("GetSessionOptionsResult", session_options=entries).SerializeToString()
        return result

    def end(self, call: Call, body: bytes) -> bytes:
        """CloseSession: done, whether or not there was one; drivers send it twice."""
        parse_flight("CloseSessionRequest", body)
        cookie = call.cookies.get(COOKIE)
        if cookie is not None:
            self._sessions.pop(call.caller.name, cookie)
        result: bytes = flight_message("CloseSessionResult", status=_CLOSED).SerializeToString()
        return result

    def _of(self, call: Call, cookie: str) -> dict[str, Any]:
        held = self._sessions.get(call.caller.name, cookie)
        if held is None:
            raise RequestInvalid("The session is over. Connect again, or set its options again.", field=COOKIE)
        return held


def _from_header(header: str, value: str) -> dict[str, Any]:
    name = _HEADERS.get(header)
    if name is None:
        raise RequestInvalid(
            f"There is no header {header}. Known: {', '.join(sorted([*_HEADERS, *_OTHER_HEADERS]))}.", field=header
        )
    field, check = _OPTIONS[name]
    try:
        return {field: check(value)}
    except ValueError as error:
        raise RequestInvalid(f"The header {header} {error}.", field=header) from None


def _checked(name: str, value: Any) -> dict[str, Any]:
    """The option as it is kept; nothing for one that is to be unset. Raises KeyError (name), ValueError (value)."""
    check = _OPTIONS[name][1]
    plain = _plain(value)
    return {} if plain is None else {name: check(plain)}


def _plain(value: Any) -> Any:
    for kind in ("string_value", "bool_value", "int64_value", "double_value", "string_list_value"):
        if value.HasField(kind):
            return getattr(value, kind)
    return None


def _typed(value: Any) -> dict[str, Any]:
    return {"int64_value": value} if isinstance(value, int) else {"string_value": value}


def _error(name: str, value: int) -> Any:
    return flight_message("SessionOptionError", key=name, value=flight_message("SessionError", value=value))
