"""Tables, views, keys and declared types, from SQLite's own catalogue; never from the data."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass

from planner.catalog import Column, Relation, Table
from translators.base import StoreConfig
from translators.sqlite.constants import quoted
from translators.sqlite.types import column_type

_STRICT = {"INT": "BIGINT", "INTEGER": "BIGINT", "REAL": "DOUBLE", "TEXT": "VARCHAR", "BLOB": "BLOB"}
_ROWIDS = ("rowid", "_rowid_", "oid")


@dataclass(frozen=True)
class _Key:
    """One foreign key: the other table, and (own column, other's column) pairs."""

    to: str
    keys: tuple[tuple[str, str], ...]


def tables(connection: sqlite3.Connection, config: StoreConfig) -> tuple[Table, ...]:
    """Every table and view of the database, by name. Raises sqlite3.Error."""
    utf16 = connection.execute("PRAGMA encoding").fetchone()[0] != "UTF-8"
    listed = [
        (name, kind, bool(without_rowid), bool(strict))
        for schema, name, kind, _, without_rowid, strict in connection.execute("PRAGMA main.table_list")
        if schema == "main" and kind in ("table", "view", "virtual") and not name.lower().startswith("sqlite_")
    ]
    found = []
    for name, kind, without_rowid, strict in sorted(listed):
        try:
            found.append(_table(connection, config, name, kind, without_rowid, strict, utf16))
        except sqlite3.OperationalError:
            # A virtual table without its module, or a view over a table that is gone: it cannot be read either.
            continue
    return tuple(found)


def _table(
    connection: sqlite3.Connection,
    config: StoreConfig,
    name: str,
    kind: str,
    without_rowid: bool,
    strict: bool,
    utf16: bool,
) -> Table:
    info = [row for row in connection.execute(f"PRAGMA main.table_xinfo({quoted(name)})") if row[6] != 1]
    primary = tuple(row[1] for row in sorted((row for row in info if row[5]), key=lambda row: row[5]))
    indexes = connection.execute(f"PRAGMA main.index_list({quoted(name)})").fetchall()
    alias = _rowid_alias(info, indexes, without_rowid) if kind == "table" else None
    rowid = _rowid(info) if kind == "table" and not without_rowid else None
    declared = _declared(config, name)
    collated = _collated(connection, name, info) if kind == "table" else frozenset()
    shared = frozenset({"nullify"} if config.on_mismatch == "nullify" else ()) | frozenset({"utf16"} if utf16 else ())
    columns = tuple(
        _column(row[1], row[2], bool(row[3]), shared, strict, row[1] == alias, row[1] in collated, declared.get(row[1].lower()))
        for row in info
    )
    facts = set(shared & {"utf16"}) | ({f"rowid:{rowid}"} if rowid else set()) | ({"view"} if kind == "view" else set())
    return Table(
        source=config.id,
        schema="main",
        name=name,
        columns=columns,
        kind="view" if kind == "view" else "table",
        primary_key=primary,
        unique_keys=_unique(connection, indexes),
        relations=_relations(connection, config.id, name),
        facts=frozenset(facts),
    )


def _column(
    name: str,
    native: str,
    not_null: bool,
    shared: frozenset[str],
    strict: bool,
    is_rowid: bool,
    collated: bool,
    declared: str | None,
) -> Column:
    own = column_type(native)
    type = declared or own
    held = is_rowid or (strict and _STRICT.get(native.upper()) == own)
    facts = shared | ({"strict"} if held and type == own else set()) | ({"collated"} if collated and type == "VARCHAR" else set())
    return Column(name, type, native=native, nullable=not not_null, facts=frozenset(facts))


def _rowid_alias(info: list[tuple[object, ...]], indexes: list[tuple[object, ...]], without_rowid: bool) -> str | None:
    """The column that is the rowid itself and so holds integers only: INTEGER PRIMARY KEY, and no index made for it."""
    keys = [row for row in info if row[5]]
    if without_rowid or len(keys) != 1 or str(keys[0][2]).upper() != "INTEGER" or any(index[3] == "pk" for index in indexes):
        return None
    return str(keys[0][1])


def _rowid(info: list[tuple[object, ...]]) -> str | None:
    names = {str(row[1]).lower() for row in info}
    return next((name for name in _ROWIDS if name not in names), None)


def _collated(connection: sqlite3.Connection, name: str, info: list[tuple[object, ...]]) -> frozenset[str]:
    """The columns that may have a collation: all of a table that names one (SQLite tells a column's only by an index)."""
    row = connection.execute("SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?", (name,)).fetchone()
    if row is None or row[0] is None or "COLLATE" not in row[0].upper():
        return frozenset()
    return frozenset(str(column[1]) for column in info)


def _declared(config: StoreConfig, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in (name, f"main.{name}"):
        found.update({column.lower(): type for column, type in config.declared.get(key, {}).items()})
    return found


def _unique(connection: sqlite3.Connection, indexes: list[tuple[object, ...]]) -> tuple[tuple[str, ...], ...]:
    found = []
    for _, index, unique, origin, partial in indexes:
        if unique and origin != "pk" and not partial:
            columns = [row[2] for row in connection.execute(f"PRAGMA main.index_info({quoted(str(index))})")]
            if all(isinstance(column, str) for column in columns):
                found.append(tuple(columns))
    return tuple(sorted(found))


def _relations(connection: sqlite3.Connection, source: str, name: str) -> tuple[Relation, ...]:
    own = _foreign_keys(connection, name)
    counted = Counter(key.to for key in own)
    return tuple(
        Relation(key.to if counted[key.to] == 1 else "_".join(column for column, _ in key.keys), f"{source}.{key.to}", key.keys)
        for key in own
    )


def _foreign_keys(connection: sqlite3.Connection, name: str) -> list[_Key]:
    pairs: dict[int, tuple[str, list[tuple[str, str]]]] = {}
    for number, position, to, column, other, *_ in connection.execute(f"PRAGMA main.foreign_key_list({quoted(name)})"):
        if other is None:
            keys = [row[1] for row in connection.execute(f"PRAGMA main.table_info({quoted(to)})") if row[5] == position + 1]
            other = keys[0] if keys else ""
        pairs.setdefault(number, (to, []))[1].append((column, other))
    return [_Key(to, tuple(keys)) for _, (to, keys) in sorted(pairs.items(), reverse=True) if all(other for _, other in keys)]
