"""Texts, by code points. Several of SQLite's functions end at a zero byte: `_unless_zero` takes what has one another way."""

from __future__ import annotations

from translators.sqlite.constants import text
from translators.sqlite.scalars.table import Row, row

_SPACES = text(" \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")
"""What DuckDB trims: the separators of Unicode, but no tabs and line ends."""

_BYTES = "CAST({a} AS BLOB)"

_ENDS = f"CASE WHEN {{a}} IS NOT NULL THEN coalesce(substr({_BYTES}, -length(CAST({{b}} AS BLOB))) = CAST({{b}} AS BLOB), 0) END"
"""Of an empty value SQLite gives no last bytes, but NULL."""


def _unless_zero(sql: str, otherwise: str) -> str:
    return f"CASE WHEN instr({{a}}, char(0)) THEN {otherwise} ELSE {sql} END"


def _of_letters(name: str, short: str) -> Row:
    """SQLite knows the case of ASCII letters: a text of as many bytes as letters has no others."""
    return row(
        f"{name}(a); {short}(a)",
        "text",
        f"CASE length({{a}}) WHEN length({_BYTES}) THEN {name}({{a}}) ELSE foz_{name}({{a}}) END",
        "VARCHAR",
    )


ROWS: tuple[Row, ...] = (
    row(
        "length(a); len(a); char_length(a); character_length(a)",
        "text",
        _unless_zero("length({a})", "foz_length({a})"),
        "BIGINT",
    ),
    row("strlen(a)", "text", f"length({_BYTES})", "BIGINT"),
    row("bit_length(a)", "text", f"(length({_BYTES}) * 8)", "BIGINT"),
    row("octet_length(a)", "blob", "length({a})", "BIGINT"),
    row("ascii(a)", "text", "CASE WHEN {a} IS NOT NULL THEN coalesce(unicode({a}), 0) END", "INTEGER"),
    row(
        "unicode(a); ord(a)",
        "text",
        "CASE WHEN {a} = '' THEN -1 WHEN {a} IS NOT NULL THEN coalesce(unicode({a}), 0) END",
        "INTEGER",
    ),
    _of_letters("lower", "lcase"),
    _of_letters("upper", "ucase"),
    row(
        "substring(a, b); substr(a, b)",
        "text position",
        _unless_zero("substr({a}, {b})", "foz_substring({a}, {b}, NULL)"),
        "VARCHAR",
    ),
    row(
        "substring(a, b, c); substr(a, b, c)",
        "text position size",
        _unless_zero("substr({a}, {b}, {c})", "foz_substring({a}, {b}, {c})"),
        "VARCHAR",
    ),
    row("left(a, b)", "text size", _unless_zero("substr({a}, 1, {b})", "foz_substring({a}, 1, {b})"), "VARCHAR"),
    row("right(a, b)", "text position", _unless_zero("substr({a}, -{b})", "foz_substring({a}, -{b}, NULL)"), "VARCHAR"),
    row("replace(a, b, c)", "text word text", "replace({a}, {b}, {c})", "VARCHAR"),
    *(row(f"{name}(a)", "text", f"{name}({{a}}, {_SPACES})", "VARCHAR") for name in ("trim", "ltrim", "rtrim")),
    *(row(f"{name}(a, b)", "text word", f"{name}({{a}}, {{b}})", "VARCHAR") for name in ("trim", "ltrim", "rtrim")),
    row("strpos(a, b); instr(a, b)", "text text", "instr({a}, {b})", "BIGINT"),
    row("position(a IN b)", "text text", "instr({b}, {a})", "BIGINT"),
    row("contains(a, b)", "text text", "(instr({a}, {b}) > 0)", "BOOLEAN"),
    row("prefix(a, b)", "text text", "(instr({a}, {b}) = 1)", "BOOLEAN"),
    row("ends_with(a, b); suffix(a, b)", "text word", _ENDS, "BOOLEAN"),
    row("a || b", "text text", "({a} || {b})", "VARCHAR"),
    *(row("hex(a); to_hex(a)", kind, "CASE WHEN {a} IS NOT NULL THEN hex({a}) END", "VARCHAR") for kind in ("text", "blob")),
    row("encode(a)", "text", _BYTES, "BLOB"),
)
