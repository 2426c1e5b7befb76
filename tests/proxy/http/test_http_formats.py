"""Values and forms: what a client reads is what DuckDB answers."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from planner.errors import RequestInvalid
from planner.plan import Field
from proxy.http.formats import accepted, unique
from tests.proxy.http.duckdb_server import Running

VALUES: list[tuple[str, Any]] = [
    ("NULL", None),
    ("true", True),
    ("(-128)::TINYINT", -128),
    ("255::UTINYINT", 255),
    ("9007199254740993::BIGINT", 9007199254740993),
    ("(-9223372036854775808)::BIGINT", -9223372036854775808),
    ("18446744073709551615::UBIGINT", 18446744073709551615),
    ("1.50::DECIMAL(12,2)", "1.50"),
    ("0::DECIMAL(38,20)", "0.00000000000000000000"),
    ("-0.00000000000000000001::DECIMAL(38,20)", "-0.00000000000000000001"),
    ("99999999999999999999999999999999999999::DECIMAL(38,0)", "99999999999999999999999999999999999999"),
    ("0.1::FLOAT", 0.1),
    ("0.1::DOUBLE", 0.1),
    ("1e300::DOUBLE", 1e300),
    ("1.7976931348623157e308::DOUBLE", 1.7976931348623157e308),
    ("5e-324::DOUBLE", 5e-324),
    ("'nan'::DOUBLE", "NaN"),
    ("'-inf'::DOUBLE", "-Infinity"),
    ("'inf'::FLOAT", "Infinity"),
    ("''", ""),
    ("'é\U0001f600\"\\' || chr(10) || chr(1) || chr(9) || chr(13)", 'é\U0001f600"\\\n\x01\t\r'),
    ("chr(127) || chr(8232)", "\x7f\u2028"),
    ("'ab\\x00\\xFF'::BLOB", "YWIA/w=="),
    ("''::BLOB", ""),
    ("DATE '2024-02-29'", "2024-02-29"),
    ("DATE '1582-10-15'", "1582-10-15"),
    ("DATE '0001-01-01'", "0001-01-01"),
    ("DATE '0044-03-15 (BC)'", "-0043-03-15"),
    ("DATE '294247-01-10'", "+294247-01-10"),
    ("'infinity'::DATE", "infinity"),
    ("'-infinity'::TIMESTAMP", "-infinity"),
    ("TIME '23:59:59.999999'", "23:59:59.999999"),
    ("TIME '00:00:00'", "00:00:00"),
    ("TIMESTAMP '1969-12-31 23:59:59.9'", "1969-12-31T23:59:59.900000"),
    ("TIMESTAMP '2024-01-01 10:20:30'", "2024-01-01T10:20:30"),
    ("TIMESTAMP '2262-04-12 00:00:00'", "2262-04-12T00:00:00"),
    ("TIMESTAMP '290000-01-01 00:00:00.25'", "+290000-01-01T00:00:00.250000"),
    ("TIMESTAMP_S '2024-01-01 10:20:30'", "2024-01-01T10:20:30"),
    ("TIMESTAMP_NS '2024-01-01 10:20:30.123456789'", "2024-01-01T10:20:30.123456789"),
    ("TIMESTAMPTZ '2024-01-01 10:20:30+02'", "2024-01-01T08:20:30Z"),
    ("INTERVAL '1 year 2 months 3 days 4 hours 5 minutes 6.5 seconds'", "P1Y2M3DT4H5M6.5S"),
    ("INTERVAL '-0.5 seconds'", "PT-0.5S"),
    ("INTERVAL '0 days'", "PT0S"),
    ("'00000000-0000-0000-0000-0000000000ff'::UUID::VARCHAR", "00000000-0000-0000-0000-0000000000ff"),
    ("[1, NULL, 3]", [1, None, 3]),
    ("[]::INTEGER[]", []),
    ("NULL::INTEGER[]", None),
    ("[[1.5::DOUBLE, 'nan'::DOUBLE], NULL, []]", [[1.5, "NaN"], None, []]),
    (
        "{a: 1, b: {c: 'x\"y', d: NULL}, e: [{f: 1.10::DECIMAL(4,2)}]}",
        {"a": 1, "b": {"c": 'x"y', "d": None}, "e": [{"f": "1.10"}]},
    ),
    ("NULL::STRUCT(a INTEGER)", None),
    ("MAP {'k\"1': 1, 'k2': NULL}", {'k"1': 1, "k2": None}),
    ("MAP {1: [DATE '2024-01-01']}", {"1": ["2024-01-01"]}),
    ("MAP {}::MAP(VARCHAR, INTEGER)", {}),
    ("[1, 2]::INTEGER[2]", [1, 2]),
]


@pytest.mark.parametrize(("sql", "value"), VALUES, ids=[sql for sql, _ in VALUES])
def test_a_value_is_written_as_promised(server: Running, sql: str, value: Any) -> None:
    # Beside a NULL and over several rows: offsets, nulls and slices of nested arrays are all in play.
    answer = server.sql(f"SELECT CASE WHEN i % 2 = 0 THEN v END AS x FROM (SELECT {sql} AS v), range(6) r(i) ORDER BY i")
    assert answer.status_code == 200, answer.text
    rows = answer.json()["rows"]
    assert rows == [{"x": value}, {"x": None}] * 3
    assert [type(row["x"]) for row in rows[::2]] == [type(value)] * 3


def test_whole_floats_stay_floats_and_zero_keeps_its_sign(server: Running) -> None:
    text = server.sql("SELECT 1::DOUBLE AS a, '-0.0'::DOUBLE AS b, 2::FLOAT AS c").text
    assert '"a":1.0,"b":-0.0,"c":2.0' in text


def test_the_body_has_what_the_contract_names_in_order(server: Running) -> None:
    answer = server.sql("SELECT 1 AS a, 'x' AS b")
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert list(body) == ["queryId", "status", "columns", "rows", "rowCount", "truncated", "cache", "stats"]
    assert body["columns"] == [{"name": "a", "type": "INTEGER"}, {"name": "b", "type": "VARCHAR"}]
    assert (body["status"], body["rowCount"], body["truncated"]) == ("completed", 1, False)
    assert body["cache"] == {"status": "bypass"}
    assert body["stats"]["sources"] == []
    assert answer.headers["x-query-id"] == body["queryId"]


def test_repeated_names(server: Running) -> None:
    body = server.sql("SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a").json()
    assert body["rows"] == [{"a": 1, "a_3": 2, "a_2": 3, "a_4": 4}]
    assert [column["name"] for column in body["columns"]] == list(body["rows"][0])
    assert unique((Field("a", "INTEGER"), Field("a", "INTEGER"), Field("A", "INTEGER"))) == ("a", "a_2", "A")


def test_names_are_escaped(server: Running) -> None:
    assert server.sql('SELECT 1 AS "a""\\ b", 2 AS "é"').json()["rows"] == [{'a"\\ b': 1, "é": 2}]


@pytest.mark.parametrize(
    "accept", ["application/json", "application/x-ndjson", "text/csv", "application/vnd.apache.arrow.stream"]
)
def test_an_empty_result(server: Running, accept: str) -> None:
    with server.client() as client:
        answer = client.post("/sql", json={"sql": "SELECT 1 AS a, 'x' AS b WHERE false"}, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == accept
    if accept == "application/json":
        assert (answer.json()["rows"], answer.json()["rowCount"]) == ([], 0)
    elif accept == "application/x-ndjson":
        assert json.loads(answer.text) == {"status": "completed", "rowCount": 0, "truncated": False}
    elif accept == "text/csv":
        assert answer.text == "a,b\r\n"
    else:
        table = pa.ipc.open_stream(answer.content).read_all()
        assert (table.num_rows, table.column_names) == (0, ["a", "b"])


def test_ndjson_ends_with_its_status(server: Running) -> None:
    with server.client() as client:
        sql = "SELECT i, chr(10) || i AS s FROM range(20000) r(i)"
        answer = client.post("/sql", json={"sql": sql}, headers={"Accept": "application/x-ndjson"})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines[-1] == {"status": "completed", "rowCount": 20000, "truncated": False}
    assert lines[:-1] == [{"i": i, "s": f"\n{i}"} for i in range(20000)]


def test_ndjson_says_that_it_failed(server: Running) -> None:
    sql = "SELECT CASE WHEN i < 900000 THEN i ELSE error('bad row') END AS i FROM range(1000000) r(i)"
    with server.client() as client:
        answer = client.post("/sql", json={"sql": sql}, headers={"Accept": "application/x-ndjson", "X-Request-Id": "mine"})
    *rows, last = answer.text.splitlines()
    assert answer.status_code == 200
    assert rows
    status = json.loads(last)
    assert status["status"] == "failed"
    assert status["error"]["code"] == "sql.type"
    assert status["error"]["requestId"] == "mine"


def test_csv_tells_null_from_empty_and_quotes(server: Running) -> None:
    sql = """SELECT * FROM (VALUES (1, 'a,b', NULL, [1], 1.5::DOUBLE), (2, '', 'q"q', NULL, 'nan'::DOUBLE),
             (NULL, chr(10), ' s', [], NULL)) t(a, "b,\"\"", c, d, e)"""
    with server.client() as client:
        answer = client.post("/sql", json={"sql": sql}, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    expected = 'a,"b,""",c,d,e\r\n1,"a,b",,[1],1.5\r\n2,"","q""q",,NaN\r\n,"\n"," s",[],\r\n'
    assert answer.text == expected
    assert len(list(csv.reader(io.StringIO(answer.text, newline="")))) == 4


def test_csv_read_back_by_duckdb(server: Running) -> None:
    sql = "SELECT id, status, total, placed_at, day, paid FROM shop.orders ORDER BY id"
    with server.client() as client:
        answer = client.post("/sql", json={"sql": sql}, headers={"Accept": "text/csv"})
    types = "id: 'BIGINT', status: 'VARCHAR', total: 'DECIMAL(12,2)', placed_at: 'TIMESTAMP', day: 'DATE', paid: 'BOOLEAN'"
    options = f"header=true, allow_quoted_nulls=false, columns={{{types}}}"
    with duckdb.connect() as reading:
        reading.register_filesystem(_memory(answer.content))
        found = reading.sql(f"FROM read_csv('memory://x.csv', {options})").fetchall()
    assert found == server.database.cursor().execute(sql).fetchall()


def _memory(content: bytes) -> Any:
    import fsspec

    filesystem = fsspec.filesystem("memory")
    filesystem.pipe("x.csv", content)
    return filesystem


def test_csv_of_one_null_column_has_no_empty_lines(server: Running) -> None:
    with server.client() as client:
        answer = client.post("/sql", json={"sql": "SELECT NULL::VARCHAR AS a FROM range(2)"}, headers={"Accept": "text/csv"})
    assert answer.text == 'a\r\n""\r\n""\r\n'


def test_an_arrow_stream_is_the_answer_itself(server: Running) -> None:
    sql = "SELECT * FROM shop.orders ORDER BY id"
    with server.client() as client:
        answer = client.post("/sql", json={"sql": sql}, headers={"Accept": "application/vnd.apache.arrow.stream"})
    table = pa.ipc.open_stream(answer.content).read_all()
    expected = server.database.cursor().sql(sql).to_arrow_reader().read_all()
    assert table.schema.names == expected.schema.names
    assert str(table.to_pylist()) == str(expected.to_pylist())


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "application/json"),
        ("application/json;q=0.5, text/csv", "text/csv"),
        ("application/*;q=0.9, application/json;q=0.1", "application/x-ndjson"),
        ("APPLICATION/JSON; charset=utf-8", "application/json"),
    ],
)
def test_accept(accept: str | None, media: str) -> None:
    assert accepted(accept).media == media


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "*/*;q=x", "garbage"])
def test_accept_of_nothing_that_there_is(accept: str) -> None:
    with pytest.raises(RequestInvalid, match="Accept"):
        accepted(accept)


@pytest.mark.parametrize(("limit", "rows", "truncated"), [(0, 0, True), (3, 3, True), (5, 5, False), (6, 5, False)])
def test_limit(server: Running, limit: int, rows: int, truncated: bool) -> None:
    for body in (server.sql("SELECT * FROM range(5)", limit=limit).json(), server.data({"limit": limit}).json()):
        assert (len(body["rows"]), body["rowCount"], body["truncated"]) == (rows, rows, truncated)


def test_many_batches_make_one_body(serve: Any) -> None:
    small = serve(batch_rows=2048)
    body = small.sql("SELECT i, [i, NULL] AS l, {s: 'v' || i} AS t FROM range(30000) r(i)").json()
    assert body["rowCount"] == 30000
    assert body["rows"] == [{"i": i, "l": [i, None], "t": {"s": f"v{i}"}} for i in range(30000)]


def test_decimals_are_exact(server: Running) -> None:
    body = server.sql("SELECT (i / 7)::DECIMAL(30,9) AS d FROM range(100) r(i)").json()
    expected = server.database.cursor().execute("SELECT (i / 7)::DECIMAL(30,9) FROM range(100) r(i)").fetchall()
    assert [Decimal(row["d"]) for row in body["rows"]] == [value for (value,) in expected]
