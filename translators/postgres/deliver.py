"""The outermost SELECT: each output in the form in which it leaves the server."""

from __future__ import annotations

from sqlglot import exp

from planner.plan import Field
from planner.types import NULL, decimal_parts, exact_parts
from translators.postgres.types import element_type, home, leaves_as_itself, quoted, read_as_text
from translators.postgres.value import Refused, Value


def delivered(value: Value, out: Field, query: exp.Expr) -> str:
    """A column of the outermost SELECT, in the form in which it leaves the server."""
    element = element_type(out.type)
    if value.opaque and value.partial is not None:
        raise Refused(query, value.partial.reason)
    if value.type != out.type and not _carries(value.type, out.type):
        raise Refused(query, f"{out.name} is {out.type} and would be {value.type} in PostgreSQL")
    if element is not None:
        raw = value.base in _RAW_LISTS
        text = value.text if raw else f"{value.text}::text[]"
    elif value.type == NULL:
        text = f"NULL::{home(out.type) or 'text'}"
    elif value.opaque and not leaves_as_itself(value.base, out.type):
        text = f"{value.text}::text"
    elif read_as_text(value.type):
        text = f"trim_scale({value.text})::text" if value.loose else f"{value.text}::text"
    else:
        text = value.text
    return f"{text} AS {quoted(out.name)}"


_RAW_LISTS = frozenset(
    {"_bool", "_int2", "_int4", "_int8", "_float4", "_float8", "_text", "_varchar", "_bytea"}
    | {"_date", "_time", "_timestamp", "_timestamptz"}
)
"""Array types that the driver reads itself; the others leave as text[]."""


def guard(value: Value) -> str:
    """Whether an array has more than one dimension: the driver would flatten it without a word."""
    return f"coalesce(array_ndims({value.text}) > 1, false)"


def _carries(computed: str, wanted: str) -> bool:
    """Whether the client can turn what is computed into what is wanted, checking each value."""
    if computed == NULL:
        return True
    a, b = exact_parts(computed), exact_parts(wanted)
    return a is not None and b is not None and b[1] >= a[1] and (decimal_parts(wanted) is not None or a[1] == 0)
