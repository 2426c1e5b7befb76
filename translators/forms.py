"""Matching a query's nodes by the form of DuckDB's SQL: what the stores' tables of functions have in common.

A form is DuckDB SQL in which `a`, `b`, … stand for arguments; everything else has to be there as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import sqlglot
from sqlglot import exp


@cache
def shape(form: str) -> exp.Expr:
    """The tree of a form: its columns are the arguments."""
    return sqlglot.parse_one(form, dialect="duckdb")


def bound(pattern: object, given: object, found: dict[str, exp.Expr]) -> bool:
    """Whether `given` has the shape of `pattern`; `found` then has the node of each argument."""
    if isinstance(pattern, exp.Column):
        if not isinstance(given, exp.Expr):
            return False
        found[pattern.name] = given
        return True
    if isinstance(pattern, list):
        return isinstance(given, list) and len(given) == len(pattern) and all(map(bound, pattern, given, [found] * len(given)))
    if not isinstance(pattern, exp.Expr):
        return bool(pattern == given)
    if type(pattern) is not type(given):
        return False
    assert isinstance(given, exp.Expr)
    if isinstance(pattern, (exp.Literal, exp.Var, exp.Identifier)):
        return pattern.name.lower() == given.name.lower()
    wanted, there = _said(pattern), _said(given)
    return wanted.keys() == there.keys() and all(bound(wanted[name], there[name], found) for name in wanted)


def _said(node: exp.Expr) -> dict[str, object]:
    said = {name: value for name, value in node.args.items() if value not in (None, False, [])}
    if isinstance(node, exp.Anonymous):
        said["this"] = str(node.this).lower()
    return said


def functions(forms: Iterable[str]) -> frozenset[str]:
    """The names and operators of DuckDB that the forms use."""
    return frozenset(
        name.lower() for form in forms for found in re.findall(r"(\w+)\(|([^\w\s(),']+)", form) for name in found if name
    )
