"""Settings: what a right configuration means, and what a wrong one is told."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from proxy.catalog.documents import SourceDocument
from proxy.configuration import ConfigurationError
from proxy.settings import Address, JobLimits, Settings, load, strangers

SOURCE = "sources:\n  - id: shop\n    type: postgres\n    connection: {host: localhost, user: foz, password: s3cret-word}\n"


def loaded(directory: Path, text: str, environment: dict[str, str] | None = None, **options: object) -> Settings:
    path = directory / "foz.yaml"
    path.write_text(text)
    return load(path, environment or {}, **options)


def connection(settings: Settings) -> dict[str, object]:
    return dict(settings.sources[0].store_config().connection)


def test_without_a_file_the_defaults_hold() -> None:
    settings = load(None, {})
    assert (str(settings.flight), str(settings.http)) == ("127.0.0.1:8815", "127.0.0.1:8080")
    assert (settings.memory_limit, settings.query_timeout_ms, settings.job_timeout_ms) == (2_000_000_000, 30_000, 3_600_000)
    assert (settings.result_ttl_seconds, settings.tokens, settings.sources) == (3600, (), ())


def test_a_whole_file(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        """
flight: "[::1]:0"
http: localhost:9090
cache: memory://
jobs: memory://
spool: file:///var/lib/foz/spool
memoryLimit: 512MB
queryTimeoutMs: 1000
tokens: [{name: ana, sha256: "%s", grants: ["shop.*", "crm.customers"], admin: false}]
cors: {origins: ["https://a.example"]}
log: {level: debug, format: text}
otel: {endpoint: "http://127.0.0.1:4318/v1/traces"}
sources:
  - id: shop
    name: The shop's database
    type: postgres
    connection: {host: localhost, port: 5432, user: foz, password: "${SHOP_PASSWORD}", db: "${DB:-shop}"}
    capabilities: {joins: true, projections: true, depthLimit: 3}
    limits: {maxRows: 5000000, timeoutMs: 30000, maxConnections: 8}
    version: 1
    onMismatch: nullify
    tables:
      orders:
        columns: {total: "decimal(12, 2)"}
        immutable: false
        relations:
          customer: {to: crm.customers, keys: {customer_id: _id}}
          lines: {to: shop.order_lines, keys: {id: order_id}, many: true}
    createdAt: 2026-01-02T03:04:05Z
"""
        % ("A" * 64),
        {"SHOP_PASSWORD": "hunter22"},
    )
    assert settings.flight == Address("::1", 0)
    assert settings.memory_limit == 512_000_000
    assert settings.spool_directory == Path("/var/lib/foz/spool")
    assert settings.tokens[0].sha256 == "a" * 64
    config = settings.sources[0].store_config()
    assert dict(config.connection) == {"host": "localhost", "port": 5432, "user": "foz", "password": "hunter22", "db": "shop"}
    assert config.limits.max_rows == 5_000_000
    assert config.declared == {"orders": {"total": "DECIMAL(12,2)"}}
    assert config.on_mismatch == "nullify"


def test_what_jobs_may_take(tmp_path: Path) -> None:
    assert load(None, {}).job_limits == JobLimits(
        max_result_bytes=10_000_000_000, max_spool_bytes=50_000_000_000, per_caller=100, total=1000, workers=4
    )
    text = "jobLimits: {maxResultBytes: 1GB, maxSpoolBytes: 2GiB, perCaller: 3, total: 5, workers: 0}"
    assert loaded(tmp_path, text, {"FOZ_JOB_LIMITS__TOTAL": "7"}).job_limits == JobLimits(
        max_result_bytes=1_000_000_000, max_spool_bytes=2**31, per_caller=3, total=7, workers=0
    )


def test_only_jobs_that_are_shared_are_archived(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="line 1: jobArchiveDays: expected 0, for jobs in memory are not archived"):
        loaded(tmp_path, "jobArchiveDays: 3")
    shared = "jobArchiveDays: 3\njobs: redis://localhost:6379/0\nspool: file:///tmp/spool"
    assert loaded(tmp_path, shared).job_archive_days == 3


def test_a_spool_in_s3_needs_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"line 1: spool: a spool in S3 needs the package s3fs; install foz\[s3\]"):
        loaded(tmp_path, "spool: s3://bucket/prefix")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    settings = loaded(tmp_path, "spool: s3://bucket/prefix")
    assert settings.spool is not None
    assert (settings.spool.get_secret_value(), settings.spool_directory) == ("s3://bucket/prefix", None)


@pytest.mark.parametrize(
    ("size", "expected"),
    [("64MB", 64_000_000), ("1GiB", 2**30), ("1.5 GB", 1_500_000_000), ("2g", 2_000_000_000), ("100000000", 100_000_000)],
)
def test_sizes(tmp_path: Path, size: str, expected: int) -> None:
    assert loaded(tmp_path, f"memoryLimit: {size}").memory_limit == expected


BAD = {
    "flight: 8815": "foz.yaml, line 1: flight: expected HOST:PORT, such as 127.0.0.1:8815 or [::1]:8815.",
    "http: 127.0.0.1:99999": "line 1: http: expected HOST:PORT",
    "\nfligt: x": "foz.yaml, line 2: fligt is not a known field. Did you mean flight?",
    "memory_limit: 2GB": "line 1: memory_limit is not a known field. Did you mean memoryLimit?",
    "memoryLimit: lots": "line 1: memoryLimit: expected a number of bytes or a size such as 512MB, 2GB or 1GiB.",
    "memoryLimit: 1MB": "line 1: memoryLimit: expected a value greater than or equal to 64000000.",
    "queryTimeoutMs: soon": "line 1: queryTimeoutMs: expected a whole number.",
    "queryTimeoutMs: 0": "line 1: queryTimeoutMs: expected a value greater than or equal to 1.",
    "a: b: c": "line 1: not YAML: mapping values are not allowed here.",
    "flight: 127.0.0.1:1\nhttp: [": "foz.yaml, line 2: not YAML",
    "- 1": "line 1: expected a mapping of settings.",
    "http: 127.0.0.1:1\nhttp: 127.0.0.1:2": "line 2: http is given twice.",
    "x: !!python/object:os.system 1": "not YAML: could not determine a constructor",
    "cache: memcached://localhost": "line 1: cache: expected memory:// or redis://HOST:PORT/DB.",
    "cacheLimits: {entityShare: 2}": "line 1: cacheLimits.entityShare: expected a value less than or equal to 1.",
    "jobs: redis://localhost/0": "line 1: spool: with jobs in Redis, the results need a place that all processes share.",
    "spool: /var/x": "line 1: spool: expected file:///DIRECTORY or s3://BUCKET/PREFIX.",
    "spool: s3:///prefix": "line 1: spool: expected file:///DIRECTORY or s3://BUCKET/PREFIX.",
    "spool: s3://key:s3cret@bucket": "line 1: spool: expected file:///DIRECTORY or s3://BUCKET/PREFIX.",
    "jobLimits: {maxResultBytes: 0}": "line 1: jobLimits.maxResultBytes: expected a value greater than or equal to 1.",
    "jobLimits: {perUser: 3}": "line 1: jobLimits.perUser is not a known field.",
    "catalog: mongodb://host": "line 1: catalog: expected a YAML file or mongodb://HOST/DATABASE.",
    "catalog: none.yaml": "none.yaml: cannot be read (No such file or directory).",
    "log: {level: loud}": "line 1: log.level: expected 'debug', 'info', 'warning' or 'error'.",
    "tls: {certificate: /none}": "tls.key is required.",
    "otel: {endpoint: here}": "line 1: otel.endpoint: expected an http:// or https:// URL.",
    "flight: 0.0.0.0:8815": "flight: without tokens only a loopback address may be served, such as 127.0.0.1:8815",
    "http: example.org:80": "http: without tokens only a loopback address may be served",
    "tokens: [{name: ana, sha256: secret-token}]": "tokens[0].sha256: expected 64 hex digits: the SHA-256 of the token",
    f"tokens: [{{name: ana, sha256: '{'0' * 64}'}}]": "tokens[0] needs grants, such as [shop.*], or admin: true.",
    f"tokens: [{{name: ana, sha256: '{'0' * 64}', grants: [shop]}}]": "tokens[0].grants: expected source.table",
    "sources: 3": "line 1: sources: expected a list.",
    "sources: [3]": "line 1: sources[0]: expected a mapping.",
    "sources:\n  - type: postgres\n    connection: {host: h}": "line 2: sources[0].id is required.",
    "sources:\n  - id: shop\n    connection: {host: h}": "line 2: sources[0].type is required.",
    SOURCE + SOURCE.removeprefix("sources:\n"): "sources: shop is there twice.",
    SOURCE.replace("id: shop", "id: Shop"): "line 2: sources[0].id: expected a lower-case letter",
    SOURCE.replace("postgres", "postgers"): "line 3: sources[0].type: expected one of files, mongodb, postgres, sqlite.",
    SOURCE.replace("type", "typ"): "line 3: sources[0].typ is not a known field. Did you mean type?",
    SOURCE + "    limits: {maxRow: 3}": "line 5: sources[0].limits.maxRow is not a known field. Did you mean maxRows?",
    SOURCE + "    limits: {maxRows: -3}": "line 5: sources[0].limits.maxRows: expected a value greater than or equal to 1.",
    SOURCE + "    onMismatch: ignore": "line 5: sources[0].onMismatch: expected 'error' or 'nullify'.",
    SOURCE + "    tables: {t: {columns: {a: MONEY}}}": "column a: expected a DuckDB type such as DECIMAL(12,2).",
    SOURCE + "    tables: {t: {relations: {r: {to: x, keys: {a: b}}}}}": "relations.r.to: expected source.table",
    SOURCE + "    tables: {t: {relations: {r: {to: x.y, keys: {}}}}}": "relations.r.keys: expected at least one entry.",
    SOURCE.replace("s3cret-word", "1234567"): "password: expected a text; put it in quotes.",
    SOURCE.replace("localhost", "localhost, port: high"): "sources[0].connection: expected a port between 1 and 65535.",
    SOURCE.replace(
        "s3cret-word", "'${NOT_SET}'"
    ): "line 4: sources[0].connection.password: the environment variable NOT_SET is not set.",
}


@pytest.mark.parametrize(("text", "message"), BAD.items(), ids=range(len(BAD)))
def test_a_bad_file_is_told_where_and_what_was_expected(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path, text)
    assert message in caught.value.message
    assert "foz.yaml" in caught.value.message or "none.yaml" in caught.value.message
    assert "s3cret" not in caught.value.message
    assert "secret-token" not in caught.value.message


def test_several_problems_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path, "flight: x\nhttp: y")
    assert [line.split(":")[0] for line in caught.value.message.splitlines()] == ["foz.yaml, line 1", "foz.yaml, line 2"]


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(tmp_path / "none.yaml", {})
    (tmp_path / "latin.yaml").write_bytes(b"flight: \xff")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        load(tmp_path / "latin.yaml", {})


def test_the_environment_is_over_the_file_and_options_over_both(tmp_path: Path) -> None:
    environment = {"FOZ_FLIGHT": "127.0.0.1:2", "FOZ_MEMORY_LIMIT": "1GB", "FOZ_LOG__LEVEL": "error"}
    text = "flight: 127.0.0.1:1\nhttp: 127.0.0.1:1\nlog: {format: text, level: info}"
    settings = loaded(tmp_path, text, environment, http="127.0.0.1:3")
    assert [settings.flight.port, settings.http.port, settings.memory_limit] == [2, 3, 1_000_000_000]
    assert (settings.log.level, settings.log.format) == ("error", "text")


def test_lists_come_as_json_from_the_environment() -> None:
    token = '[{"name": "a", "sha256": "%s", "admin": true}]' % ("b" * 64)
    settings = load(None, {"FOZ_TOKENS": token, "FOZ_FLIGHT": "0.0.0.0:1", "FOZ_CORS__ORIGINS": '["*"]'})
    assert settings.tokens[0].admin
    assert settings.cors.origins == ("*",)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"FOZ_MEMORY_LIMIT": "x"}, "Environment variable FOZ_MEMORY_LIMIT: memoryLimit: expected a number of bytes"),
        ({"FOZ_TOKENS": "x"}, "Environment variable FOZ_TOKENS: expected JSON."),
        ({"FOZ_LOG__LEVEL": "x"}, "Environment variable FOZ_LOG__LEVEL: log.level: expected 'debug'"),
    ],
)
def test_a_bad_variable_is_named(environment: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(None, environment)
    assert message in caught.value.message


def test_a_bad_option_is_named() -> None:
    with pytest.raises(ConfigurationError, match="Option --flight: expected HOST:PORT"):
        load(None, {}, flight="x")


def test_variables_that_look_like_settings_and_are_none(tmp_path: Path) -> None:
    environment = {
        "FOZ_MEMORY_LIMT": "1GB",
        "FOZ_MEMORY_LIMIT": "1GB",
        "FOZ_LOG__LEVEL": "info",
        "FOZ_SOURCE_SHOP_PASSWORD": "x",
        "FOZ_SOURCE_SHOPS_PASSWORD": "x",
        "FOZ_SERVICE_HOST": "10.0.0.1",
        "FOZ_PORT_8080_TCP": "tcp://10.0.0.1:8080",
        "FOZ_CONFIG": "foz.yaml",
        "FOZ_TOKEN": "x",
    }
    settings = loaded(tmp_path, SOURCE, environment)
    assert strangers(settings, environment) == ["FOZ_MEMORY_LIMT", "FOZ_SOURCE_SHOPS_PASSWORD"]


def test_a_source_is_overridden_by_the_environment(tmp_path: Path) -> None:
    environment = {"FOZ_SOURCE_SHOP_PASSWORD": "other", "FOZ_SOURCE_SHOP_PORT": "7", "FOZ_SOURCE_SHOP_DB": "d"}
    found = connection(loaded(tmp_path, SOURCE, environment))
    assert found == {"host": "localhost", "user": "foz", "password": "other", "port": 7, "db": "d"}


def test_a_uri_is_overridden_in_its_parts(tmp_path: Path) -> None:
    text = SOURCE.replace(
        "{host: localhost, user: foz, password: s3cret-word}", "{uri: 'postgresql://foz:old@db:5432/shop?sslmode=require'}"
    )
    environment = {"FOZ_SOURCE_SHOP_PASSWORD": "p@ss/word", "FOZ_SOURCE_SHOP_HOST": "other"}
    assert connection(loaded(tmp_path, text, environment)) == {
        "uri": "postgresql://foz:p%40ss%2Fword@other:5432/shop?sslmode=require"
    }
    assert connection(loaded(tmp_path, SOURCE, {"FOZ_SOURCE_SHOP_URI": "postgresql://x/y"})) == {"uri": "postgresql://x/y"}


def test_sources_may_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(SOURCE)
    assert [source.id for source in loaded(tmp_path, "catalog: ./sources.yaml").sources] == ["shop"]
    (tmp_path / "sources.yaml").write_text(SOURCE.replace("type", "typ"))
    with pytest.raises(ConfigurationError, match=r"sources.yaml, line 3: sources\[0\].typ"):
        loaded(tmp_path, "catalog: ./sources.yaml")


def test_a_plain_reference_can_be_written(tmp_path: Path) -> None:
    assert connection(loaded(tmp_path, SOURCE.replace("s3cret-word", "'a$${b}'")))["password"] == "a${b}"


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    text = (
        SOURCE + "  - id: docs\n    type: mongodb\n    connection: {uri: 'mongodb://foz:s3cret-word@h/d', extra: s3cret-word}\n"
    )
    settings = loaded(tmp_path, "catalog: mongodb://u:s3cret-word@h/d\n" + text)
    shown = [
        repr(settings),
        str(settings),
        str(settings.model_dump()),
        settings.model_dump_json(),
        repr(settings.sources[0].store_config()),
    ]
    shown += [str(source.public_connection()) for source in settings.sources]
    assert all("s3cret" not in one for one in shown)
    assert "s3cret-word" in set(settings.secrets())
    assert settings.sources[1].public_connection() == {"uri": "mongodb://h/d"}


def test_source_documents_are_values() -> None:
    document = SourceDocument(id="a", type="files", connection={"path": "/x"})
    assert document == SourceDocument.model_validate({"id": "a", "type": "files", "connection": {"path": "/x"}})
    assert pickle.loads(pickle.dumps(document)) == document
