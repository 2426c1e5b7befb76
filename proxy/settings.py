"""The settings of one Foz process: `foz.yaml`, environment variables `FOZ_…`, and options of the command line over both.

    load(path, environment, flight="127.0.0.1:0") -> Settings

A field is camelCase in the file (`memoryLimit`) and upper case in the environment (`FOZ_MEMORY_LIMIT`, `FOZ_TLS__KEY`; lists and
objects as JSON).
"""

from __future__ import annotations

import difflib
import importlib.util
import ipaddress
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict, SettingsError

from proxy import configuration
from proxy.catalog.documents import OVERRIDES, SourceDocument, passwords_in, with_environment
from proxy.configuration import ConfigurationError, Place, Strict

_UNITS = {"": 1, "b": 1} | {
    unit + suffix: base**power
    for power, unit in enumerate(("k", "m", "g", "t"), start=1)
    for suffix, base in (("b", 1000), ("", 1000), ("ib", 1024))
}


@dataclass(frozen=True)
class Address:
    """Where a server listens. Port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def _address(value: object) -> object:
    match = re.fullmatch(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[^:\s\[\]/]+)):(?P<port>\d{1,5})", str(value).strip())
    if isinstance(value, Address):
        return value
    if match is None or int(match["port"]) > 65535:
        raise PydanticCustomError("address", "expected HOST:PORT, such as 127.0.0.1:8815 or [::1]:8815")
    return Address(match["six"] or match["host"], int(match["port"]))


def _size(value: object) -> object:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", str(value).strip().lower())
    if isinstance(value, bool) or match is None or match[2] not in _UNITS:
        raise PydanticCustomError("size", "expected a number of bytes or a size such as 512MB, 2GB or 1GiB")
    return int(float(match[1]) * _UNITS[match[2]]) if "." in match[1] else int(match[1]) * _UNITS[match[2]]


HostPort = Annotated[Address, BeforeValidator(_address), NoDecode]
Size = Annotated[int, BeforeValidator(_size)]
Milliseconds = Annotated[int, Field(ge=1)]


class Token(Strict):
    """A bearer token by the SHA-256 of its text, and what its holder may see and do."""

    name: Annotated[str, Field(min_length=1)]
    sha256: Annotated[str, Field(repr=False)]
    grants: tuple[str, ...] | None = None
    admin: bool = False

    @field_validator("sha256", mode="before")
    @classmethod
    def _digest(cls, value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", value):
            raise PydanticCustomError("sha256", "expected 64 hex digits: the SHA-256 of the token, in quotes")
        return value.lower()

    @field_validator("grants")
    @classmethod
    def _patterns(cls, grants: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for grant in grants or ():
            if not re.fullmatch(r"[^.\s]+(\.[^.]+){1,2}", grant):
                raise PydanticCustomError(
                    "grant", "expected source.table or source.schema.table, such as shop.* or crm.customers"
                )
        return grants

    @model_validator(mode="after")
    def _says_what_it_sees(self) -> Self:
        if self.grants is None and not self.admin:
            raise PydanticCustomError("grants", "needs grants, such as [shop.*], or admin: true")
        return self


class Tls(Strict):
    """PEM files with the servers' certificate chain and its private key."""

    certificate: Path
    key: Path

    @field_validator("certificate", "key")
    @classmethod
    def _readable(cls, path: Path) -> Path:
        if not path.is_file():
            raise PydanticCustomError("file", "expected a PEM file; {path} is none", {"path": str(path)})
        return path


class Cors(Strict):
    """Origins whose pages may call the HTTP server; `*` for all."""

    origins: tuple[str, ...] = ()


class CacheLimits(Strict):
    """What the cache may hold: bytes in all and for one answer, and the share that answers over one table or source may have.

    `ttl_seconds` is for how long an answer may be given again over tables of which nothing tells whether they have changed (0:
    never), `keep_seconds` for how long any answer is kept. `eviction` ranks by cost, or by the last use (`lru`). `near_bytes` is
    what each process may hold beside of a cache in Redis.
    """

    max_bytes: Annotated[Size, Field(ge=0)] = 256_000_000
    max_entry_bytes: Annotated[Size, Field(ge=0)] = 1_000_000
    entity_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    eviction: Literal["cost", "lru"] = "cost"
    ttl_seconds: Annotated[float, Field(ge=0)] = 0
    keep_seconds: Annotated[float, Field(gt=0)] = 3600
    near_bytes: Annotated[Size, Field(ge=0)] = 32_000_000


class JobLimits(Strict):
    """What jobs may take: bytes of one result and of all that are kept, jobs that have not ended of one caller and in all, and
    how many of them this process runs at once."""

    max_result_bytes: Annotated[Size, Field(ge=1)] = 10_000_000_000
    max_spool_bytes: Annotated[Size, Field(ge=1)] = 50_000_000_000
    per_caller: Annotated[int, Field(ge=1)] = 100
    total: Annotated[int, Field(ge=1)] = 1000
    workers: Annotated[int, Field(ge=0, le=1000)] = 4


class Log(Strict):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] = "json"


class Otel(Strict):
    """Where spans go: the URL of an OTLP/HTTP collector, such as http://127.0.0.1:4318/v1/traces."""

    endpoint: str | None = None

    @field_validator("endpoint")
    @classmethod
    def _url(cls, endpoint: str | None) -> str | None:
        if endpoint is not None and not re.match(r"^https?://[^/\s]+", endpoint):
            raise PydanticCustomError("url", "expected an http:// or https:// URL")
        return endpoint


class Settings(BaseSettings):
    """Everything that can be configured, validated. Built by `load`; built directly, it looks at no file and no environment."""

    model_config = SettingsConfigDict(
        env_prefix="FOZ_", env_nested_delimiter="__", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    flight: HostPort = Address("127.0.0.1", 8815)
    http: HostPort = Address("127.0.0.1", 8080)
    cache: SecretStr = SecretStr("memory://")
    cache_limits: CacheLimits = CacheLimits()
    jobs: SecretStr = SecretStr("memory://")
    job_limits: JobLimits = JobLimits()
    history: SecretStr | None = None
    spool: SecretStr | None = None
    memory_limit: Annotated[Size, Field(ge=64_000_000)] = 2_000_000_000
    catalog: SecretStr | None = None
    query_timeout_ms: Milliseconds = 30_000
    statistics_refresh_seconds: Annotated[int, Field(ge=0)] = 300
    job_timeout_ms: Milliseconds = 3_600_000
    result_ttl_seconds: Annotated[int, Field(ge=1)] = 3600
    job_archive_days: Annotated[int, Field(ge=0)] = 0
    max_queries: Annotated[int, Field(ge=1, le=10_000)] = 32
    max_waiting: Annotated[int, Field(ge=0, le=100_000)] = 128
    max_body_bytes: Size = 1_048_576
    tokens: tuple[Token, ...] = ()
    tls: Tls | None = None
    cors: Cors = Cors()
    log: Log = Log()
    otel: Otel = Otel()
    sources: tuple[SourceDocument, ...] = ()

    @classmethod
    def settings_customise_sources(cls, settings_cls: type[BaseSettings], *sources: Any, **named: Any) -> tuple[Any, ...]:
        return (named.get("init_settings") or sources[0],)

    @field_validator("cache", "jobs")
    @classmethod
    def _store(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        shared = re.match(r"^rediss?://[^/\s]+(/\d+)?$", value.get_secret_value()) is not None
        if not shared and value.get_secret_value() != "memory://":
            raise PydanticCustomError("store", "expected memory:// or redis://HOST:PORT/DB")
        return value

    @field_validator("history")
    @classmethod
    def _history_place(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value() if value else "memory://"
        if not re.match(r"^(memory://|file:///.+|rediss?://[^/\s]+(/\d+)?)$", text):
            raise PydanticCustomError("history", "expected memory://, file:///DIRECTORY or redis://HOST:PORT/DB")
        return value

    @field_validator("spool")
    @classmethod
    def _spool_place(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value() if value else "file:///"
        if not re.match(r"^file:///|^s3://[^/\s@?#]+(/[^\s?#]*)?$", text):
            raise PydanticCustomError("spool", "expected file:///DIRECTORY or s3://BUCKET/PREFIX")
        if text.startswith("s3://") and importlib.util.find_spec("s3fs") is None:
            raise PydanticCustomError("s3fs", "a spool in S3 needs the package s3fs; install foz[s3], or give file:///DIRECTORY")
        return value

    @field_validator("catalog")
    @classmethod
    def _catalog_place(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value() if value else ""
        if "://" in text and not re.match(r"^mongodb(\+srv)?://[^/]+/[^/?]+", text):
            raise PydanticCustomError("catalog", "expected a YAML file or mongodb://HOST/DATABASE")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for kind, names in (("sources", [s.id for s in self.sources]), ("tokens", [t.name for t in self.tokens])):
            repeated = [name for name, count in Counter(names).items() if count > 1]
            if repeated:
                raise PydanticCustomError("repeated", "{kind}: {name} is there twice", {"kind": kind, "name": repeated[0]})
        if self.job_archive_days and not self.jobs_shared:
            raise PydanticCustomError("archive", "job_archive_days: expected 0, for jobs in memory are not archived; see jobs")
        if self.jobs_shared and self.spool is None:
            raise PydanticCustomError("spool", "spool: with jobs in Redis, the results need a place that all processes share")
        for name, address in (("flight", self.flight), ("http", self.http)):
            if not self.tokens and not address.loopback:
                raise PydanticCustomError(
                    "open",
                    "{name}: without tokens only a loopback address may be served, such as 127.0.0.1:{port}; "
                    "configure tokens to serve {address}",
                    {"name": name, "port": address.port, "address": str(address)},
                )
        return self

    @property
    def spool_directory(self) -> Path | None:
        """The directory for temporary files; None for one of the system's, as with a spool in S3."""
        text = self.spool.get_secret_value() if self.spool else ""
        return Path(text.removeprefix("file://")) if text.startswith("file:///") else None

    @property
    def history_place(self) -> str:
        """Where history is kept: as `history` says, else in the Redis of the jobs or the cache, else beside the spool."""
        if self.history is not None:
            return self.history.get_secret_value()
        for shared in (self.jobs, self.cache):
            if shared.get_secret_value() != "memory://":
                return shared.get_secret_value()
        return f"file://{self.spool_directory}/history" if self.spool_directory is not None else "memory://"

    @property
    def jobs_shared(self) -> bool:
        """Whether other processes run and read the same jobs."""
        return self.jobs.get_secret_value() != "memory://"

    @property
    def catalog_uri(self) -> str | None:
        """The MongoDB database that holds the source documents; None where they stand in a file."""
        text = self.catalog.get_secret_value() if self.catalog else ""
        return text if "://" in text else None

    def secrets(self) -> Iterator[str]:
        """Every configured text that must never be shown."""
        for document in self.sources:
            yield from document.secrets()
        for value in (self.cache, self.jobs, self.history, self.catalog):
            if value is not None:
                yield from passwords_in(value.get_secret_value())


class _Environment(EnvSettingsSource):
    """pydantic's reader of environment variables, over the mapping that is handed in."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._environment.items()}


def load(path: Path | None, environment: Mapping[str, str], **options: Any) -> Settings:
    """The settings of the file at `path` (None: no file), under those of `environment`, under the given `options`.

    Raises ConfigurationError, which names the file and line, the variable or the option of each problem.
    """
    text = configuration.read(path, environment) if path is not None else configuration.Text("", {}, {})
    texts = {"": text}
    fields = {to_camel(name): name for name in Settings.model_fields}
    for name in text.values:
        if name not in fields:
            problem = configuration.unknown_field(name, fields)
            raise ConfigurationError(f"{text.where((name,))}: {name} {problem.message()}")
    values: dict[str, Any] = {fields[name]: value for name, value in text.values.items()}
    given = _from_environment(environment)
    chosen = {name: value for name, value in options.items() if value is not None}
    place = str(given.get("catalog", values.get("catalog")) or "")
    if place and "://" not in place and path is not None and (path.parent / place).resolve() != path.resolve():
        texts["sources"] = configuration.read(path.parent / place, environment)
        values["sources"] = texts["sources"].values.get("sources", [])
    merged = _merged(_merged(values, given), chosen)
    try:
        settings = Settings(**merged)
        documents = tuple(with_environment(document, environment) for document in settings.sources)
    except ValidationError as error:
        lines = (_located(found, expected, texts, given, chosen, environment) for found, expected in configuration.explain(error))
        raise ConfigurationError("\n".join(dict.fromkeys(lines))) from None
    return settings.model_copy(update={"sources": documents})


COMMAND_LINE = ("FOZ_CONFIG", "FOZ_TOKEN")
"""Variables that stand for options of the command line, not for settings."""


def strangers(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    """Variables that look like a setting and are none: a misspelt one would be silently without effect."""
    known = [f"FOZ_{name.upper()}" for name in Settings.model_fields]
    found = []
    for variable in sorted(environment):
        if variable.startswith("FOZ_SOURCE_"):
            known_sources = {f"FOZ_SOURCE_{document.id.upper()}_{part}" for document in settings.sources for part in OVERRIDES}
            if variable not in known_sources and settings.catalog_uri is None:
                found.append(variable)
        elif variable.startswith("FOZ_") and variable not in COMMAND_LINE and variable.partition("__")[0] not in known:
            found += difflib.get_close_matches(variable, known, n=1, cutoff=0.85) and [variable]
    return found


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    try:
        return _Environment(environment)()
    except SettingsError as error:
        match = re.search(r'field "(\w+)"', str(error))
        name = f"FOZ_{match[1].upper()}" if match else "A variable FOZ_…"
        raise ConfigurationError(f"Environment variable {name}: expected JSON.") from None


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        name: _merged(under[name], value) if isinstance(value, Mapping) and isinstance(under.get(name), Mapping) else value
        for name, value in over.items()
    }
    return dict(under) | both


def _located(
    found: Place,
    expected: str,
    texts: Mapping[str, configuration.Text],
    given: Mapping[str, Any],
    chosen: Mapping[str, Any],
    environment: Mapping[str, str],
) -> str:
    """One problem as a sentence that begins with where to mend it."""
    if not found:
        # A problem of the whole begins with the field that is most to blame.
        blamed, _, expected = expected.partition(": ")
        found = (blamed,)
    name = str(found[0])
    place = (to_camel(name), *found[1:])
    problem = configuration.sentence(place, expected)
    if name in chosen:
        return f"Option --{name.replace('_', '-')}: {configuration.sentence((), expected)}"
    if name in given:
        variables = sorted(
            v for v in environment if v.upper() == f"FOZ_{name.upper()}" or v.upper().startswith(f"FOZ_{name.upper()}__")
        )
        return f"Environment variable {', '.join(variables)}: {problem}"
    text = texts.get(name, texts[""])
    return f"{text.where(place)}: {problem}" if text.name else f"Settings: {problem}"
