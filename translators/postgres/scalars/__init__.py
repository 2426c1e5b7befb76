"""The tables of functions: importing this makes `expressions.RENDER` know them.

`table` says what a row is; each other file is one subject's rows. `..refused` holds the functions that are not pushed, and why.
"""

from __future__ import annotations

from translators.postgres.scalars import bits, cases, choices, documents, formats, lists, moments, numbers, patterns, texts
from translators.postgres.scalars.table import register

ROWS = (*texts.ROWS, *numbers.ROWS, *moments.ROWS, *lists.ROWS)

CODED = (
    *bits.FUNCTIONS,
    *cases.FUNCTIONS,
    *choices.FUNCTIONS,
    *documents.FUNCTIONS,
    *formats.FUNCTIONS,
    *lists.FUNCTIONS,
    *patterns.FUNCTIONS,
)
"""Functions whose renderers are code: they take any number of arguments, or compute their type from several."""

register(ROWS)
