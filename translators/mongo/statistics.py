"""What MongoDB knows of the sizes of its collections; what their fields hold is known from the sample of the introspection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from planner.catalog import Table
from planner.statistics import TableStatistics
from translators.mongo.operation import Operation
from translators.mongo.sampled import grown


def statistics(client: MongoClient[Any], tables: Sequence[Table], operation: Operation) -> Mapping[str, TableStatistics]:
    """What is known of `tables`, by their paths; views and time series have no count. Raises what the driver raises."""
    found: dict[str, TableStatistics] = {}
    for table in tables:
        if table.kind == "table":
            collection = client[table.schema][table.stored_as]
            with operation.waiting():
                rows = collection.estimated_document_count(comment=operation.comment)
            known = table.statistics or TableStatistics(origin="collection count")
            found[table.path] = grown(known, rows, _bytes(collection, operation))
    return found


def _bytes(collection: Collection[Any], operation: Operation) -> int | None:
    """The size of all documents; None where the user may not ask for it, or the collection is gone."""
    try:
        with operation.waiting():
            stored = list(collection.aggregate([{"$collStats": {"storageStats": {}}}], comment=operation.comment))
    except OperationFailure:
        return None
    # One document for each shard.
    return sum(int(each["storageStats"]["size"]) for each in stored)
