"""The inferred type of an expression is DuckDB's own, for every expression whose type is inferred at all."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from planner.types import type_of

COLUMNS = {
    "s": "SMALLINT",
    "i": "INTEGER",
    "b": "BIGINT",
    "h": "HUGEINT",
    "f": "FLOAT",
    "d": "DOUBLE",
    "n4": "DECIMAL(4,1)",
    "n12": "DECIMAL(12,2)",
    "n15": "DECIMAL(15,2)",
    "n18": "DECIMAL(18,9)",
    "n20": "DECIMAL(20,0)",
    "n38": "DECIMAL(38,10)",
    "v": "VARCHAR",
    "dt": "DATE",
    "tm": "TIME",
    "ts": "TIMESTAMP",
    "tz": "TIMESTAMP WITH TIME ZONE",
    "iv": "INTERVAL",
    "bo": "BOOLEAN",
    "u": "UUID",
}

OPERANDS = [*COLUMNS, "5", "-5", "(5)", "70000", "-40000", "5000000000", "1.5", "0.05", "100.00", "2.5e0", "'2020-01-01'", "null"]
OPERATORS = [
    "{} + {}",
    "{} - {}",
    "{} * {}",
    "{} / {}",
    "{} // {}",
    "{} % {}",
    "coalesce({}, {})",
    "case when bo then {} else {} end",
]

SINGLE = """
sum(i) ; sum(s) ; sum(b) ; sum(h) ; sum(d) ; sum(f) ; sum(n12) ; sum(n38) ; sum(bo) ; avg(i) ; avg(n12) ; avg(d) ; avg(distinct i)
count(*) ; count(i) ; count(distinct v) ; min(i) ; max(v) ; min(n12) ; max(dt) ; min(bo) ; max(5) ; sum(distinct n12)
sum(n12 * n12) ; sum(n15 * (1 - n4)) ; sum(n15 * (1 - n4) * (1 + n4)) ; 100.00 * sum(case when bo then n15 * (1 - n4) else 0 end)
sum(case when bo then 1 else 0 end) ; sum(n15) / 7.0
0.2 * avg(n15) ; 0.5 * sum(n15) ; sum(n15 * i) * 0.0001 ; count(*) filter (where bo)
extract(year from dt) ; year(dt) ; month(ts) ; dt + interval '1' year ; dt - interval 90 day ; date '2020-01-01'
dt - dt ; dt + 3
v || 'x' ; substring(v, 1, 2) ; length(v) ; upper(v) ; v like 'x' ; i in (1, 2) ; not bo
i is null ; exists(select 1) ; i between 1 and 2
i::decimal(10,2) ; i::bigint ; v::date ; i::decimal ; i::double ; v::varchar(3) ; n12::integer ; dt::timestamp ; dt::timestamptz
nullif(i, 0) ; nullif(n12, 0) ; nullif(i, 1.5) ; abs(i) ; abs(n12) ; -n12 ; -i ; - - 5 ; 1 + 1 + s ; s + (1 + 1) ; 1 + s + 1
case when bo then 1 when not bo then 2 else s end ; case when bo then 1 when not bo then 70000 else s end ; coalesce(1, 70000, s)
case when bo then 1 else 2 end + s ; coalesce(s, 1, 70000) ; case when bo then n12 end ; case when bo then null end ; if(bo, i, b)
9223372036854775807 ; 9223372036854775808 ; 2147483648 ; -2147483648 ; -2147483649 ; 0.00000000000000000001 ; 1e400 ; 00.50
(select max(i) from t) ; (select count(*) from t) ; row_number() over () ; bool_and(bo) ; starts_with(v, 'a') ; v ilike 'x'
interval '1' month ; 12345678901234567890.123456789012345678901234567890 ; true ; null ; 'x'
"""


@pytest.fixture(scope="module")
def oracle() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"create table t ({', '.join(f'{name} {type}' for name, type in COLUMNS.items())})")
    return connection


def inferred(expression: str) -> str | None:
    select = sqlglot.parse_one(f"select {expression} from t", dialect="duckdb")
    types = {id(column): COLUMNS[column.name] for column in select.find_all(exp.Column)}
    return type_of(select.selects[0], types)


def described(oracle: duckdb.DuckDBPyConnection, expression: str) -> str | None:
    try:
        return str(oracle.execute(f"describe select {expression} from t").fetchall()[0][1])
    except duckdb.Error:
        return None


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_pair_of_types(oracle: duckdb.DuckDBPyConnection, operator: str) -> None:
    wrong = {}
    for left, right in product(OPERANDS, OPERANDS):
        expression = operator.format(left, right)
        ours, theirs = inferred(expression), described(oracle, expression)
        if ours is not None and theirs is not None and ours != theirs:
            wrong[expression] = (ours, theirs)
    assert wrong == {}


@pytest.mark.parametrize("expression", [part.strip() for line in SINGLE.strip().splitlines() for part in line.split(" ; ")])
def test_expression(oracle: duckdb.DuckDBPyConnection, expression: str) -> None:
    assert inferred(expression) == described(oracle, expression)


@pytest.mark.parametrize("expression", ["median(i)", "list(i)", "v + 1", "try_cast(v as integer)", "md5(v)", "i & 3"])
def test_what_is_not_certain_is_unknown(expression: str) -> None:
    assert inferred(expression) is None
