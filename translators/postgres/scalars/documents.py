"""JSON of jsonb columns: members by a single name, which both systems find alike.

DuckDB writes numbers and nested JSON in a way of its own, so that what is found is compared with constants that are neither,
or asked whether it is NULL, and nothing else.
"""

from __future__ import annotations

import re

from sqlglot import exp

from planner.types import Typed
from translators.postgres.expressions import Context, renders
from translators.postgres.types import literal_text
from translators.postgres.value import Partial, Refused, Value

FUNCTIONS = ("->>", "json_extract", "json_extract_path", "json_extract_string", "json_extract_path_text")

_REASON = "DuckDB writes numbers and nested JSON in its own way"
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def _is_word(constant: str) -> bool:
    """Whether a text can be neither a number nor nested JSON."""
    return not constant or constant[0] not in "0123456789-[{"


def _never(constant: str) -> bool:
    return False


def _member(context: Context, node: exp.Expr) -> tuple[str, str]:
    """The jsonb that is looked into, and the member's name as a constant."""
    value, path = context.value(node.this), node.expression
    if value.base != "jsonb" or not value.text.endswith("::text") or value.nullified:
        raise Refused(node, "JSON is looked into only in columns of the type jsonb")
    parts = path.expressions if isinstance(path, exp.JSONPath) else []
    # a path of two names may have been one name with a dot
    if len(parts) != 2 or not isinstance(parts[1], exp.JSONPathKey) or not _NAME.fullmatch(str(parts[1].this)):
        raise Refused(node, "JSON is looked into only by a single plain name")
    return value.text.removesuffix("::text"), literal_text(str(parts[1].this))


@renders(exp.JSONExtract)
def _extracted(context: Context, node: exp.Expr) -> Value:
    source, name = _member(context, node)
    return Value(f"({source} -> {name})::text", Typed("JSON"), opaque=True, base="jsonb", partial=Partial("", _never, _REASON))


@renders(exp.JSONExtractScalar)
def _extracted_text(context: Context, node: exp.Expr) -> Value:
    source, name = _member(context, node)
    text = f"({source} ->> {name})"
    return Value(text, Typed("VARCHAR"), opaque=True, partial=Partial(text, _is_word, _REASON))
