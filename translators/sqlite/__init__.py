"""The SQLite store: one database file, read through guards that hold its values to their columns' declared types.

A column of SQLite may hold values of any storage class. `types.py` says which type a declaration means, `guards.py` writes the
expression that gives a column's values in that type or fails, and `functions.py` holds what those expressions call. On top of
guarded columns `expressions.py` and `translate.py` push down what SQLite computes as DuckDB does. `source.py` runs it with the
standard library's driver: of the two at hand it is the slower (6 times on a plain scan), and the only one whose statements can be
stopped (adbc-driver-sqlite 1.13 has no cancel, and takes types from the first rows).
"""

from translators.base import StoreType
from translators.sqlite.source import SqliteStore
from translators.sqlite.translate import take

STORE = StoreType(
    name="sqlite",
    take=take,
    open=SqliteStore,
    lacks={
        "nested": "SQLite has no arrays and no structures.",
        "nan": "SQLite stores NaN as NULL.",
        "server_death": "The engine runs inside Foz: there is no server that could die.",
    },
)

__all__ = ["STORE"]
