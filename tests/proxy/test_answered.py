"""An answer that the cache had: pending until its rows are taken, once, and at its end when it is closed."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from cache.store import Entry
from planner.errors import FozError, QueryCancelled, QueryNotFound
from planner.history import Middling
from planner.plan import Field
from planner.prediction import QueryPrediction
from proxy.answered import Answered
from proxy.register import Queries
from proxy.request import Caller

BATCH = pa.record_batch({"x": pa.array([1, 2, 3], pa.int64())})
ENTRY = Entry("k", (("s", "1"),), BATCH.schema, (BATCH, BATCH), 500, 7.0, 60_000)
ANA, BEN = Caller("ana"), Caller("ben")

Ended = list[tuple[float, FozError | None]]


def answered() -> tuple[Answered, Ended]:
    ended: Ended = []

    def note(_: Answered, seconds: float, error: FozError | None) -> None:
        ended.append((seconds, error))

    predicted = QueryPrediction(Middling(0.2, 1.0), None, None, 0, "cache")
    return Answered(ANA, (Field("x", "BIGINT"),), BATCH.schema, ENTRY, {"status": "hit"}, predicted, note), ended


def told(answer: Answered) -> tuple[Any, ...]:
    status = answer.status()
    return status["status"], status["progress"]["rows"], status["error"]


def test_its_rows_are_taken_once_and_it_ends_when_it_is_closed() -> None:
    answer, ended = answered()
    assert told(answer) == ("pending", 0, None)
    assert answer.at_hand() == (BATCH, BATCH)
    assert told(answer) == ("processing", 6, None)
    assert ended == []
    answer.close()
    answer.close()
    assert told(answer) == ("completed", 6, None)
    ((seconds, error),) = ended
    assert seconds > 0
    assert error is None
    with pytest.raises(QueryNotFound):
        answer.at_hand()


def test_as_batches_it_ends_with_the_last() -> None:
    answer, ended = answered()
    with answer:
        assert list(answer.batches()) == [BATCH, BATCH]
        assert [error for _, error in ended] == [None]
        with pytest.raises(QueryNotFound):
            next(answer.batches())
    assert len(ended) == 1
    assert answer.stats()["sources"] == []


def test_closed_before_it_was_read_it_is_cancelled() -> None:
    answer, ended = answered()
    assert answer.cancel(5.0)
    assert told(answer) == ("cancelled", 0, {"code": "query.cancelled", "message": "The query was closed before its end."})
    assert [type(error) for _, error in ended] == [QueryCancelled]
    with pytest.raises(QueryCancelled):
        answer.at_hand()


def test_its_owner_finds_it_until_it_has_ended() -> None:
    queries = Queries()
    answer, _ = answered()
    queries.add(answer)
    assert queries.find(answer.query_id, ANA) is answer
    assert queries.find(answer.query_id, BEN) is None
    assert queries.of(ANA) == [answer]
    queries.remove(answer)
    assert queries.find(answer.query_id, ANA) is None
