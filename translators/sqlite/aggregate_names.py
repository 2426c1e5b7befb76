"""Every aggregate of DuckDB, and whether SQLite computes it: a name that stands in neither table fails a test.

A name in `PUSHED` goes down for the types of which that can be said; a name in `LEFT` never does, for the reason given.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from translators.forms import STATISTICS

PUSHED = frozenset(
    ("count", "count_star", "count_if", "countif", "sum", "avg", "min", "max", "bool_and", "bool_or"),
)
"""Aggregates that SQLite computes for the types of which that can be said."""

_ORDER = "it depends on the order of the rows, which SQLite does not let an aggregate have"
FLOATS = "SQLite and DuckDB add floating-point numbers in another order"
_RUNNING = "it is computed in floating point, row by row, and its last digits depend on the order of the rows"
_NONE = "SQLite has no such aggregate"
_SKETCH = "it is an estimate of DuckDB's own"
_INTERNAL = "it is internal to DuckDB"
_TIES = "among several rows that are equally far DuckDB takes the one that it met first"

LEFT: Mapping[str, str] = {
    "mean": "only the spelling avg is sent",
    **dict.fromkeys(("any_value", "arbitrary", "first", "last", "array_agg", "list"), _ORDER),
    **dict.fromkeys(("group_concat", "listagg", "string_agg"), _ORDER),
    **dict.fromkeys(("arg_max", "argmax", "max_by", "arg_min", "argmin", "min_by"), _TIES),
    **dict.fromkeys(("arg_max_null", "arg_min_null", "arg_max_nulls_last", "arg_min_nulls_last"), _TIES),
    "mode": "among values that are equally frequent DuckDB takes the one that it met first",
    **dict.fromkeys(("stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp", "sem"), _RUNNING),
    **dict.fromkeys(("corr", "covar_pop", "covar_samp", "skewness", "kurtosis", "kurtosis_pop"), _RUNNING),
    **dict.fromkeys(("regr_avgx", "regr_avgy", "regr_intercept", "regr_r2", "regr_slope"), _RUNNING),
    **dict.fromkeys(("regr_sxx", "regr_sxy", "regr_syy", "product"), _RUNNING),
    **dict.fromkeys(("fsum", "kahan_sum", "sumkahan", "favg"), FLOATS),
    **dict.fromkeys(("approx_count_distinct", "approx_quantile", "approx_top_k", "reservoir_quantile"), _SKETCH),
    **dict.fromkeys(("bit_and", "bit_or", "bit_xor", "bitstring_agg", "entropy", "mad", "lttb", "median"), _NONE),
    **dict.fromkeys(("quantile", "quantile_cont", "quantile_disc", "histogram", "histogram_exact"), _NONE),
    **dict.fromkeys(("variant_group_object", "regr_count"), _NONE),
    **dict.fromkeys(("sum_no_overflow", "combine_aggr", "decimal_average"), _INTERNAL),
}
"""Aggregates that are never sent, each with its reason."""

NODES: Mapping[type[exp.Expr], str] = {
    **STATISTICS,
    exp.AnyValue: "any_value",
    exp.First: "first",
    exp.Last: "last",
    exp.ArrayAgg: "array_agg",
    exp.GroupConcat: "string_agg",
    exp.ArgMax: "arg_max",
    exp.ArgMin: "arg_min",
    exp.BitwiseAndAgg: "bit_and",
    exp.BitwiseOrAgg: "bit_or",
    exp.BitwiseXorAgg: "bit_xor",
    exp.Median: "median",
    exp.Quantile: "quantile",
    exp.PercentileCont: "quantile_cont",
    exp.PercentileDisc: "quantile_disc",
}
"""The aggregates of `LEFT` that sqlglot has nodes for; it knows the others by their names only."""


def reason_left(node: exp.Expr) -> str | None:
    """Why an aggregate is not sent; None for one that may be, and for what is no aggregate."""
    if isinstance(node, (exp.IgnoreNulls, exp.RespectNulls, exp.Filter)):
        return reason_left(node.this)
    name = NODES.get(type(node)) or (node.name.lower() if isinstance(node, exp.Anonymous) else "")
    known = LEFT.get(name)
    return f"{name} is left: {known}." if known else None
