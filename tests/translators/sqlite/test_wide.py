"""Sums as floating-point numbers are DuckDB's to the last bit."""

from __future__ import annotations

import decimal
from random import Random

import duckdb
import pyarrow as pa
import pytest

from translators.sqlite import wide


def numbers(random: Random, count: int) -> list[int]:
    ranges = (10**3, 2**53 + 9, 2**63, 2**66, 10**25, 10**36)
    return [random.randint(-bound, bound) for bound in (random.choice(ranges) for _ in range(count))]


def halves(total: int) -> tuple[int, int]:
    return total >> 32, total & 0xFFFFFFFF


@pytest.mark.parametrize("scale", [0, 1, 2, 4, 6, 10])
def test_a_sum_is_converted_as_by_duckdb(scale: int) -> None:
    totals = numbers(Random(scale), 20_000)
    with decimal.localcontext(prec=60):
        column = pa.array([decimal.Decimal(total).scaleb(-scale) for total in totals], pa.decimal128(38, scale))
    given = pa.table({"d": column})
    type = f"DECIMAL(38,{scale})" if scale else "HUGEINT"
    with duckdb.connect() as engine:
        engine.register("given", given)
        found = engine.execute(f"SELECT CAST(CAST(d AS {type}) AS DOUBLE) FROM given").fetchall()
    assert [(wide.as_double(*halves(total), scale),) for total in totals] == found


@pytest.mark.parametrize("type", ["BIGINT", "DECIMAL(18,2)", "DECIMAL(15,4)"])
def test_an_average_over_groups_is_duckdbs(type: str) -> None:
    scale = int(type.rstrip(")").rpartition(",")[2]) if "," in type else 0
    with duckdb.connect() as engine:
        number = (
            f"((hash(i) % 2000000000000)::BIGINT - 1000000000000)::DECIMAL(20,0) * {1 if scale else 4_000_003} / 10**{2 * scale}"
        )
        engine.execute(f"CREATE TABLE d AS SELECT i % 6000 AS k, ({number})::{type} AS v FROM range(30000) AS r(i)")
        unscaled = f"sum((v * 10**{scale})::HUGEINT)::VARCHAR" if scale else "sum(v)::VARCHAR"
        rows = engine.execute(f"SELECT k, {unscaled}, count(v) FROM d GROUP BY k ORDER BY k").fetchall()
        means = engine.execute("SELECT avg(v) FROM d GROUP BY k ORDER BY k").fetchall()
        quotients = engine.execute("SELECT avg(v) FROM d GROUP BY k HAVING sum(v) IS NOT NULL ORDER BY k").fetchall()
    assert [(wide.mean(*halves(int(total)), count, scale),) for _, total, count in rows] == means
    assert [(wide.quotient(*halves(int(total)), count, scale),) for _, total, count in rows] == quotients
    assert means != quotients


def test_nothing_has_no_average() -> None:
    assert wide.as_double(None, None, 2) is None
    assert wide.quotient(None, None, 0, 2) is wide.mean(None, None, 0, 2) is None
    assert wide.mean(0, 0, 3, 0) == 0.0
