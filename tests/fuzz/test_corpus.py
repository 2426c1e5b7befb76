"""The cases that the fuzzer has found: each stays right."""

from __future__ import annotations

import pytest

from demo.servers import Server
from tests.fuzz.compare import difference
from tests.fuzz.corpus import Case, cases
from tests.fuzz.worlds import world


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in cases()])
def test_a_case_stays_right(case: Case, postgres_server: Server, mongodb_server: Server) -> None:
    assert case.queries
    with world(postgres_server.uri, mongodb_server.uri, case.tables) as running:
        for sql in case.queries:
            found = difference(running, sql)
            assert found is None, f"{found.kind}: {found.detail}\n{sql}"
