"""What the driver raises becomes a FozError, and nothing that the driver said reaches its message."""

from __future__ import annotations

import pytest
from bson.errors import InvalidBSON
from pymongo import errors

from planner.errors import FozError, QueryCancelled, QueryTimeout, SourceData, SourceRejected, SourceUnavailable
from translators.control import Control
from translators.mongo.errors import mapped, translated

CASES: list[tuple[Exception, type[FozError]]] = [
    (errors.OperationFailure("s3cret", 18), SourceUnavailable),
    (errors.OperationFailure("s3cret", 13), SourceRejected),
    (errors.OperationFailure("s3cret", 43), SourceUnavailable),
    (errors.OperationFailure("s3cret", 11601), SourceUnavailable),
    (errors.OperationFailure("s3cret", 2, {"codeName": "BadValue", "errmsg": "s3cret"}), SourceRejected),
    (errors.OperationFailure("s3cret"), SourceRejected),
    (errors.NotPrimaryError("s3cret"), SourceUnavailable),
    (errors.AutoReconnect("s3cret"), SourceUnavailable),
    (errors.NetworkTimeout("s3cret"), SourceUnavailable),
    (errors.ServerSelectionTimeoutError("s3cret"), SourceUnavailable),
    (errors.WaitQueueTimeoutError("s3cret"), SourceUnavailable),
    (errors.ConfigurationError("s3cret"), SourceUnavailable),
    (errors.InvalidURI("s3cret"), SourceUnavailable),
    (errors.DocumentTooLarge("s3cret"), SourceData),
    (InvalidBSON("s3cret"), SourceData),
    (errors.InvalidOperation("s3cret"), QueryCancelled),
    (errors.PyMongoError("s3cret"), SourceRejected),
    (OSError("s3cret"), SourceUnavailable),
]


@pytest.mark.parametrize(("raised", "expected"), CASES, ids=lambda case: getattr(case, "__name__", type(case).__name__))
def test_each_error_has_its_code(raised: Exception, expected: type[FozError]) -> None:
    found = translated(raised, "src")
    assert type(found) is expected
    assert "s3cret" not in f"{found.message} {found.details}"


def test_every_class_of_the_driver_is_mapped() -> None:
    waiting: list[type[Exception]] = [errors.PyMongoError]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if not issubclass(kind, errors.OperationFailure):  # those are told apart by their code
            assert isinstance(translated(kind.__new__(kind), "src"), FozError)


def test_the_servers_time_limit_is_the_querys_timeout() -> None:
    limit = errors.ExecutionTimeout("s3cret", 50)
    assert type(translated(limit, "src", Control(60_000))) is QueryTimeout
    assert type(translated(limit, "src", Control())) is SourceRejected


def test_an_ended_control_is_the_reason() -> None:
    control = Control()
    control.cancel()
    with pytest.raises(QueryCancelled) as raised, mapped("src", control):
        raise errors.AutoReconnect("s3cret")
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
