"""The residual engine over inputs in memory: values, streaming, errors, memory, and that nothing stays behind."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from planner.errors import MemoryLimit, QueryCancelled, SourceUnavailable, SqlType
from planner.plan import Field
from proxy.residual import Engine
from translators.arrow import schema
from translators.control import Control


@dataclass(eq=False)
class Given:
    """An input: the same batch, `times` over."""

    fields: tuple[Field, ...]
    columns: dict[str, list[object]]
    times: int = 1
    error: Exception | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        for _ in range(self.times):
            yield pa.RecordBatch.from_pydict(self.columns, schema=schema(self.fields))
        if self.error is not None:
            raise self.error


NUMBERS = Given((Field("x", "BIGINT"), Field("y", "VARCHAR")), {"x": [1, 2, None], "y": ["a", None, "c"]})


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(128 << 20, str(tmp_path_factory.mktemp("engine")))
    yield engine
    engine.close()


def answer(engine: Engine, sql: str, **inputs: Given) -> list[dict[str, object]]:
    found, batches = engine.run(sql, inputs, Control())
    return pa.Table.from_batches(list(batches), schema=found).to_pylist()


def test_types_that_arrow_does_not_know_are_cast_back(engine: Engine) -> None:
    one = "00000000-0000-0000-0000-000000000001"
    fields = (Field("u", "UUID"), Field("h", "HUGEINT"), Field("j", "JSON"), Field("us", "UUID[]"), Field("n", "BIGINT"))
    given = Given(fields, {"u": [one, None], "h": [10**30, None], "j": ['{"a": 1}', None], "us": [[one], []], "n": [1, 2]})
    types = answer(engine, "SELECT typeof(u) AS u, typeof(h) AS h, typeof(j) AS j, typeof(us) AS us FROM f0 LIMIT 1", f0=given)
    assert types == [{"u": "UUID", "h": "HUGEINT", "j": "JSON", "us": "UUID[]"}]
    rows = answer(engine, "SELECT h * 2 AS h, j.a AS a, len(us) AS c FROM f0 WHERE u = f0.us[1]", f0=given)
    assert [(int(row["h"]), row["a"], row["c"]) for row in rows] == [(2 * 10**30, "1", 1)]  # type: ignore[call-overload]


def test_an_empty_input_and_an_empty_answer_keep_their_types(engine: Engine) -> None:
    nothing = Given(NUMBERS.fields, {"x": [], "y": []}, times=0)
    assert answer(engine, "SELECT count(*) AS n, sum(x) AS s, list(y) AS l FROM f0", f0=nothing) == [
        {"n": 0, "s": None, "l": None}
    ]
    found, batches = engine.run("SELECT x, y FROM f0 WHERE x > 5", {"f0": NUMBERS}, Control())
    assert (found.names, list(batches)) == (["x", "y"], [])


def test_inputs_of_one_query_are_unknown_to_another(engine: Engine) -> None:
    _, first = engine.run("SELECT x FROM f0", {"f0": NUMBERS}, Control())
    other = Given((Field("z", "DOUBLE"),), {"z": [0.5]})
    assert answer(engine, "SELECT * FROM f0", f0=other) == [{"z": 0.5}]
    assert sum(batch.num_rows for batch in first) == 3


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT y::INTEGER FROM f0", "A text could not be converted to INTEGER."),
        ("SELECT (x + 299)::UTINYINT FROM f0", "A value of type BIGINT does not fit UTINYINT."),
        ("SELECT 9223372036854775807 + x FROM f0", "Overflow in addition of BIGINT: cast to a wider type first."),
        ("SELECT x // 0 FROM f0", "Division by zero."),
        ("SELECT y::DATE FROM f0", "A text could not be converted to DATE."),
        ("SELECT y::UUID FROM f0", "A text could not be converted to UUID."),
        ("SELECT y::JSON FROM f0", "A text is not valid JSON."),
        ("SELECT (SELECT x FROM f0)", "A subquery that stands for one value gave more than one row."),
        ("SELECT error('secret')", "The engine could not evaluate the query"),
    ],
)
def test_errors_while_it_runs(engine: Engine, sql: str, message: str) -> None:
    with pytest.raises(SqlType) as raised:
        answer(engine, sql, f0=NUMBERS)
    assert raised.value.message.startswith(message)


def test_an_error_in_mid_stream_is_the_inputs_own(engine: Engine) -> None:
    lost = SourceUnavailable("Gone.", source="shop")
    with pytest.raises(SourceUnavailable) as raised:
        answer(engine, "SELECT x + 1 FROM f0", f0=Given(NUMBERS.fields, NUMBERS.columns, 50_000, lost))
    assert raised.value is lost


def test_a_query_that_has_ended_does_not_begin(engine: Engine) -> None:
    control = Control()
    control.cancel()
    with pytest.raises(QueryCancelled):
        engine.run("SELECT * FROM f0", {"f0": NUMBERS}, control)


def test_what_does_not_fit_in_memory_spills(engine: Engine) -> None:
    fields = (Field("x", "BIGINT"), Field("y", "VARCHAR"))
    given = Given(fields, {"x": list(range(8192)), "y": [f"{x:064d}" for x in range(8192)]}, times=400)
    sql = "SELECT y, x, row_number() OVER () AS n FROM f0 ORDER BY y DESC, n"
    _, batches = engine.run(sql, {"f0": given}, Control())
    seen = 0
    for batch in batches:
        assert batch.column(1)[0].as_py() == 8191 - seen // 400
        seen += batch.num_rows
    assert seen == 8192 * 400


def test_what_cannot_spill_is_a_memory_limit(engine: Engine) -> None:
    with pytest.raises(MemoryLimit, match="memoryLimit"):
        answer(engine, "SELECT list(repeat('a', 100000) || range) AS l FROM range(10000)")
    dry = Engine(64 << 20, None)
    with pytest.raises(MemoryLimit):
        answer(dry, "SELECT range AS x, repeat('a', 100) || range AS y FROM range(3000000) ORDER BY y DESC")
    assert answer(dry, "SELECT count(*) AS n FROM f0", f0=NUMBERS) == [{"n": 3}]
    dry.close()


def test_nothing_stays_behind_after_many_queries(engine: Engine) -> None:
    kept = []
    for number in range(1500):
        given = Given(NUMBERS.fields, NUMBERS.columns)
        kept.append(weakref.ref(given))
        _, batches = engine.run("SELECT x FROM f0 WHERE y IS NOT NULL", {"f0": given}, Control())
        if number % 3:
            next(batches)
        batches.close()  # type: ignore[attr-defined]
        del given, batches
    gc.collect()
    assert not any(one() for one in kept)
    assert answer(engine, "SELECT count(*) AS n FROM f0", f0=NUMBERS) == [{"n": 3}]


def test_an_interpreter_that_closed_its_engine_ends_in_silence(tmp_path: Path) -> None:
    program = (
        "import pyarrow as pa\n"
        "from planner.plan import Field\n"
        "from proxy.residual import Engine\n"
        "from translators.control import Control\n"
        "class Given:\n"
        "    fields = (Field('x', 'BIGINT'), Field('u', 'UUID'))\n"
        "    def batches(self):\n"
        "        yield pa.record_batch({'x': pa.array([1]), 'u': pa.array([None], pa.string())})\n"
        f"engine = Engine(64 << 20, {str(tmp_path)!r})\n"
        "engine.describe('SELECT x, $1 FROM t', {'t': Given.fields})\n"
        "print(len(list(engine.run('SELECT * FROM f0', {'f0': Given()}, Control())[1])))\n"
        "engine.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("1\n", "")
    assert list(tmp_path.iterdir()) == []
