"""What DuckDB says of a query before anything runs: the answer's names and types, and the parameters'.

Every table of the query is an empty one with the right columns, in a locked database of its own that no file is reachable from.
A table's name is a hash of its columns, so a table that exists is right for ever; the least recently used ones are dropped.
"""

from __future__ import annotations

import re
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product

import duckdb

from planner.errors import FozError, SqlType
from planner.plan import Field
from proxy.engine_errors import RAISED, from_duckdb
from proxy.locked import check_functions, check_reads, connect, forbidden, lock
from translators.arrow import quoted

_UNKNOWN = "UNKNOWN"

_SAMPLES: dict[str, str] = {
    "VARCHAR": "1",
    "BIGINT": "1",
    "DOUBLE": "1",
    "TIMESTAMP": "2000-01-01",
    "DATE": "2000-01-01",
    "TIME": "00:00:00",
    "BOOLEAN": "true",
    "INTERVAL": "1 day",
    "VARCHAR[]": "[]",
    "TINYINT": "1",
    "SMALLINT": "1",
    "INTEGER": "1",
    "HUGEINT": "1",
    "UTINYINT": "1",
    "USMALLINT": "1",
    "UINTEGER": "1",
    "UBIGINT": "1",
    "UHUGEINT": "1",
    "FLOAT": "1",
    "BLOB": "",
    "UUID": "00000000-0000-0000-0000-000000000000",
    "JSON": "null",
    "TIMESTAMP_S": "2000-01-01",
    "TIMESTAMP_MS": "2000-01-01",
    "TIMESTAMP_NS": "2000-01-01",
    "TIMESTAMP WITH TIME ZONE": "2000-01-01 00:00:00+00",
    "TIME WITH TIME ZONE": "00:00:00+00",
}
"""A text of each type that is not NULL: DuckDB 2.0.0 forgets the type of a NULL that is bound."""

_GUESSES = ("VARCHAR", "BIGINT", "DOUBLE", "TIMESTAMP", "DATE", "TIME", "BOOLEAN", "INTERVAL", "VARCHAR[]")
"""What a parameter is taken for where the query leaves its type open: the first with which the whole query binds."""

_IN_ARITHMETIC = ("BIGINT", "DOUBLE", "TIMESTAMP", "DATE", "TIME", "INTERVAL", "VARCHAR")
"""The same for one beside an operator: `id + $1` binds with a VARCHAR too, and hardly anybody means that."""

_MAX_GUESSES = 200

_MARK = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|(?P<before>[-+*/%]?)\s*(?P<mark>\?|\$\w+)\s*(?P<after>[-+*/%]?)""")


@dataclass(frozen=True)
class Described:
    """The answer's columns, and the query's parameters in order: the name of a `?` or `$1` is its number."""

    columns: tuple[Field, ...]
    parameters: tuple[Field, ...]


class Descriptions:
    """A database of empty tables; used by many threads at once, closed once. After an error of DuckDB's own it is `broken`."""

    def __init__(self, tables: int = 4096) -> None:
        self.broken = False
        self._capacity = tables
        self._known: OrderedDict[str, None] = OrderedDict()
        self._users: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._cursors: deque[duckdb.DuckDBPyConnection] = deque()
        self._database = connect(256 << 20, "", threads=1)
        # With it a syntax error comes with its offset, not with an excerpt that is cut where lines are long.
        self._database.execute("SET errors_as_json = true")
        lock(self._database)
        self._forbidden = forbidden(self._database)

    def describe(self, sql: str, tables: Mapping[str, Sequence[Field]], names: Mapping[str, str]) -> Described:
        """See `proxy.residual.Engine.describe`."""
        try:
            check_reads(sql)
            check_functions(sql, self._forbidden)
            with self._cursor() as cursor, self._tables(cursor, tables):
                return _bind(cursor, sql)
        except RAISED as error:
            self.broken = self.broken or isinstance(error, duckdb.FatalException | duckdb.InternalException)
            raise from_duckdb(error, sql, names) from None

    def compute(self, expressions: Sequence[str]) -> list[tuple[str, str] | None]:
        """The type and the text of the value of each expression, none of which has a column; None for NULL and where it fails."""
        values = ", ".join(f"typeof({each}), CAST({each} AS VARCHAR)" for each in expressions)
        try:
            with self._cursor() as cursor:
                # To the end: a result that is open holds its cursor to the tables that there are now.
                (row,) = cursor.execute(f"SELECT {values}").fetchall()
        except RAISED as error:
            self.broken = self.broken or isinstance(error, duckdb.FatalException | duckdb.InternalException)
            return [None] if len(expressions) == 1 else [found for each in expressions for found in self.compute([each])]
        return [(type, text) if text is not None else None for type, text in zip(row[::2], row[1::2], strict=True)]

    def close(self) -> None:
        with self._lock:
            while self._cursors:
                self._cursors.pop().close()
            self._database.close()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            cursor = self._cursors.pop()
        except IndexError:
            cursor = self._database.cursor()
        try:
            yield cursor
        finally:
            self._cursors.append(cursor)

    @contextmanager
    def _tables(self, cursor: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[Field]]) -> Iterator[None]:
        """While the block runs, `tables` are there: those that are missing are created, and none of them is dropped."""
        with self._lock:
            self._users.update(list(tables))
        try:
            with self._lock:
                for name, fields in tables.items():
                    if name not in self._known:
                        columns = ", ".join(f"{quoted(field.name)} {field.type}" for field in fields)
                        cursor.execute(f"CREATE TABLE {quoted(name)} ({columns})")
                        self._known[name] = None
                    self._known.move_to_end(name)
            yield
        finally:
            with self._lock:
                self._users -= Counter(list(tables))
                self._drop(cursor)

    def _drop(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """The least recently used of the tables that are too many, but none that is in use."""
        excess = len(self._known) - self._capacity
        if excess > 0:
            for name in [name for name in self._known if name not in self._users][:excess]:
                cursor.execute(f"DROP TABLE {quoted(name)}")
                del self._known[name]


def _bind(cursor: duckdb.DuckDBPyConnection, sql: str) -> Described:
    # `_bind` is the only thing in DuckDB 2.0.0 that tells a parameter's type: duckdb_prepared_statements() says UNKNOWN of each.
    names, types, parameters, *_ = cursor._bind(sql)
    inferred = [Field(str(name), str(type)) for name, type in parameters]
    if any(field.type == _UNKNOWN for field in inferred) or any(str(type) == _UNKNOWN for type in types):
        return _guess(cursor, sql, inferred)
    return Described(_fields(names, types), tuple(inferred))


def _guess(cursor: duckdb.DuckDBPyConnection, sql: str, inferred: list[Field]) -> Described:
    """The first types of the open parameters with which the query binds, each tried in the order of `_GUESSES`."""
    calculated = _calculated(sql)
    choices = [
        (field.type,) if field.type != _UNKNOWN else _IN_ARITHMETIC if field.name in calculated else _GUESSES
        for field in inferred
    ]
    positional = all(field.name.isdigit() for field in inferred)
    first: FozError | None = None
    for tried, types in enumerate(product(*choices)):
        if tried >= _MAX_GUESSES:
            break
        values: list[object] = [duckdb.Value(_sample(type), duckdb.sqltype(type)) for type in types]
        bound: list[object] | dict[str, object]
        bound = values if positional else {field.name: value for field, value in zip(inferred, values, strict=True)}
        try:
            names, outputs, *_ = cursor._bind(sql, with_writes=True, values=bound)
        except RAISED as error:
            first = first or from_duckdb(error, sql)
            continue
        if not any(str(type) == _UNKNOWN for type in outputs):
            parameters = tuple(Field(field.name, type) for field, type in zip(inferred, types, strict=True))
            return Described(_fields(names, outputs), parameters)
    raise first or SqlType("The types of the query's parameters cannot be told: cast them, as in $1::BIGINT.")


def _calculated(sql: str) -> frozenset[str]:
    """The names of the parameters that stand beside an arithmetic operator.

    >>> sorted(_calculated("SELECT a + ?, '? + 1', ? FROM t WHERE b > $x / 2"))
    ['1', 'x']
    """
    found = set()
    number = 0
    for match in _MARK.finditer(sql):
        if match["mark"] is not None:
            number += match["mark"] == "?"
            if match["before"] or match["after"]:
                found.add(str(number) if match["mark"] == "?" else match["mark"][1:])
    return frozenset(found)


def _sample(type: str) -> str:
    if type.endswith("]"):
        return "[]"
    return _SAMPLES.get(type, "1")


def _fields(names: Sequence[str], types: Sequence[object]) -> tuple[Field, ...]:
    return tuple(Field(str(name), str(type)) for name, type in zip(names, types, strict=True))
