"""Texts: functions that count code points, as DuckDB's do, and take them as they are."""

from __future__ import annotations

from translators.postgres.scalars.table import Row, row
from translators.postgres.types import literal_text

_FROM = "(CASE WHEN {b} < 0 THEN length({a}) + {b} + 1 ELSE {b} END)"
"""DuckDB counts a negative position from the end."""

_SPACES = literal_text(" \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")
"""What DuckDB trims: the separators of Unicode, but no tabs and line ends."""

_TRIMS = (("trim(a)", "btrim"), ("ltrim(a)", "ltrim"), ("rtrim(a)", "rtrim"))

_BYTES = "convert_to({a}, 'UTF8')"

ROWS: tuple[Row, ...] = (
    row("length(a); len(a); char_length(a); character_length(a)", "text", "length({a})::int8", "BIGINT"),
    row("strlen(a)", "text", "octet_length({a})::int8", "BIGINT", utf8=True),
    row("bit_length(a)", "text", "bit_length({a})::int8", "BIGINT", utf8=True),
    row("octet_length(a)", "blob", "octet_length({a})::int8", "BIGINT"),
    row("ascii(a)", "text", "ascii({a})", "INTEGER", utf8=True),
    row("unicode(a); ord(a)", "text", "(CASE WHEN {a} = '' THEN -1 ELSE ascii({a}) END)", "INTEGER", utf8=True),
    row("substring(a, b); substr(a, b)", "text position", "substr({a}, {b})", "VARCHAR"),
    row("substring(a, b, c); substr(a, b, c)", "text position size", "substr({a}, {b}, {c})", "VARCHAR"),
    row("substring(a, b); substr(a, b)", "text count", f"substr({{a}}, {_FROM})", "VARCHAR"),
    row("substring(a, b, c); substr(a, b, c)", "text count size", f"substr({{a}}, {_FROM}, {{c}})", "VARCHAR"),
    row(
        "substring(a, b, c); substr(a, b, c)",
        "text count count",
        f"(CASE WHEN {{c}} < 0 THEN substr({{a}}, {_FROM} + {{c}}, - {{c}}) ELSE substr({{a}}, {_FROM}, {{c}}) END)",
        "VARCHAR",
    ),
    row("left(a, b)", "text count", '"left"({a}, {b})', "VARCHAR"),
    row("right(a, b)", "text count", '"right"({a}, {b})', "VARCHAR"),
    row("lpad(a, b, c)", "text count word", "lpad({a}, {b}, {c})", "VARCHAR"),
    row("rpad(a, b, c)", "text count word", "rpad({a}, {b}, {c})", "VARCHAR"),
    row("repeat(a, b)", "text count", "repeat({a}, {b})", "VARCHAR"),
    row("replace(a, b, c)", "text text text", "replace({a}, {b}, {c})", "VARCHAR"),
    row("translate(a, b, c)", "text text text", "translate({a}, {b}, {c})", "VARCHAR"),
    row("trim(a, b)", "text text", "btrim({a}, {b})", "VARCHAR"),
    row("ltrim(a, b)", "text text", "ltrim({a}, {b})", "VARCHAR"),
    row("rtrim(a, b)", "text text", "rtrim({a}, {b})", "VARCHAR"),
    *(row(form, "text", f"{name}({{a}}, {_SPACES})", "VARCHAR", utf8=True) for form, name in _TRIMS),
    row("split_part(a, b, c)", "text word position", "split_part({a}, {b}, {c})", "VARCHAR"),
    row("split_part(a, b, -c)", "text word position", "split_part({a}, {b}, -{c})", "VARCHAR"),
    row("strpos(a, b); instr(a, b)", "text text", "strpos({a}, {b})::int8", "BIGINT"),
    row("position(a IN b)", "text text", "strpos({b}, {a})::int8", "BIGINT"),
    row("starts_with(a, b); prefix(a, b); a ^@ b", "text text", "starts_with({a}, {b})", "BOOLEAN"),
    row("ends_with(a, b); suffix(a, b)", "text text", '("right"({a}, length({b})) = {b})', "BOOLEAN"),
    row("contains(a, b)", "text text", "(strpos({a}, {b}) > 0)", "BOOLEAN"),
    row("overlay(a, b, c)", "text text position", "overlay({a} PLACING {b} FROM {c})", "VARCHAR"),
    row("overlay(a, b, c, d)", "text text position size", "overlay({a} PLACING {b} FROM {c} FOR {d})", "VARCHAR"),
    row("a || b", "text text", "({a} || {b})", "VARCHAR"),
    row("md5(a)", "text", f"md5({_BYTES})", "VARCHAR"),
    row("md5(a)", "blob", "md5({a})", "VARCHAR"),
    row("sha256(a)", "text", f"encode(sha256({_BYTES}), 'hex')", "VARCHAR"),
    row("sha256(a)", "blob", "encode(sha256({a}), 'hex')", "VARCHAR"),
    row("hex(a); to_hex(a)", "text", f"translate(encode({_BYTES}, 'hex'), 'abcdef', 'ABCDEF')", "VARCHAR"),
    row("hex(a); to_hex(a)", "blob", "translate(encode({a}, 'hex'), 'abcdef', 'ABCDEF')", "VARCHAR"),
    row("hex(a); to_hex(a)", "bigint", "translate(to_hex({a}), 'abcdef', 'ABCDEF')", "VARCHAR"),
    row("base64(a); to_base64(a)", "blob", "translate(encode({a}, 'base64'), chr(10), '')", "VARCHAR"),
    row("encode(a)", "text", _BYTES, "BLOB"),
)
