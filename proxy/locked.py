"""DuckDB databases that SQL cannot leave: no files, no network, no extensions, no Python variables, no settings.

A database may be given directories. Their files are for Foz's own views over them: SQL that a caller had a hand in names no file,
which `check_tables` sees to.

The order matters on 2.0.0: `temp_directory` must be set before external access goes off, and turning it off adds the temp
directory to `allowed_directories`. So `read_blob` and its kin could still read what other queries have spilled there: hence the
directory's name cannot be guessed, and `check_functions` refuses every table function that is not listed here.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import duckdb

from planner.errors import Unsupported

TABLE_FUNCTIONS = frozenset(
    {
        "generate_series",
        "icu_calendar_names",
        "json_each",
        "json_tree",
        "pg_timezone_names",
        "range",
        "repeat",
        "repeat_row",
        "unnest",
    }
)
"""Table functions that give rows out of their arguments or out of DuckDB's build alone."""

SCALAR_FUNCTIONS = frozenset({"current_query", "current_setting", "getenv", "getvariable", "json_serialize_plan"})
"""Scalar functions that read settings, variables or other SQL; `json_serialize_plan` computes the constants of SQL in a text."""


_MAY_NAME_FILES = re.compile(r"[/\\]|\b(?:parquet|csv|tsv|json|jsonl|ndjson|db|duckdb)\b", re.IGNORECASE)
"""What every name of a file has: a separator, or one of the endings for which DuckDB (2.0.0) takes a table for a file."""


def connect(
    memory_limit_bytes: int, temp_directory: str, threads: int | None = None, directories: Sequence[str] = ()
) -> duckdb.DuckDBPyConnection:
    """A new in-memory database that reads the files in `directories` alone. An empty `temp_directory`: nothing spills."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{memory_limit_bytes}B",
            "temp_directory": temp_directory,
            "threads": threads or os.cpu_count() or 1,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "allow_persistent_secrets": False,
        },
    )
    if directories:
        connection.execute("SET allowed_directories = $1", [list(directories)])
        # A file is read as it is, never as it was.
        connection.execute("SET enable_external_file_cache = false")
        connection.execute("SET allowed_configs = ['enable_profiling', 'tracked_metrics']")
    for setting in (
        "SET TimeZone = 'UTC'",
        "SET enable_external_access = false",
        "SET python_enable_replacements = false",
    ):
        connection.execute(setting)
    return connection


def lock(connection: duckdb.DuckDBPyConnection) -> None:
    """No setting changes from here on."""
    connection.execute("SET lock_configuration = true")


def forbidden(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """SCALAR_FUNCTIONS, and what `connection` has only as a table function and TABLE_FUNCTIONS does not list."""
    rows = connection.execute(
        "SELECT lower(function_name) AS name FROM duckdb_functions() WHERE function_type != 'pragma' GROUP BY name "
        "HAVING bool_and(function_type IN ('table', 'table_macro'))"
    ).fetchall()
    return (frozenset(name for (name,) in rows) - TABLE_FUNCTIONS) | SCALAR_FUNCTIONS


def check_reads(sql: str) -> None:
    """Raises Unsupported if `sql` is not one SELECT; DuckDB's own ParserException where it cannot be parsed."""
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1:
        raise Unsupported("One statement at a time.")
    if statements[0].type == duckdb.StatementType.MULTI:
        raise Unsupported("PIVOT needs its values written out: PIVOT … ON column IN (…).")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise Unsupported("Only SELECT can be run here.")


def check_functions(sql: str, names: frozenset[str]) -> None:
    """Raises Unsupported if `sql` calls one of `names` as a function."""
    lowered = sql.lower()
    if not any(name in lowered for name in names):
        return
    encoded = sql.encode()
    tokens = duckdb.tokenize(sql)
    ends = [*(offset for offset, _ in tokens[1:]), len(encoded)]
    words = [
        encoded[start:end].decode(errors="replace").strip()
        for (start, kind), end in zip(tokens, ends, strict=True)
        if kind != duckdb.token_type.comment
    ]
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if following.startswith("(") and word.strip('"').lower() in names:
            raise Unsupported(f"The function {word} is not available.")


def check_tables(cursor: duckdb.DuckDBPyConnection, sql: str, names: Collection[str]) -> None:
    """Raises Unsupported if `sql`, one SELECT, names a table that may be a file and is none of `names`.

    DuckDB's own parser says which tables there are; a CTE's name that looks like a file's is refused as well.
    """
    if _MAY_NAME_FILES.search(sql):
        for table in _tables(cursor, sql):
            if table not in names and _MAY_NAME_FILES.search(table):
                raise Unsupported("Files, the network and settings cannot be reached from SQL.")


def _tables(cursor: duckdb.DuckDBPyConnection, sql: str) -> Iterator[str]:
    """The tables that `sql` names, with their qualifiers, wherever they stand."""
    rows = cursor.execute("SELECT json_serialize_sql($1)", [sql]).fetchall()
    tree = json.loads(rows[0][0])
    if tree.get("error"):
        raise Unsupported("The query cannot be checked for names of files.")
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if node.get("type") == "BASE_TABLE":
                yield ".".join(node[part] for part in ("catalog_name", "schema_name", "table_name") if node.get(part))
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
