"""Every aggregate of DuckDB, and whether PostgreSQL computes it: a name that stands in neither table fails a test.

A name in `PUSHED` goes down for the types of which that can be said; a name in `LEFT` never does, for the reason given.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from translators.forms import STATISTICS

PUSHED = frozenset(
    (
        *("any_value", "arbitrary", "first", "last", "array_agg", "list", "group_concat", "listagg", "string_agg"),
        *("arg_max", "argmax", "max_by", "arg_min", "argmin", "min_by", "avg", "mean", "bit_and", "bit_or", "bit_xor"),
        *("bool_and", "bool_or", "count", "count_star", "count_if", "countif", "max", "min", "sum"),
        *("median", "quantile", "quantile_cont", "quantile_disc"),
    )
)

_RUNNING = "it is computed in floating point, row by row, and its last digits depend on the order of the rows"
_SKETCH = "it is an estimate of DuckDB's own"
_NONE = "PostgreSQL has no such aggregate"
_ORDER = "a sum of floating-point numbers depends on their order"
_INTERNAL = "it is internal to DuckDB"

LEFT: Mapping[str, str] = {
    **dict.fromkeys(("stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp", "sem"), _RUNNING),
    **dict.fromkeys(("corr", "covar_pop", "covar_samp", "skewness", "kurtosis", "kurtosis_pop"), _RUNNING),
    **dict.fromkeys(("regr_avgx", "regr_avgy", "regr_intercept", "regr_r2", "regr_slope"), _RUNNING),
    **dict.fromkeys(("regr_sxx", "regr_sxy", "regr_syy", "product"), _RUNNING),
    **dict.fromkeys(("fsum", "kahan_sum", "sumkahan", "favg"), _ORDER),
    **dict.fromkeys(("approx_count_distinct", "approx_quantile", "approx_top_k", "reservoir_quantile"), _SKETCH),
    **dict.fromkeys(("entropy", "mad", "lttb", "histogram", "histogram_exact", "bitstring_agg", "variant_group_object"), _NONE),
    **dict.fromkeys(("sum_no_overflow", "combine_aggr", "decimal_average"), _INTERNAL),
    "arg_max_null": "a row whose value is NULL takes part in it, and which of two such rows is open",
    "arg_min_null": "a row whose value is NULL takes part in it, and which of two such rows is open",
    "arg_max_nulls_last": "a row whose order is NULL takes part in it, and which of two such rows is open",
    "arg_min_nulls_last": "a row whose order is NULL takes part in it, and which of two such rows is open",
    "mode": "among values that are equally frequent DuckDB takes the one that it met first",
    "regr_count": "PostgreSQL has no unsigned integers to give it in",
}


def reason_left(node: exp.Expr) -> str | None:
    """Why an aggregate is not pushed; None for one that may be, and for what is no aggregate."""
    name = STATISTICS.get(type(node)) or (node.name.lower() if isinstance(node, exp.Anonymous) else "")
    reason = LEFT.get(name)
    return f"{name} is left: {reason}" if reason else None
