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


def libpq_uri(connection: Mapping[str, Any], source: str) -> str:
    """`{host, port, user, password, db}` or `{uri}`, or both (the parts go before the URI's), and libpq's own options.

    Raises RequestInvalid for a field that is not known or a URI of another kind; no message repeats a value.
    """
    for name in connection:
        if name not in _PARTS and name not in _OPTIONS:
            known = ", ".join((*_PARTS, *_OPTIONS))
            raise RequestInvalid(f"Source {source}: connection.{name} is not known. Known: {known}.", field=f"connection.{name}")
    parts: dict[str, Any] = {}
    options: dict[str, str] = {}
    if connection.get("uri"):
        parts, options = _parsed(str(connection["uri"]), source)
    parts.update({name: connection[name] for name in _PARTS[1:] if connection.get(name) is not None})
    options.update({name: str(connection[name]) for name in _OPTIONS if connection.get(name) is not None})
    options.setdefault("connect_timeout", str(CONNECT_TIMEOUT_SECONDS))
    options.setdefault("application_name", "foz")
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
