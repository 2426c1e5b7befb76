"""The source document's `connection` object as libpq's URI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from planner.errors import RequestInvalid

CONNECT_TIMEOUT_SECONDS = 5

_PARTS = ("uri", "host", "port", "user", "password", "db")
_OPTIONS = (
    "application_name",
    "connect_timeout",
    "gssencmode",
    "keepalives_idle",
    "options",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
)
_LIBPQ_ALONE = ("connect_timeout", "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval", "tcp_user_timeout")


def libpq_uri(connection: Mapping[str, Any], source: str) -> str:
    """`{host, port, user, password, db}` or `{uri}`, or both (the parts go before the URI's), and libpq's own options.

    Raises RequestInvalid for a field that is not known or a URI of another kind; no message repeats a value.
    """
    for name in connection:
        if name not in _PARTS and name not in _OPTIONS:
            known = ", ".join((*_PARTS, *_OPTIONS))
            raise RequestInvalid(f"Source {source}: connection.{name} is not known. Known: {known}.", field=f"connection.{name}")
    parts, options = _given(connection, source)
    options.setdefault("connect_timeout", str(CONNECT_TIMEOUT_SECONDS))
    options.setdefault("application_name", "foz")
    return _uri(parts, options)


def asyncpg_arguments(connection: Mapping[str, Any], source: str) -> dict[str, Any]:
    """The same connection for asyncpg, which reads libpq's URIs but takes what it does not know for the server's settings: what
    only tunes the connection is left out, and the server refuses what would make it safer."""
    parts, options = _given(connection, source)
    name = f"{options.get('application_name', 'foz')} watch"
    known = {name: value for name, value in options.items() if name not in _LIBPQ_ALONE}
    if known.get("gssencmode") != "require":
        known.pop("gssencmode", None)
    settings = {"application_name": name, "search_path": "pg_catalog", "TimeZone": "UTC"}
    return {"dsn": _uri(parts, known), "server_settings": settings, "statement_cache_size": 0}


def one_server(connection: Mapping[str, Any], source: str) -> bool:
    """Whether every connection leads to the same server: to one host, or to whichever can be written to."""
    parts, options = _given(connection, source)
    several = "," in str(parts.get("host", ""))
    return not several or options.get("target_session_attrs") in ("primary", "read-write")


def _given(connection: Mapping[str, Any], source: str) -> tuple[dict[str, Any], dict[str, str]]:
    parts: dict[str, Any] = {}
    options: dict[str, str] = {}
    if connection.get("uri"):
        parts, options = _parsed(str(connection["uri"]), source)
    parts.update({name: connection[name] for name in _PARTS[1:] if connection.get(name) is not None})
    options.update({name: str(connection[name]) for name in _OPTIONS if connection.get(name) is not None})
    return parts, options


def _uri(parts: Mapping[str, Any], options: Mapping[str, str]) -> str:
    user, password = parts.get("user"), parts.get("password")
    login = (
        ""
        if user is None
        else quote(str(user), safe="") + ("" if password is None else ":" + quote(str(password), safe="")) + "@"
    )
    host = str(parts.get("host", "localhost"))
    if "," not in host:
        host = f"[{host}]" if ":" in host else quote(host, safe="")
        host += f":{parts['port']}" if parts.get("port") else ""
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(options.items()))
    return f"postgresql://{login}{host}/{quote(str(parts.get('db', '')), safe='')}?{query}"


def _parsed(uri: str, source: str) -> tuple[dict[str, Any], dict[str, str]]:
    field = "connection.uri"
    if not uri.startswith(("postgresql://", "postgres://")):
        raise RequestInvalid(f"Source {source}: connection.uri must begin with postgresql://.", field=field)
    try:
        split = urlsplit(uri)
        place = split.netloc.rpartition("@")[2]
        several = "," in place
        port = None if several else split.port
        host = place if several else unquote(split.hostname or "")
    except ValueError:
        raise RequestInvalid(f"Source {source}: connection.uri cannot be read.", field=field) from None
    options = dict(parse_qsl(split.query, keep_blank_values=True))
    found: dict[str, Any] = {"host": options.pop("host", "") or host or "localhost", "port": port or options.pop("port", None)}
    for name, value in (("user", split.username), ("password", split.password), ("db", split.path.lstrip("/"))):
        given = options.pop({"db": "dbname"}.get(name, name), None)
        if given or value:
            found[name] = given or unquote(value or "")
    return found, options
