"""DuckDB's functions that SQLite is not asked for, each with the reason that the receipt gives.

Together with the tables in `scalars` this speaks of every scalar function of DuckDB 2.0.0, which a test checks against DuckDB's
own list.
"""

from __future__ import annotations

import re

from sqlglot import exp

from translators.sqlite.aggregate_names import reason_left

_REFUSED: tuple[tuple[str, str], ...] = (
    (
        "the last digit depends on the mathematical library, which SQLite need not have",
        "acos acosh asin asinh atan atan2 atanh cbrt cos cosh cot degrees exp gamma lgamma ln log log10 log2 pi pow power"
        " radians sin sinh tan tanh ** ^",
    ),
    ("SQLite stores NaN as NULL, and the result may be NaN", "sqrt even nextafter"),
    (
        "SQLite has no such function for whole numbers",
        "binom bit_count factorial gcd greatest_common_divisor lcm least_common_multiple",
    ),
    ("SQLite shifts beyond 64 bits, where DuckDB raises", "<< >>"),
    ("SQLite stores no minus zero", "signbit"),
    ("SQLite has no half-even rounding", "round_even roundbankers"),
    ("SQLite divides decimals in floating point", "decimal_division"),
    (
        "SQLite has no such function for texts",
        "array_extract array_slice bar bin chr concat_ws editdist3 damerau_levenshtein format hamming jaccard jaro_similarity"
        " jaro_winkler_similarity left_grapheme length_grapheme levenshtein list_slice lpad md5 md5_number mismatches"
        " nfc_normalize overlay printf repeat reverse right_grapheme rpad sha1 sha256 split str_split string_split"
        " string_to_array strip_accents substring_grapheme to_base to_binary translate url_decode url_encode format_bytes"
        " formatReadableDecimalSize formatReadableSize parse_dirname parse_dirpath parse_filename parse_formatted_bytes"
        " parse_path path_join icu_sort_key create_sort_key equi_width_bins",
    ),
    (
        "SQLite has no regular expressions",
        "regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace"
        " regexp_split_to_array str_split_regex string_split_regex",
    ),
    ("SQLite has no such function for binary values", "base64 decode from_base64 from_binary from_hex to_base64 unbin unhex"),
    ("the two systems spell formats differently", "strftime strptime try_strptime time_bucket"),
    (
        "SQLite has no intervals",
        "age normalized_interval to_centuries to_days to_decades to_hours to_microseconds to_millennia to_milliseconds"
        " to_minutes to_months to_quarters to_seconds to_weeks to_years",
    ),
    (
        "SQLite has no dates: Foz makes them of the text in a column only",
        "date_sub datesub era julian make_date make_time make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz"
        " nanosecond epoch_ns to_timestamp",
    ),
    ("SQLite has no time zones", "timezone timezone_hour timezone_minute"),
    (
        "it reads the clock",
        "get_current_time get_current_timestamp now today transaction_timestamp current_date current_localtime"
        " current_localtimestamp",
    ),
    ("it is random", "gen_random_uuid random setseed uuid uuidv4 uuidv7"),
    (
        "it is about the engine that answers",
        "alias can_cast_implicitly cast_to_type current_connection_id current_database current_query current_query_id"
        " current_schema current_schemas current_setting current_transaction_id currval error get_type getvariable"
        " hive_partition_component in_search_path index_key is_histogram_other_bin make_type nextval replace_type setval"
        " sleep_ms stats parse_duckdb_log_message txid_current typeof vector_type version write_log constant_or_null"
        " combine finalize to_aggregate_state bitstring_byte_comparable timetz_byte_comparable",
    ),
    ("DuckDB's hash is its own", "hash"),
    ("it is sent as the operator", "add subtract multiply divide"),
    ("SQLite has no bit strings", "bit_position bitstring get_bit set_bit"),
    ("UUIDs are only read", "uuid_extract_timestamp uuid_extract_version"),
    (
        "SQLite has no lists",
        "@> <@ && <-> <=> aggregate flatten generate_series grade_up invoke range unpivot_list apply filter reduce",
    ),
    (
        "SQLite has no structures",
        "array_to_json from_json from_json_strict row row_to_json to_json map switch element_at cardinality",
    ),
    ("JSON is text in SQLite, whose functions read it with rules of their own", "->>"),
)

FAMILIES: tuple[tuple[str, str], ...] = (
    ("collations of one name differ between the two systems", r"(icu_)?collate_\w+"),
    ("it is about the engine that answers", r"__\w+"),
    ("SQLite has no geometries", r"(st|vertex)_\w+"),
    ("SQLite has no structures", r"(variant|struct|union|map|remap)_\w+"),
    ("SQLite has no enums", r"enum_\w+"),
    ("SQLite has no lists", r"(list|array)_\w+"),
    ("JSON is text in SQLite, whose functions read it with rules of their own", r"json_\w+"),
    ("SQLite has no UUIDs", r"uuid_\w+"),
)

_REASONS = {name: reason for reason, names in _REFUSED for name in names.split()}

_NODES: dict[type[exp.Expr], tuple[str, str]] = {
    exp.Pow: ("power", ""),
    exp.CurrentDate: ("current_date", ""),
    exp.CurrentTimestamp: ("now", ""),
    exp.RegexpLike: ("regexp_matches", ""),
    exp.RegexpILike: ("regexp_matches", ""),
    exp.RegexpFullMatch: ("regexp_full_match", ""),
    exp.Interval: ("INTERVAL", "SQLite has no intervals"),
    exp.Array: ("A list", "SQLite has no lists"),
    exp.Bracket: ("An element", "SQLite has no lists"),
    exp.Dot: ("A member", "SQLite has no structures"),
    exp.Struct: ("A structure", "SQLite has no structures"),
    exp.Lambda: ("A lambda", "SQLite has no lists"),
    exp.Placeholder: ("A parameter", "it has no value yet"),
    exp.TryCast: ("TRY_CAST", "SQLite casts whatever it is given"),
    exp.Unnest: ("UNNEST", "SQLite has no lists"),
    exp.Explode: ("UNNEST", "SQLite has no lists"),
    exp.Any: ("ANY", "SQLite has only IN"),
    exp.All: ("ALL", "SQLite has only IN"),
    exp.SimilarTo: ("SIMILAR TO", "SQLite has no regular expressions"),
    exp.Glob: ("GLOB", "DuckDB's classes of letters are others"),
    exp.Collate: ("COLLATE", "collations of one name differ between the two systems"),
    exp.AtTimeZone: ("AT TIME ZONE", "SQLite has no time zones"),
    exp.BitwiseLeftShift: ("<<", ""),
    exp.BitwiseRightShift: (">>", ""),
    exp.IgnoreNulls: ("IGNORE NULLS", "SQLite has none"),
    exp.Rollup: ("ROLLUP", "SQLite has only plain groups"),
    exp.Cube: ("CUBE", "SQLite has only plain groups"),
    exp.GroupingSets: ("GROUPING SETS", "SQLite has only plain groups"),
    exp.Tuple: ("A row of values", "SQLite compares it by other rules"),
    exp.JSONExtract: ("->", "JSON is text in SQLite, whose functions read it with rules of their own"),
    exp.JSONExtractScalar: ("->>", ""),
}
"""Nodes by DuckDB's name for them, and why, where the name does not say."""


def named(node: exp.Expr) -> str:
    """DuckDB's name of what stands at `node`, in capitals, for a receipt."""
    if isinstance(node, exp.Anonymous):
        return node.name.upper()
    written = node.sql("duckdb") if isinstance(node, exp.Func) else ""
    name = written.split("(", 1)[0]
    return name.upper() if name.isidentifier() and "(" in written else node.key.upper()


def why(name: str) -> str | None:
    """Why the DuckDB function of this name is not sent; None where no table refuses it."""
    return _REASONS.get(name) or next((reason for reason, pattern in FAMILIES if re.fullmatch(pattern, name)), None)


def reason(node: exp.Expr) -> str:
    """Why `node` is not sent: one clause that names it."""
    left = reason_left(node)
    if left is not None:
        return left
    name, known = _NODES.get(type(node), (named(node), ""))
    known = known or why(name.lower()) or ""
    return f"{name} is left to the residual: {known}." if known else f"{name} is not known to mean the same in SQLite."
