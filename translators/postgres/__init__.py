"""PostgreSQL as a source.

In: fragments (`take`) and configured sources (`StoreConfig`). Out: requests in PostgreSQL's SQL, read with ADBC into Arrow, and
Foz's own errors. Nobody else knows what PostgreSQL's SQL looks like, or that ADBC reads it.
"""

from translators.base import StoreType
from translators.postgres.source import open_store
from translators.postgres.translate import take

STORE = StoreType(name="postgres", take=take, open=open_store)

__all__ = ["STORE"]
