"""A caller's SQL never reaches the machine: every way out that is known is refused on both protocols, by its code alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.end_to_end.asking import WAYS, Ask, Refused
from tests.end_to_end.world import ANA, BEN, IN_THE_ENVIRONMENT, ORDERS, ROOT, World

Refusal = Callable[..., Refused]
in_a_python_variable = [{"x": "a Python variable"}]

UNSUPPORTED = """
SELECT getenv('END_TO_END_SECRET')
SELECT "GetEnv"/* quietly */('END_TO_END_SECRET')
SELECT system.main.getenv('HOME')
SELECT 'HOME'.getenv()
SELECT list_transform(['HOME'], x -> getenv(x))
SELECT list_transform(['HOME'], lambda x: getenv(x))
SELECT COLUMNS(c -> getenv(c) = 'x') FROM shop.orders
SELECT COLUMNS(lambda c: current_setting(c) = 'x') FROM shop.orders
SELECT sum(id) FILTER (current_setting('threads') = '1') FROM shop.orders
SELECT 1 LIMIT (SELECT current_setting('threads')::INT)
SELECT current_setting('temp_directory')
SELECT json_serialize_plan('SELECT current_setting(''temp_directory'')', optimize := true)
SELECT system.main.json_serialize_plan('SELECT 1')
SELECT current_query() FROM shop.orders
SELECT getvariable('x')
SELECT which_secret('x', 'y')
SELECT write_log('x')
SELECT nextval('x')
SELECT query('SELECT 42')
SELECT list_aggregate(['x'], 'query')
SELECT list_aggregate([1], 'current_setting')
SELECT pg_read_file('/etc/passwd') FROM shop.orders
SELECT lo_import('/etc/passwd') FROM shop.orders
SELECT load_extension('x') FROM crm.customers
SELECT add_parquet_key('a', 'b')
FROM read_text('/proc/self/environ')
SELECT * FROM "read_text"('/proc/self/environ')
SELECT * FROM READ_TEXT /* quietly */ ('/proc/self/environ')
SELECT * FROM system.main.read_blob('/proc/self/environ')
SELECT * FROM read_csv('/etc/passwd')
SELECT * FROM read_csv_auto('s3://bucket/x.csv')
SELECT * FROM read_json('/etc/passwd')
SELECT * FROM read_parquet('https://example.com/x.parquet')
SELECT * FROM parquet_metadata('x.parquet')
SELECT * FROM sniff_csv('/etc/passwd')
SELECT * FROM glob('/etc/*')
SELECT * FROM sqlite_scan('x.db', 't')
SELECT * FROM postgres_query('shop', 'SELECT 1')
SELECT * FROM query('SELECT 42')
SELECT * FROM query_table(['shop.payroll'])
SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))
SELECT * FROM arrow_scan(1, 2, 3)
SELECT * FROM pandas_scan(1)
SELECT * FROM python_map_function(1)
SELECT * FROM seq_scan('f0')
SELECT * FROM duckdb_settings()
SELECT * FROM duckdb_secrets()
SELECT * FROM duckdb_tables()
SELECT * FROM duckdb_temporary_files()
SELECT * FROM duckdb_logs()
SELECT * FROM pragma_table_info('f0')
SELECT * FROM enable_logging('x')
SELECT (SELECT content FROM read_text('/etc/passwd'))
SELECT id FROM shop.orders WHERE note IN (SELECT content FROM read_text('/etc/passwd'))
WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM x
SELECT * FROM shop.orders o, LATERAL (SELECT * FROM read_text(o.note)) t
SELECT note FROM shop.orders UNION ALL SELECT content FROM read_text('/etc/passwd')
PIVOT read_csv('/etc/passwd') ON x
EXPLAIN SELECT * FROM read_text('/etc/passwd')
EXPLAIN ANALYZE SELECT * FROM read_text('/etc/passwd')
DESCRIBE shop.orders
SUMMARIZE '/etc/passwd'
FROM (DESCRIBE shop.orders)
SHOW ALL TABLES
COPY (SELECT 1) TO 'x.csv'
COPY shop.orders FROM 'x.csv'
ATTACH 'x.db'
ATTACH 'postgres://127.0.0.1/x' AS y (TYPE postgres)
DETACH memory
USE memory
INSTALL httpfs
LOAD httpfs
SET threads = 1
SET VARIABLE x = 1
RESET memory_limit
PRAGMA database_size
CALL pragma_version()
CHECKPOINT
BEGIN
PREPARE x AS SELECT 1
EXECUTE x
CREATE MACRO m() AS 1
CREATE TEMP MACRO m() AS TABLE SELECT * FROM read_text('/etc/passwd')
CREATE TABLE x AS SELECT 1
CREATE VIEW x AS SELECT 1
DROP TABLE shop.orders
DELETE FROM shop.orders
UPDATE shop.orders SET id = 1
INSERT INTO shop.orders VALUES (1)
TRUNCATE shop.orders
MERGE INTO shop.orders USING shop.orders ON true WHEN MATCHED THEN DELETE
WITH x AS (DELETE FROM shop.orders RETURNING *) SELECT * FROM x
SELECT * INTO x FROM shop.orders
SELECT 1; DROP TABLE shop.orders
SELECT 1 /* one */ ; /* two */ SELECT 2
SELECT $$a$$; ATTACH ':memory:'
""".strip().splitlines()

UNKNOWN = """
SELECT * FROM '/etc/passwd'
SELECT * FROM 'x.parquet'
SELECT * FROM "x.csv"
SELECT * FROM 'https://example.com/x.parquet'
SELECT * FROM in_a_python_variable
SELECT * FROM cursor
SELECT * FROM sql
SELECT * FROM f0
SELECT * FROM "f0 carrier"
SELECT * FROM temp.main.f0
SELECT o.id FROM shop.orders o JOIN crm.customers c ON o.customer_id = c._id JOIN f1 ON true
SELECT (SELECT count(*) FROM f0) FROM shop.orders
SELECT * FROM duckdb_tables
SELECT * FROM pragma_database_list
SELECT * FROM information_schema.tables
SELECT * FROM system.information_schema.tables
SELECT * FROM sqlite_master
SELECT * FROM main.sqlite_master
SELECT * FROM pg_catalog.pg_class
SELECT * FROM pg_class
SELECT * FROM shop.pg_catalog.pg_shadow
SELECT * FROM shop.information_schema.tables
SELECT * FROM depot.sqlite_master
SELECT * FROM crm.system.views
SELECT * FROM crm."system.namespaces"
""".strip().splitlines()

DIALECTS = [
    ("postgres", "SELECT * FROM pg_ls_dir('/')", "sql.unsupported"),
    ("postgres", "SELECT current_setting('x')", "sql.unsupported"),
    ("postgres", "SELECT * FROM ROWS FROM (read_text('/etc/passwd')) AS t", "sql.unsupported"),
    ("postgres", "SELECT * FROM read_text('/etc/passwd')", "sql.unsupported"),
    ("mysql", "SELECT LOAD_FILE('/etc/passwd')", "sql.unsupported"),
    ("mysql", "SELECT @@version", "sql.unsupported"),
    ("mysql", "SELECT * FROM `/etc/passwd`", "sql.unknown_table"),
    ("mysql", "SHOW TABLES", "sql.unsupported"),
    ("tsql", "SELECT * FROM [f0]", "sql.unknown_table"),
    ("tsql", "SELECT * FROM #f0", "sql.unknown_table"),
    ("tsql", "EXEC xp_cmdshell 'ls'", "sql.unsupported"),
    ("tsql", "SELECT id INTO #x FROM shop.orders", "sql.unsupported"),
    ("snowflake", "SELECT * FROM TABLE(RESULT_SCAN('x'))", "sql.unsupported"),
    ("bigquery", "SELECT * FROM EXTERNAL_QUERY('x', 'SELECT 1')", "sql.unsupported"),
    ("clickhouse", "SELECT * FROM url('http://x')", "sql.unsupported"),
    ("clickhouse", "SELECT * FROM file('/etc/passwd')", "sql.unknown_table"),
    ("spark", "SELECT * FROM parquet.`/etc/passwd`", "sql.unknown_table"),
    ("spark", "SELECT reflect('java.lang.System', 'getenv', 'HOME')", "sql.unsupported"),
    ("trino", "SELECT * FROM TABLE(shop.system.query(query => 'SELECT 1'))", "sql.unsupported"),
    ("starrocks", "SELECT * FROM FILES('path' = 'x')", "sql.unsupported"),
    ("prql", "from shop.payroll", "sql.unknown_table"),
]


@pytest.mark.parametrize("sql", UNSUPPORTED)
@pytest.mark.parametrize("way", ["http", "flight"])
def test_what_reaches_outside_is_unsupported(world: World, refused_by: Refusal, way: str, sql: str) -> None:
    refusal = refused_by(way, sql, ANA)
    assert refusal.code == "sql.unsupported", refusal.shown
    assert IN_THE_ENVIRONMENT not in refusal.shown


@pytest.mark.parametrize("sql", UNKNOWN)
@pytest.mark.parametrize("way", ["http", "flight"])
@pytest.mark.parametrize("token", [ANA, ROOT], ids=["ana", "root"])
def test_what_is_not_in_the_catalogue_is_unknown(world: World, refused_by: Refusal, way: str, token: str, sql: str) -> None:
    assert refused_by(way, sql, token).code == "sql.unknown_table"


@pytest.mark.parametrize(("dialect", "sql", "code"), DIALECTS)
@pytest.mark.parametrize("way", ["http", "flight"])
def test_another_dialect_opens_nothing(world: World, refused_by: Refusal, way: str, dialect: str, sql: str, code: str) -> None:
    assert refused_by(way, sql, ANA, dialect=dialect).code == code


def test_a_parameter_is_a_value_and_never_a_name(ask: Ask, refusal: Refusal) -> None:
    for name in ("shop.orders", "crm.customers", "/etc/passwd", "f0"):
        assert refusal("SELECT * FROM ?", ANA, [name]).code in ("sql.unsupported", "sql.unknown_table")
    assert refusal("SELECT id FROM shop.orders WHERE id = ?", ANA, ["1; DROP TABLE orders"]).code == "sql.type"
    text = "' OR 1 = 1 --"
    assert ask("SELECT id FROM shop.orders WHERE note = ?", ANA, [text]).num_rows == 0
    assert ask("SELECT ? AS x", ANA, [text]).to_pylist() == [{"x": text}]
    assert ask("SELECT count(*) AS n FROM shop.orders", ANA).to_pylist() == [{"n": ORDERS}]


def test_comments_hide_nothing(ask: Ask, refusal: Refusal) -> None:
    for sql in ("SELECT 1 AS x -- ; DROP TABLE shop.orders", "SELECT 1 AS x; /* done */ -- ;", "/* ; */ SELECT 1 AS x;;"):
        assert ask(sql, ANA).to_pylist() == [{"x": 1}]
    assert refusal("SELECT 1 -- \n; DROP TABLE shop.orders").code == "sql.unsupported"
    assert refusal("/*/**/ SELECT 1 */ SELECT 2").code in ("sql.syntax", "sql.unsupported")


def test_nothing_of_the_machine_is_in_any_answer(world: World, ask: Ask) -> None:
    """Functions that only describe the engine may answer, but never with the machine's own facts."""
    rows = ask("SELECT version(), current_database(), current_schemas(true), current_user, session_user, pg_get_viewdef(1)", ANA)
    text = str(rows.to_pylist())
    for told in (str(world.directory), IN_THE_ENVIRONMENT, os.getcwd(), os.environ.get("USER") or "nobody at all"):
        assert told not in text


@pytest.fixture
def refused_by(world: World, hides: Callable[[Refused, str], Refused]) -> Refusal:
    def refused_by(way: str, sql: str, token: str, **options: Any) -> Refused:
        with pytest.raises(Refused) as raised:
            WAYS[way](world, sql, token, **options)
        return hides(raised.value, sql)

    return refused_by


NAMING_A_FILE = """
SELECT * FROM '{file}'
SELECT * FROM "{file}"
FROM '{file}' SELECT iban
TABLE '{file}'
SELECT * FROM '{folder}/pay*.csv'
SELECT * FROM "{folder}/payroll"."csv"
SELECT * FROM lake.rates AS r JOIN '{file}' AS p ON r.rate > p.id
SELECT r.rate FROM lake.rates AS r, depot.parts AS d WHERE d.id = r.rate AND EXISTS (FROM '{file}')
SELECT r.rate, (SELECT max(iban) FROM '{file}') AS iban FROM lake.rates AS r
WITH p AS (SELECT * FROM '{file}') SELECT p.iban FROM p, lake.rates
SELECT country FROM lake.rates UNION ALL SELECT iban FROM '{file}'
WITH "lake.rates" AS (SELECT * FROM '{file}') SELECT * FROM "lake.rates"
SELECT * FROM lake.payroll
SELECT * FROM lake."payroll.csv"
SELECT * FROM lake.main."{file}"
SELECT * FROM "lake.rates"
SELECT * FROM "lake.payroll"
SELECT * FROM temp."lake.payroll"
SELECT r.country FROM lake.rates AS r, "lake.payroll" AS p
""".strip().splitlines()

CALLING_FOR_A_FILE = """
SELECT * FROM read_csv('{file}')
SELECT * FROM read_text('{file}')
SELECT * FROM read_blob('{folder}/*')
SELECT * FROM glob('{folder}/*')
SELECT r.rate FROM lake.rates AS r, sniff_csv('{file}') AS s
SELECT r.rate, (SELECT content FROM read_text('{file}')) AS content FROM lake.rates AS r
SELECT r.rate FROM lake.rates AS r WHERE r.country IN (SELECT iban FROM read_csv_auto('{file}'))
SELECT * FROM query('FROM ''{file}''')
SELECT * FROM query_table('{file}')
SUMMARIZE '{file}'
FROM (DESCRIBE '{file}')
COPY lake.rates TO '{folder}/stolen.csv'
COPY (SELECT 1 AS x) TO '{folder}/stolen.csv'
ATTACH '{folder}/stolen.db'
ATTACH '{file}' AS x
EXPORT DATABASE '{folder}'
IMPORT DATABASE '{folder}'
LOAD '{folder}/x.duckdb_extension'
CREATE TABLE x AS FROM '{file}'
""".strip().splitlines()


@pytest.mark.parametrize("sql", NAMING_A_FILE)
@pytest.mark.parametrize("way", ["http", "flight"])
def test_a_file_of_a_source_is_nobodys_to_name(world: World, refused_by: Refusal, way: str, sql: str) -> None:
    folder = world.directory / "lake"
    named = sql.format(file=folder / "payroll.csv", folder=folder)
    assert refused_by(way, named, BEN).code in ("sql.unknown_table", "sql.unsupported", "sql.syntax")


@pytest.mark.parametrize("sql", CALLING_FOR_A_FILE)
@pytest.mark.parametrize("way", ["http", "flight"])
def test_a_file_of_a_source_is_nobodys_to_call_for(world: World, refused_by: Refusal, way: str, sql: str) -> None:
    folder = world.directory / "lake"
    assert refused_by(way, sql.format(file=folder / "payroll.csv", folder=folder), BEN).code in ("sql.unsupported", "sql.syntax")
    assert sorted(file.name for file in folder.iterdir()) == ["payroll.csv", "rates.csv"]


def test_a_path_in_a_text_is_no_name(world: World, ask: Ask) -> None:
    path = str(world.directory / "lake" / "payroll.csv")
    joined = "lake.rates AS r JOIN depot.parts AS p ON p.id = r.rate - 0.5"
    rows = ask(f"SELECT r.country, '{path}' AS path FROM {joined} WHERE p.name <> '{path}' ORDER BY 1", BEN).to_pylist()
    assert rows == [{"country": "DE", "path": path}, {"country": "PT", "path": path}]
