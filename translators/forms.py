"""What the stores' tables of functions have in common: matching a query's nodes by the form of DuckDB's SQL, and names.

A form is DuckDB SQL in which `a`, `b`, … stand for arguments; everything else has to be there as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

import sqlglot
from sqlglot import exp

STATISTICS: Mapping[type[exp.Expr], str] = {
    exp.Stddev: "stddev",
    exp.StddevPop: "stddev_pop",
    exp.StddevSamp: "stddev_samp",
    exp.Variance: "variance",
    exp.VariancePop: "var_pop",
    exp.Corr: "corr",
    exp.CovarPop: "covar_pop",
    exp.CovarSamp: "covar_samp",
    exp.Skewness: "skewness",
    exp.Kurtosis: "kurtosis",
    exp.RegrAvgx: "regr_avgx",
    exp.RegrAvgy: "regr_avgy",
    exp.RegrIntercept: "regr_intercept",
    exp.RegrR2: "regr_r2",
    exp.RegrSlope: "regr_slope",
    exp.RegrSxx: "regr_sxx",
    exp.RegrSxy: "regr_sxy",
    exp.RegrSyy: "regr_syy",
    exp.RegrCount: "regr_count",
    exp.ApproxDistinct: "approx_count_distinct",
    exp.ApproxQuantile: "approx_quantile",
    exp.ApproxTopK: "approx_top_k",
    exp.Mode: "mode",
}
"""What DuckDB calls the statistical aggregates that sqlglot has nodes for."""

_NO_FUNCTION = ("dow", "doy")


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


_DIRECTIVE = re.compile(r"%(-?.)|[^%]+", re.S)
_IN_SHORT = {"T": "%H:%M:%S", "X": "%H:%M:%S", "x": "%Y-%m-%d", "c": "%Y-%m-%d %H:%M:%S"}


def formatted(node: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """The date and the format of a `strftime`: DuckDB takes the two in either order."""
    date, format = node.this, node.args["format"]
    return (format, date) if isinstance(date, exp.Literal) else (date, format)


def directives(format: str) -> list[tuple[str, str]]:
    """The parts of a format of `strftime`: each directive without its `%`, or "" and a text that stands for itself.

    >>> directives("%x at 100%%")
    [('Y', ''), ('', '-'), ('m', ''), ('', '-'), ('d', ''), ('', ' at 100'), ('', '%')]
    """
    written = "".join(_IN_SHORT.get(found[1] or "", found[0]) for found in _DIRECTIVE.finditer(format))
    parts = [(found[1] or "", "" if found[1] else found[0]) for found in _DIRECTIVE.finditer(written)]
    return [("", "%") if directive == "%" else (directive, text) for directive, text in parts]


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


def parts(names: str) -> str:
    """The forms of one part of a date or time, under each of its names: `year(a)`, `extract(year FROM a)`, and so on.

    >>> parts("dow")
    "extract(dow FROM a); date_part('dow', a); datepart('dow', a)"
    """
    forms = []
    for name in names.split():
        forms += [] if name in _NO_FUNCTION else [f"{name}(a)"]
        forms += [f"extract({name} FROM a)", f"date_part('{name}', a)", f"datepart('{name}', a)"]
    return "; ".join(forms)
