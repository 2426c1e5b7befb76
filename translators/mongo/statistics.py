"""What MongoDB knows of the sizes of its collections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import MongoClient

from planner.catalog import Table
from planner.statistics import TableStatistics
from translators.mongo.operation import Operation


def statistics(client: MongoClient[Any], tables: Sequence[Table], operation: Operation) -> Mapping[str, TableStatistics]:
    """What is known of `tables`, by their paths. Raises what the driver raises."""
    found: dict[str, TableStatistics] = {}
    for table in tables:
        if table.kind == "table":
            with operation.waiting():
                count = client[table.schema][table.stored_as].estimated_document_count(comment=operation.comment)
            found[table.path] = TableStatistics(rows=count, origin="collection count")
    return found
