"""Source documents: what the configuration says of a source, whether it stands in a file or in MongoDB."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Literal
from urllib.parse import quote, unquote

import duckdb
from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError

from planner.catalog import Capabilities, Limits
from proxy.configuration import Strict
from translators import arrow
from translators.base import StoreConfig, unheard
from translators.registry import STORES

PUBLIC = frozenset({"host", "port", "user", "db", "path", "format", "tables", "schema"})
"""The fields of a connection that may be shown; every other text in it is held as a secret, whatever it is called."""

_SECRET_NAME = re.compile(r"pass|secret|token|key|credential", re.I)

_URI = re.compile(
    r"^(?P<scheme>[a-z][a-z0-9+.\-]*)://((?P<userinfo>[^@/?#]*)@)?(?P<hosts>[^/?#]*)(?P<path>/[^?#]*)?(?P<rest>[?#].*)?$",
    re.I | re.S,
)


class CapabilitiesDocument(Strict):
    joins: bool = True
    projections: bool = True
    filters: bool = True
    aggregates: bool = True
    sorts: bool = True
    depth_limit: Annotated[int, Field(ge=0)] = 3


class LimitsDocument(Strict):
    max_rows: Annotated[int, Field(ge=1)] | None = None
    timeout_ms: Annotated[int, Field(ge=1)] | None = None
    max_connections: Annotated[int, Field(ge=1, le=1000)] = 8


class RelationDocument(Strict):
    """`{to: crm.customers, keys: {customer_id: _id}, many: false}`."""

    to: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[^.]+(\.[^.]+)?$")]
    keys: Annotated[dict[str, str], Field(min_length=1)]
    many: bool = False

    @field_validator("to", mode="before")
    @classmethod
    def _two_parts(cls, value: object) -> object:
        if isinstance(value, str) and not re.match(r"^[a-z][a-z0-9_]*\.[^.]+(\.[^.]+)?$", value):
            raise PydanticCustomError("relation", "expected source.table or source.schema.table, such as crm.customers")
        return value


class TableDocument(Strict):
    columns: dict[str, str] = Field(default_factory=dict)
    immutable: bool = False
    relations: dict[str, RelationDocument] = Field(default_factory=dict)

    @field_validator("columns")
    @classmethod
    def _types(cls, columns: dict[str, str]) -> dict[str, str]:
        return {name: declared_type(name, type) for name, type in columns.items()}


class SourceDocument(Strict):
    """One source as configured. `sample` is how many documents a document store looks at to find its columns."""

    id: str
    name: str = ""
    type: str
    connection: Annotated[dict[str, Any], Field(repr=False)]
    capabilities: CapabilitiesDocument = CapabilitiesDocument()
    limits: LimitsDocument = LimitsDocument()
    version: Annotated[int, Field(ge=0)] = 1
    on_mismatch: Literal["error", "nullify"] = "error"
    sample: Annotated[int, Field(ge=1)] = 1000
    tables: dict[str, TableDocument] = Field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @field_validator("id")
    @classmethod
    def _identifier(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
            raise PydanticCustomError("identifier", "expected a lower-case letter, then lower-case letters, digits and _")
        return value

    @field_validator("type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        if value not in STORES:
            raise PydanticCustomError("store_type", "expected one of {known}", {"known": ", ".join(sorted(STORES))})
        return value

    @field_validator("connection")
    @classmethod
    def _hidden(cls, connection: dict[str, Any]) -> dict[str, Any]:
        if not connection:
            raise PydanticCustomError("connection", "expected what the store needs to connect, such as host or uri")
        for name, value in connection.items():
            if (name == "user" or _SECRET_NAME.search(name)) and isinstance(value, int | float):
                # YAML reads 0123 as 83: a password of digits would silently be another one.
                raise PydanticCustomError("unquoted", "{name}: expected a text; put it in quotes", {"name": name})
        if "port" in connection:
            connection = connection | {"port": _port(connection["port"])}
        return {name: value if name in PUBLIC else _hide(value) for name, value in connection.items()}

    def secrets(self) -> Iterator[str]:
        """Every configured text that must be found and struck out wherever it turns up: passwords, also those within URIs."""
        yield from _secrets("", self.connection)

    def store_config(self, written: Callable[[], None] = unheard) -> StoreConfig:
        """The same facts as the store takes them."""
        return StoreConfig(
            id=self.id,
            type=self.type,
            connection={name: _reveal(value) for name, value in self.connection.items()},
            capabilities=Capabilities(**self.capabilities.model_dump()),
            limits=Limits(**self.limits.model_dump()),
            declared={name: dict(table.columns) for name, table in self.tables.items() if table.columns},
            on_mismatch=self.on_mismatch,
            sample=self.sample,
            written=written,
        )

    def public_connection(self) -> dict[str, Any]:
        """The connection as an administrator may see it: no passwords, a URI without its credentials and options."""
        shown = {name: value for name, value in self.connection.items() if name in PUBLIC}
        uri = self.connection.get("uri")
        match = _URI.match(uri.get_secret_value()) if isinstance(uri, SecretStr) else None
        if match:
            shown["uri"] = f"{match['scheme']}://{match['hosts']}{match['path'] or ''}"
        return shown


def declared_type(column: str, type: str) -> str:
    """`type` as DuckDB spells it, if Foz can carry its values."""
    try:
        spelled = str(_types().sqltype(type))
        arrow.carrier(spelled)
    except (duckdb.Error, KeyError):
        raise PydanticCustomError(
            "column_type", "column {column}: expected a DuckDB type such as DECIMAL(12,2)", {"column": column}
        ) from None
    return spelled


@lru_cache(maxsize=1)
def _types() -> duckdb.DuckDBPyConnection:
    """An empty database of its own: a type's name must not reach the process-wide default connection."""
    return duckdb.connect(config={"enable_external_access": "false"})


OVERRIDES = ("URI", "HOST", "PORT", "USER", "PASSWORD", "DB")


def with_environment(document: SourceDocument, environment: Mapping[str, str]) -> SourceDocument:
    """`document` with `FOZ_SOURCE_<ID>_PASSWORD` and its like put into its connection.

    `_URI` replaces the whole address; the others replace their part of it, within the URI where the connection is one.
    """
    given = {
        part.lower(): environment[f"FOZ_SOURCE_{document.id.upper()}_{part}"]
        for part in OVERRIDES
        if f"FOZ_SOURCE_{document.id.upper()}_{part}" in environment
    }
    if not given:
        return document
    connection = {name: _reveal(value) for name, value in document.connection.items()}
    if "uri" in given:
        parts = {part.lower() for part in OVERRIDES} | {"path"}
        connection = {name: value for name, value in connection.items() if name not in parts} | {"uri": given.pop("uri")}
    if "uri" in connection:
        connection["uri"] = _uri_with(str(connection["uri"]), given)
    else:
        connection.update(given)
    if "port" in given:
        connection["port"] = _port(given["port"])
    hidden = {name: value if name in PUBLIC else _hide(value) for name, value in connection.items()}
    return document.model_copy(update={"connection": hidden})


def _uri_with(uri: str, parts: Mapping[str, str]) -> str:
    match = _URI.match(uri)
    if match is None or not parts:
        return uri
    user, _, password = (match["userinfo"] or "").partition(":")
    user = quote(parts["user"], safe="") if "user" in parts else user
    password = quote(parts["password"], safe="") if "password" in parts else password
    hosts = match["hosts"]
    if "host" in parts or "port" in parts:
        host, separator, port = hosts.rpartition(":")
        if not separator or port.endswith("]"):
            host, port = hosts, ""
        port = parts.get("port", port)
        hosts = parts.get("host", host) + (f":{port}" if port else "")
    path = "/" + quote(parts["db"], safe="") if "db" in parts else match["path"] or ""
    userinfo = user + (f":{password}" if password else "")
    return f"{match['scheme']}://{userinfo + '@' if userinfo else ''}{hosts}{path}{match['rest'] or ''}"


def _hide(value: Any) -> Any:
    if isinstance(value, str):
        return SecretStr(value)
    if isinstance(value, Mapping):
        return {name: _hide(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_hide(inner) for inner in value]
    return value


def _reveal(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Mapping):
        return {name: _reveal(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_reveal(inner) for inner in value]
    return value


def _secrets(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner_name, inner in value.items():
            yield from _secrets(inner_name, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(name, inner)
    elif isinstance(value, SecretStr):
        text = value.get_secret_value()
        if _SECRET_NAME.search(name):
            yield text
        yield from passwords_in(text)


def passwords_in(uri: str) -> Iterator[str]:
    """The password that a URI carries, as it stands there and decoded, and the URI itself."""
    match = _URI.match(uri)
    password = match["userinfo"].partition(":")[2] if match and match["userinfo"] else ""
    if password:
        yield from (uri, password, unquote(password))


def _port(value: object) -> int:
    if isinstance(value, int | str) and not isinstance(value, bool) and str(value).isdigit() and 1 <= int(value) <= 65535:
        return int(value)
    raise PydanticCustomError("port", "expected a port between 1 and 65535")
