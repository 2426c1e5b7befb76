"""A small implementation of `Asking` that runs every query in DuckDB: for tests in which the pipeline is beside the point."""

from __future__ import annotations

import datetime
import itertools
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pyarrow as pa

from planner.errors import QueryCancelled, QueryNotFound, RequestInvalid, SqlSyntax, Unsupported
from planner.plan import Field
from proxy.request import Answer, Caller, Parameter, Prepared, Request
from tests.proxy.never_jobs import NeverJob, NoJobs
from translators.arrow import duckdb_type, schema

_PARAMETER = re.compile(r"(\?|\$\d+|\$[a-z]\w*)(?:::(\w+(?:\(\d+,\d+\))?(?:\[\])?))?")


class DuckAnswer(NeverJob):
    """`blocks`: `batches` waits for `close` before it gives anything. `error`: raised after the first batch."""

    def __init__(self, query_id: str, relation: Any, schema: pa.Schema, rows_per_batch: int) -> None:
        self.query_id = query_id
        self.schema = schema
        self.columns = tuple(Field(field.name, duckdb_type(field.type)) for field in schema)
        self._cursor = relation
        self._rows_per_batch = rows_per_batch
        self.begun = threading.Event()
        self.closed = threading.Event()
        self.read = False
        self.blocks = False
        self.error: BaseException | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        if self.read:
            raise QueryNotFound("This answer has been read.")
        self.read = True
        self.begun.set()
        if self.blocks:
            self.closed.wait()
            raise QueryCancelled("The query was cancelled.")
        for batch in self._cursor.to_arrow_reader(self._rows_per_batch):
            yield batch.cast(self.schema)
            if self.error is not None:
                raise self.error

    def status(self) -> dict[str, Any]:
        return {"queryId": self.query_id, "status": "processing", "createdAt": datetime.datetime(2024, 1, 1)}

    def stats(self) -> dict[str, Any]:
        return {}

    def cache_status(self) -> dict[str, Any]:
        return {"status": "bypass"}

    def close(self) -> None:
        self.closed.set()

    def __enter__(self) -> DuckAnswer:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()


class DuckAsking(NoJobs):
    """Keeps every request and answer, for tests to look at. `spoil` may change an answer before anybody has it; a query that
    says `boom` is a defect of the server."""

    def __init__(self) -> None:
        self.database = duckdb.connect()
        self.requests: list[Request] = []
        self.answers: dict[str, DuckAnswer] = {}
        self.owners: dict[str, str] = {}
        self.rows_per_batch = 8192
        self.spoil: Callable[[DuckAnswer], None] | None = None
        self._numbers = itertools.count()
        self._cursors: list[Any] = []

    def prepare(self, request: Request) -> Prepared:
        self.requests.append(request)
        if request.sql.upper().startswith("INSERT"):
            raise Unsupported("Writing is not implemented yet.")
        wanted = _wanted(request.sql)
        values = tuple(Parameter(None, field.type) for field in wanted)
        answered = self._relation(request, values)
        return Prepared(_schema(answered), (), wanted)

    def start(self, request: Request) -> Answer:
        self.requests.append(request)
        if "boom" in request.sql:
            raise RuntimeError("secret internals at /srv/foz/pipeline.py")
        parameters = request.parameters
        names = [field.name for field in _wanted(request.sql)]
        given = parameters if isinstance(parameters, tuple) else tuple(parameters[name] for name in names)
        relation = self._relation(request, given)
        answer = DuckAnswer(f"q_{next(self._numbers)}", relation, _schema(relation), self.rows_per_batch)
        if self.spoil is not None:
            self.spoil(answer)
        self.answers[answer.query_id] = answer
        self.owners[answer.query_id] = request.caller.name
        return answer

    def explain(self, request: Request) -> dict[str, Any]:
        return {}

    def find(self, query_id: str, caller: Caller) -> Answer:
        if self.owners.get(query_id) != caller.name or self.answers[query_id].read:
            raise QueryNotFound("There is no such query.", queryId=query_id)
        return self.answers[query_id]

    def list(self, caller: Caller) -> list[dict[str, Any]]:
        return []

    def cancel(self, query_id: str, caller: Caller, wait_seconds: float = 5.0) -> bool:
        if self.owners.get(query_id) != caller.name:
            raise QueryNotFound("There is no such query.", queryId=query_id)
        self.answers[query_id].close()
        return True

    def close(self) -> None:
        """DuckDB complains at the interpreter's end about what was left open."""
        self.answers.clear()
        for cursor in self._cursors:
            cursor.close()
        self.database.close()

    def _relation(self, request: Request, values: tuple[Parameter, ...]) -> Any:
        sql = request.sql
        if len(values) != len(_wanted(sql)):
            raise RequestInvalid("The number of parameters is wrong.")
        remaining = iter(values)
        named = dict(zip((field.name for field in _wanted(sql)), values, strict=True))

        def cast(match: re.Match[str]) -> str:
            value = next(remaining) if match[1] == "?" else named[match[1][1:]]
            return f"CAST({match[1]} AS {match[2] or value.type})"

        text = _PARAMETER.sub(cast, sql)
        bound: Any = [value.value for value in values]
        if "$" in sql and not re.search(r"\$\d", sql):
            bound = {name: value.value for name, value in named.items()}
        try:
            cursor = self.database.cursor()
            self._cursors.append(cursor)
            return cursor.sql(text, params=bound) if values else cursor.sql(text)
        except duckdb.ParserException as error:
            raise SqlSyntax(str(error).splitlines()[0], line=1, column=1) from error
        except duckdb.Error as error:
            raise Unsupported(str(error)) from error


def _wanted(sql: str) -> tuple[Field, ...]:
    found: dict[str, str] = {}
    for position, match in enumerate(_PARAMETER.finditer(sql), 1):
        found.setdefault(str(position) if match[1] == "?" else match[1][1:], match[2] or "VARCHAR")
    return tuple(Field(name, type) for name, type in found.items())


def _schema(cursor: Any) -> pa.Schema:
    return schema(Field(name, str(type)) for name, type in zip(cursor.columns, cursor.types, strict=True))
