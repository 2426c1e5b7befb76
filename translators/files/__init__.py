"""The files store: directories of Parquet, CSV and newline-delimited JSON as tables.

`find.py` says which files are which table, `introspect.py` what columns they have, `scan.py` how DuckDB reads them with exactly
those columns, `translate.py` which fragments go down, and `source.py` runs them in a DuckDB database of the store's own that may
read the source's directories and nothing else. Fragments come in, Arrow batches go out; nothing is written.
"""

from translators.base import StoreType
from translators.files.source import FilesStore
from translators.files.translate import take

STORE = StoreType(
    name="files",
    take=take,
    open=FilesStore,
    lacks={
        "execute": "Files are read only.",
        "transaction": "Files are read only.",
        "parameters": "Files are read only.",
        "views": "Every table is a set of files.",
        "keys": "Files tell of no keys.",
        "relations": "Files tell of no keys.",
        "connection_limit": "Files are opened, not connected to.",
        "server_death": "The engine runs inside Foz: there is no server that could die.",
    },
)

__all__ = ["STORE"]
