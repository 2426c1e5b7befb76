"""The tree that `foz explain` prints, as a person sees it."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from proxy.cli.explain import tree

RECEIPT: dict[str, Any] = {
    "sql": "SELECT s.sku, c.name FROM shop.stock s JOIN crm.customers c ON c.country = s.place",
    "columns": [{"name": "sku", "type": "VARCHAR"}, {"name": "name", "type": "VARCHAR"}],
    "tables": ["crm.crm.customers", "shop.public.stock"],
    "fragments": [
        {
            "id": "f0",
            "source": "shop",
            "native": 'SELECT "s"."sku" FROM "stock" AS "s" WHERE ("s"."amount" <= $1)',
            "binds": ["INTEGER"],
            "columns": [{"name": "sku", "type": "VARCHAR"}],
            "pushed": ["projection", "filter"],
            "left": [{"part": "UPPER(s.place) = 'X'", "reason": "upper-casing depends on the collation"}],
            "estimate": {"rows": 20, "bytes": 480, "origin": "pg_stats", "ageMs": 180_000, "observations": 0},
        },
        {
            "id": "f1",
            "source": "crm",
            "native": "db.customers.find({}, {})",
            "binds": [],
            "columns": [{"name": "name", "type": "VARCHAR"}],
            "pushed": ["projection"],
            "left": [],
            "estimate": {"rows": None, "bytes": None, "origin": "none", "ageMs": None, "observations": 0},
        },
    ],
    "residual": 'SELECT s.sku, c.name FROM "f0" AS s JOIN "f1" AS c ON c.country = s.place',
    "refused": [{"part": "s JOIN c", "reason": "the tables are in two sources"}],
    "volatile": None,
    "route": "now",
    "routing": {"why": "it is expected to be short", "limitMs": 30000, "predictedP95Ms": 2.5},
    "cache": {"status": "bypass", "cacheable": False, "reason": "the plan is volatile"},
}

PLAIN = """\
SELECT s.sku, c.name FROM shop.stock s JOIN crm.customers c ON c.country = s.place
├── answer    sku VARCHAR, name VARCHAR
├── route     now: it is expected to be short (a job above 30000 ms)
├── cache     not used, the plan is volatile
└── residual  SELECT s.sku, c.name FROM "f0" AS s JOIN "f1" AS c ON c.country = s.place
    ├── not sent  s JOIN c: the tables are in two sources
    ├── f0 from shop
    │   ├── sends     SELECT "s"."sku" FROM "stock" AS "s" WHERE ("s"."amount" <= $1)
    │   ├── binds     INTEGER
    │   ├── does      projection, filter
    │   ├── leaves    UPPER(s.place) = 'X': upper-casing depends on the collation
    │   └── expects   about 20 rows, 480 bytes (pg_stats, 3 min old)
    └── f1 from crm
        ├── sends     db.customers.find({}, {})
        └── does      projection
"""

ANALYZED = """\
SELECT sku FROM shop.stock
├── answer    25 rows, 300 bytes in 4.5 ms
├── route     now: it is expected to be short (a job above 30000 ms)
├── cache     not used, the plan is volatile
├── residual  none, the fragment is the answer
└── f0 from shop
    ├── sends     SELECT "s"."sku" FROM "stock" AS "s" WHERE ("s"."amount" <= $1)
    ├── binds     INTEGER
    ├── does      projection, filter
    ├── leaves    UPPER(s.place) = 'X': upper-casing depends on the collation
    ├── expects   about 20 rows, 480 bytes (pg_stats, 3 min old)
    ├── gave      25 rows, 300 bytes in 4 ms (estimate ÷ actual: 0.8)
    └── store     Seq Scan on stock
                    Filter: (amount <= 7)
"""

NARROW = """\
SELECT s.sku, c.name FROM shop.stock s JOIN
crm.customers c ON c.country = s.place
"""


def printed(receipt: dict[str, Any], width: int = 100_000) -> str:
    shown = io.StringIO()
    Console(file=shown, width=width).print(tree(receipt))
    return "".join(f"{line.rstrip()}\n" for line in shown.getvalue().splitlines())


def test_fragments_hang_on_the_residual_that_reads_them() -> None:
    assert printed(RECEIPT) == PLAIN


def test_what_happened_stands_beside_what_was_expected() -> None:
    actual = {"rows": 25, "bytes": 300, "elapsedMs": 4.0, "rowsRatio": 0.8, "bytesRatio": 1.6}
    plan = "Seq Scan on stock\n  Filter: (amount <= 7)"
    receipt = {
        **RECEIPT,
        "sql": "SELECT sku FROM shop.stock",
        "fragments": [{**RECEIPT["fragments"][0], "actual": actual, "storePlan": plan}],
        "residual": None,
        "residualActual": None,
        "refused": [],
        "rows": 25,
        "bytes": 300,
        "elapsedMs": 4.5,
    }
    assert printed(receipt) == ANALYZED


def test_a_narrow_terminal_folds_lines_and_loses_nothing() -> None:
    narrow = printed(RECEIPT, 50)
    assert narrow.startswith(NARROW)
    assert max(map(len, narrow.splitlines())) <= 50
    letters = "".join(character for character in narrow if character not in " \n│├└─")
    assert letters == "".join(character for character in PLAIN if character not in " \n│├└─")
