"""The metadata commands, over a catalogue of two sources."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.flight as flight
import pyarrow.ipc as ipc
import pytest

from planner.catalog import Catalog, Column, Source, Table
from proxy.flight import sql_info
from proxy.flight.messages import sql_message
from proxy.flight.metadata import METADATA, batches
from tests.proxy.flight.serving import Serve, authenticate, calling, command


def ask(client: flight.FlightClient, name: str, options: Any = None, **fields: Any) -> pa.Table:
    """The rows of a metadata command, whose schema is the same in FlightInfo, in GetSchema and in the stream."""
    info = client.get_flight_info(command(name, **fields), options)
    table = client.do_get(info.endpoints[0].ticket, options).read_all()
    assert table.schema == info.schema == client.get_schema(command(name, **fields), options).schema
    table.validate(full=True)
    return table


def test_catalogs_and_schemas(client: flight.FlightClient) -> None:
    assert ask(client, "CommandGetCatalogs").to_pydict() == {"catalog_name": ["crm", "shop"]}
    assert ask(client, "CommandGetDbSchemas").to_pydict() == {
        "catalog_name": ["crm", "shop", "shop"],
        "db_schema_name": ["people", "audit", "public"],
    }
    assert ask(client, "CommandGetDbSchemas", catalog="shop", db_schema_filter_pattern="p%").num_rows == 1
    assert ask(client, "CommandGetDbSchemas", catalog="").num_rows == 0
    assert ask(client, "CommandGetTableTypes").to_pydict() == {"table_type": ["TABLE", "VIEW"]}


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, ["customers", "big_orders", "order_lines", "orders"]),
        ({"catalog": "shop"}, ["big_orders", "order_lines", "orders"]),
        ({"catalog": "nowhere"}, []),
        ({"catalog": ""}, []),
        ({"table_name_filter_pattern": "orders"}, ["orders"]),
        ({"table_name_filter_pattern": "ORDERS"}, ["orders"]),
        ({"table_name_filter_pattern": "order%"}, ["order_lines", "orders"]),
        ({"table_name_filter_pattern": "order_"}, ["orders"]),
        ({"table_name_filter_pattern": r"order\_lines"}, ["order_lines"]),
        ({"table_name_filter_pattern": r"order\_"}, []),
        ({"table_name_filter_pattern": "%s"}, ["customers", "big_orders", "order_lines", "orders"]),
        ({"table_name_filter_pattern": "%_orders%"}, ["big_orders"]),
        ({"table_name_filter_pattern": ""}, []),
        ({"db_schema_filter_pattern": "a%t"}, ["big_orders"]),
        ({"table_types": ["VIEW"]}, ["big_orders"]),
        ({"table_types": ["TABLE"]}, ["customers", "order_lines", "orders"]),
        ({"table_types": ["SYSTEM TABLE"]}, []),
    ],
)
def test_tables(client: flight.FlightClient, fields: dict[str, Any], names: list[str]) -> None:
    assert ask(client, "CommandGetTables", **fields)["table_name"].to_pylist() == names


def test_a_pattern_of_many_percents_takes_no_time(client: flight.FlightClient) -> None:
    assert ask(client, "CommandGetTables", table_name_filter_pattern="%_" * 200 + "x").num_rows == 0


def test_the_schema_of_a_table(client: flight.FlightClient) -> None:
    table = ask(client, "CommandGetTables", table_name_filter_pattern="orders", include_schema=True)
    schema = ipc.read_schema(pa.py_buffer(table["table_schema"][0].as_py()))
    assert schema.equals(
        pa.schema(
            [
                pa.field("id", pa.int64(), nullable=False),
                ("customer_id", pa.string()),
                ("total", pa.decimal128(12, 2)),
                ("tags", pa.list_(pa.string())),
            ]
        )
    )
    facts = schema.field("total").metadata
    assert facts[b"ARROW:FLIGHT:SQL:TYPE_NAME"] == b"DECIMAL(12,2)"
    assert (facts[b"ARROW:FLIGHT:SQL:PRECISION"], facts[b"ARROW:FLIGHT:SQL:SCALE"]) == (b"12", b"2")
    assert facts[b"ARROW:FLIGHT:SQL:CATALOG_NAME"] == b"shop"


def test_many_tables_come_in_small_batches() -> None:
    columns = tuple(Column(f"column_{number}", "VARCHAR") for number in range(50))
    tables = tuple(Table("s", "d", f"t{number:04}", columns) for number in range(600))
    every = sql_message("CommandGetTables", include_schema=True)
    whole = METADATA["CommandGetTables"].rows(every, Catalog((Source("s", "x", tables=tables),)))
    pieces = list(batches(whole))
    assert len(pieces) > 1
    assert max(piece.nbytes for piece in pieces) <= 3 * 1024 * 1024
    assert pa.Table.from_batches(pieces) == whole


def test_keys(client: flight.FlightClient) -> None:
    primary = ask(client, "CommandGetPrimaryKeys", table="order_lines").to_pylist()
    assert [(row["column_name"], row["key_sequence"]) for row in primary] == [("order_id", 1), ("line", 2)]
    assert ask(client, "CommandGetPrimaryKeys", table="orders", catalog="crm").num_rows == 0

    # Both tables tell of the link; it is one key.
    for name, fields in (
        ("CommandGetImportedKeys", {"table": "order_lines", "catalog": "shop", "db_schema": "public"}),
        ("CommandGetExportedKeys", {"table": "orders"}),
        ("CommandGetCrossReference", {"pk_table": "orders", "fk_table": "order_lines"}),
    ):
        (row,) = ask(client, name, **fields).to_pylist()
        assert (row["pk_table_name"], row["pk_column_name"]) == ("orders", "id")
        assert (row["fk_table_name"], row["fk_column_name"], row["key_sequence"]) == ("order_lines", "order_id", 1)
        assert row["fk_key_name"] == "order"
    assert ask(client, "CommandGetImportedKeys", table="orders").num_rows == 0
    assert ask(client, "CommandGetCrossReference", pk_table="order_lines", fk_table="orders").num_rows == 0


def test_what_a_caller_may_not_see_is_not_there(serve: Serve) -> None:
    with serve(authenticate=authenticate).client() as client:
        ana, ben = calling(authorization="Bearer token-of-ana"), calling(authorization="Bearer token-of-ben")
        assert ask(client, "CommandGetCatalogs", ana)["catalog_name"].to_pylist() == ["shop"]
        assert ask(client, "CommandGetTables", ben)["table_name"].to_pylist() == ["customers"]
        assert ask(client, "CommandGetDbSchemas", ben)["db_schema_name"].to_pylist() == ["people"]
        assert ask(client, "CommandGetPrimaryKeys", ben, table="orders").num_rows == 0


def test_sql_info_has_every_standard_id(client: flight.FlightClient) -> None:
    table = ask(client, "CommandGetSqlInfo")
    found = dict(zip(table["info_name"].to_pylist(), table["value"].to_pylist(), strict=True))
    assert {*range(12), 100, 101, *range(500, 577)} == set(found)
    assert found[0] == "Foz"
    assert found[3] is True
    assert found[8] == 0
    assert found[100] == sql_info.STATEMENT_TIMEOUT_MS
    assert found[563] is False
    assert 4 in dict(found[517])


def test_sql_info_of_some_ids(client: flight.FlightClient) -> None:
    table = ask(client, "CommandGetSqlInfo", info=[504, 8, 9999])
    assert table["info_name"].to_pylist() == [504, 8]
    assert table["value"].to_pylist() == ['"', 0]
    assert ask(client, "CommandGetSqlInfo", info=[9999]).num_rows == 0


def test_types(client: flight.FlightClient) -> None:
    table = ask(client, "CommandGetXdbcTypeInfo")
    order = list(zip(table["data_type"].to_pylist(), table["type_name"].to_pylist(), strict=True))
    assert order == sorted(order)
    assert {"BIGINT", "DECIMAL", "VARCHAR", "TIMESTAMP WITH TIME ZONE"} <= set(table["type_name"].to_pylist())
    assert ask(client, "CommandGetXdbcTypeInfo", data_type=4)["type_name"].to_pylist() == ["INTEGER", "UINTEGER"]
