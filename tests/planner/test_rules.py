"""Each rule's cases, in files that read as SQL, and both sides of each asked of DuckDB.

A file in `rules/` is named after its rule and holds pairs: `-- given` with a query, `-- becomes` with what the rule makes of it
(`unchanged` where it must not fire). `FOZ_WRITE_PLANS=1` writes the second of each anew, to be reviewed like code. The rows have
NULLs, ties and groups of one; each pair is asked again with each table empty, and with all of them.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import duckdb
import pytest
from sqlglot import exp

from planner.bind import bind
from planner.catalog import Catalog, Column, Table
from planner.fragments import note_types
from planner.parse import parse
from planner.rules import RULES
from planner.rules.constants import bare_limits, fold_constants
from planner.rules.dates import compare_dates
from proxy.described import Descriptions
from tests.planner.shop import CATALOG as SHOP

DAYS = Table("shop", "public", "days", (Column("day", "DATE"), Column("due", "DATE"), Column("moment", "TIMESTAMP")))
CATALOG = Catalog((replace(SHOP.by_id["shop"], tables=(*SHOP.by_id["shop"].tables, DAYS)), SHOP.by_id["crm"]))

FILES = Path(__file__).parent / "rules"
PAIR = re.compile(r"-- given\n(?P<given>.*?)\n-- becomes\n(?P<becomes>.*?)(?=\n\n-- given\n|\Z)", re.S)
BY_NAME: dict[str, Callable[..., exp.Query]] = {
    rule.__name__: rule for rule in (*RULES, fold_constants, bare_limits, compare_dates)
}
ROWS = {
    "shop.public.orders": [
        "(1, 'a', 10.00, 'open', TIMESTAMP '2024-01-01 00:00:00')",
        "(2, 'a', 20.00, NULL, TIMESTAMP '2024-01-01 12:00:00')",
        "(3, 'b', NULL, 'paid', TIMESTAMP '2024-02-29 00:00:00')",
        "(4, NULL, 10.00, 'open', NULL)",
        "(5, 'z', 0.05, 'paid', TIMESTAMP '1969-12-31 00:00:00')",
    ],
    "shop.public.lines": ["(1, 1, 'x', 5)", "(1, 2, 'y', NULL)", "(2, 1, 'x', 9)", "(4, 1, NULL, 0)", "(9, 1, 'x', 1)"],
    "shop.public.days": [
        "('2024-01-01', '2023-12-31', '2024-01-01 00:00:00')",
        "('2023-12-31', '2024-01-01', '2024-01-01 12:00:00')",
        "(NULL, '1969-12-31', NULL)",
        "('infinity', '-infinity', 'infinity')",
        "('5000000-01-01', NULL, '1969-12-31 23:59:59')",
    ],
    "crm.crm.customers": [
        "('a', 'Ana', 'PT', 1.5, {'city': 'Porto', 'zip': '1'}, ['n', 'm'])",
        "('b', 'Bo', NULL, NULL, NULL, [])",
        "('c', NULL, 'PT', 'NaN'::DOUBLE, {'city': NULL, 'zip': '3'}, NULL)",
    ],
}


def files() -> list[Path]:
    return sorted(FILES.glob("*.sql"))


def pairs(file: Path) -> list[tuple[str, str]]:
    return [(found["given"].strip(), found["becomes"].strip()) for found in PAIR.finditer(file.read_text())]


CASES = [(file.stem, given, becomes) for file in files() for given, becomes in pairs(file)]


@pytest.fixture(scope="module")
def descriptions() -> Iterator[Descriptions]:
    descriptions = Descriptions()
    yield descriptions
    descriptions.close()


@pytest.fixture(scope="module")
def oracle() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for source in CATALOG.sources:
            connection.execute(f"ATTACH ':memory:' AS {source.id}")
            for table in source.tables:
                columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {source.id}.{table.schema}")
                connection.execute(f"CREATE TABLE {table.path} ({columns})")
        yield connection


def applied(rule: str, given: str, descriptions: Descriptions) -> tuple[str, str]:
    """The query as binding writes it, before and after the rule."""
    bound = bind(parse(given), CATALOG, lambda *asked: descriptions.describe(*asked).columns)
    assert bound.qualified is not None, given
    query = bound.qualified.copy()
    note_types(query, CATALOG)
    before = query.sql("duckdb")
    given_too = [descriptions.compute] if rule == fold_constants.__name__ else []
    return before, BY_NAME[rule](query, *given_too).sql("duckdb")


def test_every_rule_has_cases_where_it_fires_and_where_it_must_not() -> None:
    assert {file.stem for file in files()} == set(BY_NAME)
    for file in files():
        unchanged = [becomes == "unchanged" for _, becomes in pairs(file)]
        assert any(unchanged), file
        assert not all(unchanged), file


@pytest.mark.parametrize("file", files(), ids=lambda path: path.stem)
def test_a_rule_does_what_is_on_file(file: Path, descriptions: Descriptions) -> None:
    text = file.read_text()
    now = []
    for given, _ in pairs(file):
        before, after = applied(file.stem, given, descriptions)
        now.append((given, "unchanged" if before == after else after))
    if os.environ.get("FOZ_WRITE_PLANS"):
        head = text[: text.index("-- given\n")]
        file.write_text(head + "\n\n".join(f"-- given\n{given}\n-- becomes\n{became}" for given, became in now) + "\n")
        return
    assert pairs(file) == now


@pytest.mark.parametrize(("rule", "given", "becomes"), CASES)
def test_both_sides_give_the_same_rows(
    rule: str, given: str, becomes: str, descriptions: Descriptions, oracle: duckdb.DuckDBPyConnection
) -> None:
    before, after = applied(rule, given, descriptions)
    for empty in ([], *([path] for path in ROWS), list(ROWS)):
        for path, values in ROWS.items():
            oracle.execute(f"DELETE FROM {path}")
            if path not in empty:
                oracle.execute(f"INSERT INTO {path} VALUES {', '.join(values)}")
        one, other = oracle.sql(before), oracle.sql(after)
        assert one.types == other.types
        assert Counter(map(repr, one.fetchall())) == Counter(map(repr, other.fetchall())), f"without {empty}"


def test_the_rows_tell_the_cases_apart(descriptions: Descriptions, oracle: duckdb.DuckDBPyConnection) -> None:
    """Most of the queries have an answer that is not empty: equal answers would otherwise say little."""
    for path, values in ROWS.items():
        oracle.execute(f"DELETE FROM {path}")
        oracle.execute(f"INSERT INTO {path} VALUES {', '.join(values)}")
    answers = [oracle.sql(applied(rule, given, descriptions)[0]).fetchall() for rule, given, _ in CASES]
    assert sum(map(bool, answers)) >= 0.8 * len(answers)
    assert len(list(chain.from_iterable(answers))) > len(answers)
