"""Prepared statements, step by step."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from planner.errors import RequestInvalid
from planner.plan import Field
from proxy.flight import prepared
from proxy.flight.messages import pack, sql_message
from proxy.flight.prepared import _bound
from proxy.request import Parameter
from tests.proxy.flight.serving import (
    Running,
    act,
    bind,
    calling,
    prepare,
    refused,
    run,
)


def test_a_prepared_statement_runs_again_with_other_values(running: Running, client: flight.FlightClient) -> None:
    result = prepare(client, "SELECT ?::BIGINT * 2 AS twice")
    assert pa.ipc.read_schema(pa.py_buffer(result.dataset_schema)) == pa.schema([("twice", pa.int64())])
    assert pa.ipc.read_schema(pa.py_buffer(result.parameter_schema)) == pa.schema([("1", pa.int64())])
    handle = result.prepared_statement_handle
    with refused("request.invalid"):
        run(client, handle)
    for number in (1, 2, 3):
        bind(client, handle, pa.table({"": [number]}))
        assert run(client, handle).to_pydict() == {"twice": [number * 2]}
    assert running.asking.requests[-1].parameters == (Parameter(3, "BIGINT"),)
    act(
        client,
        "ClosePreparedStatement",
        pack(sql_message("ActionClosePreparedStatementRequest", prepared_statement_handle=handle)),
    )
    for use in (lambda: run(client, handle), lambda: bind(client, handle, pa.table({"": [1]}))):
        with refused("query.not_found"):
            use()


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"a": [1, 2]}),
        pa.table({"a": [1], "b": [2]}),
        pa.table({"a": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])}),
    ],
    ids=["two rows", "two columns", "a union"],
)
def test_parameters_that_do_not_fit(client: flight.FlightClient, table: pa.Table) -> None:
    handle = prepare(client, "SELECT ?::BIGINT").prepared_statement_handle
    with refused("request.invalid"):
        bind(client, handle, table)


def test_an_empty_batch_binds_nothing(client: flight.FlightClient) -> None:
    handle = prepare(client, "SELECT 1 AS x").prepared_statement_handle
    bind(client, handle, pa.table({}))
    assert run(client, handle).num_rows == 1


def test_binding_by_name_and_by_place() -> None:
    one, two = Parameter(1, "INTEGER"), Parameter(2, "INTEGER")
    named, placed = (Field("a", "INTEGER"), Field("b", "INTEGER")), (Field("1", "INTEGER"), Field("2", "INTEGER"))
    assert _bound(named, [("b", two), ("a", one)]) == {"a": one, "b": two}
    assert _bound(named, [("", one), ("", two)]) == {"a": one, "b": two}
    assert _bound(placed, [("x", one), ("y", two)]) == (one, two)
    with pytest.raises(RequestInvalid, match="2 parameters; 1 came"):
        _bound(named, [("a", one)])


def test_a_statement_keeps_the_meaning_of_its_names(running: Running, client: flight.FlightClient) -> None:
    handle = prepare(client, "SELECT 1", calling(x_foz_dialect="mysql", x_foz_catalog="shop")).prepared_statement_handle
    run(client, handle, calling(x_foz_timeout_ms="50", x_foz_dialect="postgres"))
    request = running.asking.requests[-1]
    assert (request.dialect, request.catalog, request.timeout_ms) == ("mysql", "shop", 50)


def test_large_parameters_are_bounded_alone_and_together(client: flight.FlightClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MAX_BOUND_BYTES", 3_000_000)
    handles = [prepare(client, "SELECT length(?::VARCHAR) AS n").prepared_statement_handle for _ in range(4)]
    with refused("limit.size"):
        bind(client, handles[0], pa.table({"p": ["x" * (17 << 20)]}))
    for handle in (handles[0], handles[0], handles[1]):
        bind(client, handle, pa.table({"p": ["x" * 1_000_000]}))
        assert run(client, handle).to_pydict() == {"n": [1_000_000]}
    with refused("limit.memory"):
        bind(client, handles[2], pa.table({"p": ["x" * 2_000_000]}))
    closing = pack(sql_message("ActionClosePreparedStatementRequest", prepared_statement_handle=handles[0]))
    act(client, "ClosePreparedStatement", closing)
    bind(client, handles[2], pa.table({"p": ["x" * 1_900_000]}))
