"""The tables of functions: importing this makes `expressions.RENDER` know them.

`table` says what a row is; each other file is one subject's rows. `..refused` holds the functions that are not sent, and why.
"""

from __future__ import annotations

from translators.sqlite.scalars import choices, moments, numbers, patterns, texts
from translators.sqlite.scalars.table import register

ROWS = (*texts.ROWS, *numbers.ROWS, *moments.ROWS)

CODED = (*choices.FUNCTIONS, *patterns.FUNCTIONS)
"""Functions whose renderers are code: they take any number of arguments, or look into a constant."""

register(ROWS)
