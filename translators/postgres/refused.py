"""DuckDB's functions that PostgreSQL is not asked for, each with the reason that the receipt gives.

Together with the tables in `scalars` this speaks of every scalar function of DuckDB 2.0.0, which a test checks against DuckDB's
own list.
"""

from __future__ import annotations

import re

from sqlglot import exp

_REFUSED: tuple[tuple[str, str], ...] = (
    (
        "the last digit depends on the mathematical library of the server",
        "acos acosh asin asinh atan atan2 atanh cbrt cos cosh cot exp gamma lgamma ln log log10 log2 pow power sin sinh"
        " tan tanh ** ^",
    ),
    ("PostgreSQL divides where DuckDB multiplies: the last digit differs", "degrees"),
    ("PostgreSQL chooses the scale of a quotient by itself", "decimal_division"),
    ("PostgreSQL rounds decimals away from zero", "round_even roundbankers"),
    (
        "PostgreSQL has no such function",
        "bar bin to_binary to_base binom even nextafter equi_width_bins damerau_levenshtein editdist3 hamming jaccard"
        " jaro_similarity jaro_winkler_similarity levenshtein mismatches url_decode url_encode format_bytes"
        " formatReadableSize formatReadableDecimalSize parse_formatted_bytes parse_dirname parse_dirpath parse_filename"
        " parse_path path_join regexp_escape create_sort_key uuid_extract_timestamp uuid_extract_version",
    ),
    ("PostgreSQL does not know where graphemes end", "left_grapheme right_grapheme length_grapheme substring_grapheme reverse"),
    ("the two systems write formatted values differently", "format printf"),
    ("PostgreSQL has unaccent only as an extension, with rules of its own", "strip_accents"),
    ("PostgreSQL cannot hold the letter 0, and raises for it", "chr"),
    ("the version of Unicode may differ", "nfc_normalize icu_sort_key"),
    (
        "PostgreSQL cannot hold every text that it gives, or raises for others",
        "decode from_base64 from_binary from_hex unbin unhex",
    ),
    (
        "PostgreSQL finds the longest match where DuckDB takes the first",
        "regexp_extract regexp_extract_all regexp_replace regexp_split_to_array string_split_regex str_split_regex",
    ),
    ("PostgreSQL gives an empty text no parts, DuckDB one", "split str_split string_split string_to_array"),
    (
        "it reads the clock",
        "get_current_time get_current_timestamp now today transaction_timestamp current_date current_localtime"
        " current_localtimestamp",
    ),
    ("it is random", "gen_random_uuid random setseed uuid uuidv4 uuidv7"),
    ("PostgreSQL reads texts by a pattern more freely", "strptime try_strptime"),
    ("PostgreSQL normalises intervals with other signs", "normalized_interval"),
    ("PostgreSQL has no nanoseconds", "make_timestamp_ns epoch_ns nanosecond"),
    (
        "it is about the engine that answers",
        "alias can_cast_implicitly cast_to_type current_connection_id current_database current_query current_query_id"
        " current_schema current_schemas current_setting current_transaction_id currval error get_type getvariable"
        " hive_partition_component in_search_path index_key is_histogram_other_bin make_type nextval replace_type setval"
        " sleep_ms stats parse_duckdb_log_message txid_current typeof vector_type version write_log constant_or_null"
        " combine finalize to_aggregate_state bitstring_byte_comparable timetz_byte_comparable which_secret",
    ),
    ("DuckDB's hash is its own", "hash md5_number"),
    ("PostgreSQL has it only as an extension", "sha1"),
    ("PostgreSQL reads it with rules of its own", "make_time make_timestamptz to_microseconds to_milliseconds"),
    ("every session is in UTC: the answer is 0", "timezone_hour timezone_minute"),
    ("lists are only read", "@> <@ flatten grade_up generate_series range unpivot_list aggregate"),
    ("JSON is only read", "to_json row_to_json array_to_json from_json from_json_strict"),
    ("the two systems count buckets from different days", "time_bucket"),
    ("it is pushed as the operator", "add subtract multiply divide"),
    ("bit strings are delivered as texts", "bit_position bitstring get_bit set_bit"),
)

FAMILIES: tuple[tuple[str, str], ...] = (
    ("collations of one name differ between the two systems", r"(icu_)?collate_\w+"),
    ("it is about the engine that answers", r"__\w+"),
    ("PostgreSQL has geometries only as an extension", r"(st|vertex)_\w+"),
    ("PostgreSQL has no variants", r"variant_\w+"),
    ("PostgreSQL delivers no structs, maps or unions", r"(struct|union|map|remap)_\w+|row|map|switch|element_at|cardinality"),
    ("enums are delivered as texts", r"enum_\w+"),
    ("PostgreSQL has no lambda functions", r"((list|array)_)?(transform|apply|filter|reduce)|invoke"),
    (
        "the last digit depends on the order of additions",
        r"(list|array)_(cosine|cross|distance|dot|inner|negative)\w*|<->|<=>",
    ),
    (
        "lists are only read",
        r"(list|array)_(?!contains|has$|extract|element|length|position$|indexof$|has_any$|min$|max$|sum$)\w+",
    ),
    ("JSON is only read", r"json_(?!extract)\w+"),
)

_REASONS = {name: reason for reason, names in _REFUSED for name in names.split()}

_OPERATORS: dict[type[exp.Expr], str] = {exp.Pow: "power", exp.CurrentDate: "current_date", exp.CurrentTimestamp: "now"}


def named(node: exp.Expr) -> str:
    """DuckDB's name of what stands at `node`, in capitals, for a receipt."""
    if isinstance(node, exp.Anonymous):
        return node.name.upper()
    written = node.sql("duckdb") if isinstance(node, exp.Func) else ""
    name = written.split("(", 1)[0]
    return name.upper() if name.isidentifier() and "(" in written else node.key.upper()


def why(name: str) -> str | None:
    """Why the DuckDB function of this name is not pushed; None where no table refuses it."""
    return _REASONS.get(name) or next((reason for reason, pattern in FAMILIES if re.fullmatch(pattern, name)), None)


def reason(node: exp.Expr) -> str:
    """Why `node` is not pushed: one clause that names it."""
    name = named(node)
    known = why(_OPERATORS.get(type(node), name.lower()))
    return f"{name} is not pushed: {known}" if known else f"{name} is not known to mean the same in PostgreSQL"
