"""`foz serve` as a real process: it answers on both protocols, asks for tokens, and ends cleanly on a signal."""

from __future__ import annotations

import hashlib
import json
import signal
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import Result

from .conftest import Place, events, process

Run = Callable[..., Result]


@contextmanager
def serving(place: Place, *arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    with process(place, "serve", *arguments, **environment) as server:
        try:
            assert server.stdout is not None
            flight, http = server.stdout.readline().split(), server.stdout.readline().split()
            if not http:
                _, log = server.communicate(timeout=30)
                raise AssertionError(log)
            yield server, flight[-1], http[-1]
        finally:
            server.terminate()
            server.communicate(timeout=60)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_ends_on_a_signal(place: Place, run: Run, number: signal.Signals) -> None:
    with serving(place) as (server, flight, http):
        result = run("query", "SELECT count(*) AS n FROM depot.many", "--server", flight, "--format", "csv")
        assert (result.exit_code, result.stdout) == (0, "n\r\n3000\r\n") or result.stdout.split() == ["n", "3000"], result.stderr
        failed = run("query", "SELECT * FROM depot.part", "--server", flight)
        assert failed.exit_code == 1
        assert failed.stderr.startswith("[sql.unknown_table] There is no table depot.part. Did you mean depot.parts")
        assert failed.stderr.endswith("?\n")
        assert json.loads(run("explain", "SELECT i FROM depot.many", "--server", flight, "--json").stdout)["tables"] == [
            "depot.main.many"
        ]
        assert httpx.get(f"{http}/readyz").status_code == 200
        assert "foz_query_seconds" in httpx.get(f"{http}/metrics").text
        server.send_signal(number)
        output, log = server.communicate(timeout=60)
    assert (server.returncode, output) == (0, "")
    assert events(log)[-2:] == ["server.stopping", "server.stopped"]
    assert all(line.startswith("{") for line in log.splitlines()), log


def test_with_tokens(place: Place, run: Run, tmp_path: Path) -> None:
    digest = hashlib.sha256(b"open-sesame").hexdigest()
    path = tmp_path / "foz.yaml"
    path.write_text(place.config.read_text() + f'tokens: [{{name: ana, sha256: "{digest}", grants: [depot.parts]}}]\n')
    with serving(place, "--config", str(path)) as (_, flight, http):
        missing = run("query", "SELECT 1", "--server", flight)
        assert (missing.exit_code, missing.stderr.startswith("[auth.missing] ")) == (1, True), missing.stderr
        wrong = run("query", "SELECT 1", "--server", flight, "--token", "other")
        assert wrong.stderr.startswith("[auth.denied] "), wrong.stderr
        seen = run("query", "SELECT i FROM depot.parts LIMIT 1", "--server", flight, "--token", "open-sesame", "--format", "json")
        assert seen.exit_code == 0, seen.stderr
        hidden = run("query", "SELECT i FROM depot.many", "--server", flight, "--token", "open-sesame")
        assert hidden.stderr.startswith("[sql.unknown_table] "), hidden.stderr
        listed = httpx.get(f"{http}/sources", headers={"authorization": "Bearer open-sesame"})
        assert [one["tables"] for one in listed.json()["sources"]] == [1]
        assert httpx.get(f"{http}/sources").status_code == 401


def test_over_tls(place: Place, run: Run, tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", names]
    subprocess.run([*made, "-out", str(certificate), "-keyout", str(key)], check=True, capture_output=True)
    with serving(place, FOZ_TLS__CERTIFICATE=str(certificate), FOZ_TLS__KEY=str(key)) as (_, flight, http):
        assert flight.startswith("grpc+tls://")
        assert httpx.get(f"{http}/readyz", verify=ssl.create_default_context(cafile=certificate)).status_code == 200
        result = run(
            "query", "SELECT count(*) AS n FROM depot.many", "--server", flight, "--ca", str(certificate), "--format", "json"
        )
        assert (result.exit_code, json.loads(result.stdout)) == (0, [{"n": 3000}]), result.stderr
        assert run("query", "SELECT 1", "--server", flight).exit_code == 1


def test_an_address_that_is_taken(place: Place) -> None:
    with serving(place) as (_, flight, http):
        for option, address, name in (
            ("--http", http.removeprefix("http://"), "http"),
            ("--flight", flight.removeprefix("grpc://"), "flight"),
        ):
            with process(place, "serve", option, address) as second:
                _, log = second.communicate(timeout=60)
            assert second.returncode == 2
            assert f"foz: {name}: " in log
            assert "Traceback" not in log


def test_the_configuration_may_come_from_the_environment(tmp_path: Path, place: Place) -> None:
    (tmp_path / "data").mkdir()
    sources = '[{"id": "empty", "type": "files", "connection": {"path": "%s"}}]' % (tmp_path / "data")
    environment = {"FOZ_SOURCES": sources, "FOZ_FLIGHT": "127.0.0.1:0", "FOZ_HTTP": "127.0.0.1:0", "FOZ_LOG__FORMAT": "text"}
    with serving(Place(tmp_path), **environment) as (_, _, http):
        assert [one["id"] for one in httpx.get(f"{http}/sources").json()["sources"]] == ["empty"]
