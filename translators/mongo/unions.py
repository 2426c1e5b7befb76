"""UNION ALL as `$unionWith`."""

from __future__ import annotations

from sqlglot import exp

from translators.mongo.outputs import Answer, Answering
from translators.mongo.refusal import Refused
from translators.mongo.rows import Context


def united(query: exp.SetOperation, context: Context, answer: Answering) -> Answer:
    raise Refused(query, "set operations are not translated to MongoDB")
