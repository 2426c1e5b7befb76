"""Servers for every test: found or started once a process, with a fresh database for each module that asks.

`make test` starts them once for all of pytest's workers and passes their URIs in the environment.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import adbc_driver_postgresql.dbapi as postgres
import fsspec
import hypothesis
import pymongo
import pytest
import redis

from demo.s3 import environment, find_s3
from demo.server import Server
from demo.servers import find_mongodb, find_postgres, find_redis

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("foz", deadline=None)
hypothesis.settings.load_profile("foz")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    with find_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def mongodb_server() -> Iterator[Server]:
    with find_mongodb() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Server]:
    with find_redis() as server:
        yield server


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The name of a bucket; the environment says where it is, to this process and those that it starts."""
    with find_s3() as server, pytest.MonkeyPatch.context() as patch:
        for name, value in environment(server).items():
            patch.setenv(name, value)
        bucket = f"foz-{uuid.uuid4().hex[:16]}"
        filesystem = fsspec.filesystem("s3", use_listings_cache=False, skip_instance_cache=True)
        filesystem.mkdir(bucket)
        yield bucket
        filesystem.rm(bucket, recursive=True)


@pytest.fixture(scope="module")
def redis_uri(redis_server: Server) -> str:
    """The URI of a database that is empty and that no other test uses meanwhile: each of pytest's workers has its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    uri = f"{redis_server.uri}/{int(worker) % 16}"
    with redis.Redis.from_url(uri) as client:
        client.flushdb()
    return uri


@pytest.fixture(scope="module")
def postgres_uri(postgres_server: Server) -> Iterator[str]:
    """The URI of an empty database that exists while the module's tests run."""
    name = fresh_name()
    _administer(postgres_server.uri, f"CREATE DATABASE {name}")
    yield with_database(postgres_server.uri, name)
    _administer(postgres_server.uri, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def mongodb_uri(mongodb_server: Server) -> Iterator[str]:
    """The URI of an empty database, named in its path, that is dropped after the module's tests."""
    name = fresh_name()
    yield with_database(mongodb_server.uri, name)
    with pymongo.MongoClient(mongodb_server.uri) as client:
        client.drop_database(name)


def fresh_name() -> str:
    return f"foz_{uuid.uuid4().hex[:16]}"


def with_database(uri: str, name: str) -> str:
    return urlunsplit(urlsplit(uri)._replace(path=f"/{name}"))


def _administer(uri: str, statement: str) -> None:
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
