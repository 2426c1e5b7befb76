"""MongoDB as a source: collections are tables, fields columns, sub-documents STRUCTs, arrays LISTs.

In come fragments (`translate.take`, pure) and connection settings; out go Arrow batches. Nothing leaves but `STORE`.

    translate    a fragment as a request        fields, filters, patterns, constants, aggregates
    native       the request and its text
    introspect   tables and columns             types: shapes and widening
    source       the store's life               operation: cancelling; errors: the driver's, mapped
    reader       raw batches to record batches  layout, decode, scalars: BSON to Arrow, strictly
"""

from translators.base import StoreType
from translators.mongo.source import MongoStore
from translators.mongo.translate import take

STORE = StoreType(
    name="mongodb",
    take=take,
    open=MongoStore,
    lacks={
        "joins": "collections are joined by the residual engine",
        "parameters": "commands are whole documents",
        "relations": "collections have no foreign keys",
    },
)

__all__ = ["STORE"]
