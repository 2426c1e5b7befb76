"""Shapes: which constants may be taken out of a text without changing its answer's names."""

from __future__ import annotations

import pytest

from planner.fingerprint import shape

SAME = [
    "SELECT a FROM t WHERE b = {}",
    "SELECT a FROM (SELECT a FROM t WHERE b = {}) AS x",
    "WITH x AS (SELECT a FROM t WHERE b = {}) SELECT a FROM x",
    "SELECT a FROM t WHERE b IN (SELECT c FROM u WHERE d = {})",
    "SELECT a FROM t UNION ALL (SELECT a FROM t WHERE b = {})",
]

NAMING = [
    "SELECT count(*) FILTER (WHERE b = {}) FROM t",
    "SELECT (SELECT max(c) FROM u WHERE d = {}) FROM t",
    "SELECT a IS DISTINCT FROM (SELECT max(c) FROM u WHERE d = {}) FROM t",
    "SELECT a >= ALL (SELECT c FROM u WHERE d = {}) FROM t",
    "SELECT x FROM t WHERE a = 1 UNION ALL SELECT b = {} FROM t",
    "SELECT EXISTS (SELECT 1 FROM u WHERE d = 1) AND (b = {}) FROM t",
]


@pytest.mark.parametrize("text", SAME)
def test_a_filtering_constant_is_taken_out(text: str) -> None:
    assert shape(text.format(1)).text == shape(text.format(2)).text


@pytest.mark.parametrize("text", NAMING)
def test_a_constant_that_names_an_output_stays(text: str) -> None:
    assert shape(text.format(1)).text != shape(text.format(2)).text
