"""What the demonstration asks of a running Foz, and what it shows of the answers."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import adbc_driver_flightsql.dbapi as flight_sql
import pyarrow as pa
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

from demo.shop import Shop

REVENUE = """\
SELECT c.address.country AS country, count(*) AS orders, sum(o.total) AS revenue
FROM shop.orders AS o JOIN crm.customers AS c ON c._id = o.customer_id
WHERE o.status = 'paid'
GROUP BY ALL ORDER BY revenue DESC"""

FOUR_STORES = """\
SELECT p.name AS product, s.name AS supplier, round(avg(r.stars), 2) AS stars, count(DISTINCT h.order_id) AS shipped
FROM crm.reviews AS r
JOIN shop.products AS p ON p.id = r.product_id
JOIN partners.suppliers AS s ON s.id = p.supplier_id
JOIN shop.order_lines AS l ON l.product_id = p.id
JOIN warehouse.shipments AS h ON h.order_id = l.order_id
GROUP BY ALL ORDER BY stars DESC, product LIMIT 5"""

SHIPPED = "SELECT count(*) AS shipments, max(order_id) AS last_order FROM warehouse.shipments"

Rows = list[dict[str, Any]]


class Disagreement(RuntimeError):
    """Two answers to one question differ."""


def over_flight(address: str, sql: str) -> pa.Table:
    """The answer through the standard ADBC driver, as any of its programs would ask."""
    with flight_sql.connect(f"grpc://{address}", autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def over_http(address: str, sql: str, **options: str) -> dict[str, Any]:
    """The JSON answer of `POST /sql`. Raises RuntimeError with the problem's own words."""
    body = json.dumps({"sql": sql, **options}).encode()
    return _answer(urllib.request.Request(f"http://{address}/sql", body, {"content-type": "application/json"}))


def fetched(address: str, path: str) -> dict[str, Any]:
    """The JSON answer of `GET path`. Raises RuntimeError with the problem's own words."""
    return _answer(urllib.request.Request(f"http://{address}{path}"))


def _answer(request: urllib.request.Request) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            answer: dict[str, Any] = json.load(response)
            return answer
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"HTTP {error.code}: {error.read().decode(errors='replace')}") from None


def expected_revenue(shop: Shop) -> Rows:
    """The answer to REVENUE, reckoned in Python from the rows that were loaded."""
    country = {customer["_id"]: customer["address"]["country"] for customer in shop.customers}
    found: dict[str, list[Decimal]] = defaultdict(list)
    for order in shop.orders:
        if order["status"] == "paid":
            found[country[order["customer_id"]]].append(order["total"])
    rows = [{"country": name, "orders": len(totals), "revenue": sum(totals, Decimal(0))} for name, totals in found.items()]
    return sorted(rows, key=lambda row: row["revenue"], reverse=True)


def agree(question: str, one: Rows, other: Rows) -> None:
    """Raises Disagreement unless both hold the same rows in the same order; a DECIMAL is text in JSON."""
    if _as_json(one) != _as_json(other):
        raise Disagreement(f"{question}: {_as_json(one)} is not {_as_json(other)}")


def _as_json(rows: Rows) -> Rows:
    return [{name: str(value) if isinstance(value, Decimal) else value for name, value in row.items()} for row in rows]


def kept(first: dict[str, Any], again: dict[str, Any]) -> None:
    """Raises Disagreement unless the second of two answers is the first one, kept and proved to be up to date."""
    if (first["cache"]["status"], again["cache"]["status"], again["cache"]["freshness"]) != ("miss", "hit", "exact"):
        raise Disagreement(f"The cache said {first['cache']} and then {again['cache']}")
    agree("The answer that was kept", again["rows"], first["rows"])


def waited_for(http: str, sql: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The ticket that `sql` is answered with as a job, and its result once it has one. Raises Disagreement."""
    ticket = over_http(http, sql, mode="async")
    status = ticket
    while status["status"] in ("pending", "processing"):
        status = fetched(http, f"/queries/{ticket['queryId']}?waitMs=5000")
    if status["status"] != "completed":
        raise Disagreement(f"The job ended as {status}")
    return ticket, fetched(http, status["resultUrl"])


def show_sql(console: Console, sql: str) -> None:
    console.print(Syntax(sql, "sql", theme="ansi_dark", background_color="default"), "")


def show_rows(console: Console, names: Sequence[str], rows: Rows) -> None:
    table = Table(*names)
    for row in rows:
        table.add_row(*(str(row[name]) for name in names))
    console.print(table)


def show_receipt(console: Console, answer: pa.Table) -> None:
    """The rows of an EXPLAIN, each column as the text that it is."""
    for row in answer.to_pylist():
        console.print(
            "  ".join(str(value) for value in row.values()), style="cyan", markup=False, highlight=False, soft_wrap=True
        )


def next_steps(flight: str, http: str, configuration: Path, root: str) -> str:
    """How to go on, to be printed as it is."""
    return f"""\
Ask it yourself:

    {root}/bin/foz query "SELECT * FROM crm.customers LIMIT 3" --server grpc://{flight}

    {root}/bin/foz sources list --config {configuration}

    curl -s http://{http}/sql -H 'content-type: application/json' -d '{{"sql": "SELECT count(*) AS n FROM shop.orders"}}'

    import adbc_driver_flightsql.dbapi as flight_sql
    with flight_sql.connect("grpc://{flight}", autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name, address.city FROM crm.customers WHERE tags[1] = 'gift'")
        print(cursor.fetch_arrow_table())

The HTTP interface describes itself at http://{http}/docs"""
