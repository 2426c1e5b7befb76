"""Functions of texts, counted in code points as DuckDB counts them.

MongoDB's `$toUpper` and `$toLower` know ASCII alone, so that they are refused; a comparison of either with a constant is a
pattern (`matching`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from translators.mongo.constants import constant
from translators.mongo.expressions import build
from translators.mongo.expressions.casts import as_text
from translators.mongo.expressions.dispatch import Computing, arguments, computes, only
from translators.mongo.expressions.logic import Truth, tests
from translators.mongo.expressions.value import Value, reads_of
from translators.mongo.refusal import Refused

_ALL = 2**30
"""More code points than any document has room for."""

_SPACES = "\u0020\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"
"""What DuckDB trims: Unicode's space separators, and neither tabs nor newlines."""


def text(computing: Computing, node: exp.Expr | None, owner: exp.Expr) -> Value:
    """A text. Raises Refused for any other type."""
    value = computing.value(node)
    if value.type != "VARCHAR" or value.kind not in ("string", "objectId"):
        raise Refused(owner, f"{owner.key.upper()} of {value.type} is not translated to MongoDB")
    return as_text(value, owner)


def constant_text(node: exp.Expr | None, owner: exp.Expr) -> str:
    found = constant(node) if node is not None else None
    if found is None or found.kind not in ("string", "text") or "\0" in found.value:
        raise Refused(owner, f"an argument of {owner.key.upper()} is not a constant text")
    return str(found.value)


def constant_number(node: exp.Expr | None, owner: exp.Expr) -> int:
    found = constant(node) if node is not None else None
    if found is None or found.kind != "int" or abs(found.value) >= _ALL:
        raise Refused(owner, f"an argument of {owner.key.upper()} is not a constant whole number")
    return int(found.value)


def _of(value: Value, body: Callable[[Any], Any], type: str = "VARCHAR", kind: str = "string") -> Value:
    """`body` over a text, null where that is null."""
    found = build.let(value.expression, lambda x: build.unless_null([x] if value.nullable else [], body(x)))
    return Value(found, type, kind, value.nullable, value.reads)


@computes(exp.BitLength, named=("strlen",))
def _bytes(computing: Computing, node: exp.Expr) -> Value:
    value = text(computing, arguments(node, 1)[0] if isinstance(node, exp.Anonymous) else node.this, node)
    factor = 8 if isinstance(node, exp.BitLength) else 1
    return _of(
        value, lambda x: {"$multiply": [{"$strLenBytes": x}, factor]} if factor > 1 else {"$strLenBytes": x}, "BIGINT", "long"
    )


def length(value: Value) -> Value:
    return _of(value, lambda x: {"$strLenCP": x}, "BIGINT", "long")


@computes(exp.Substring)
def _substring(computing: Computing, node: exp.Substring) -> Value:
    only(node, "this", "start", "length")
    value = text(computing, node.this, node)
    start = constant_number(node.args.get("start"), node)
    given = node.args.get("length")
    count = _ALL if given is None else constant_number(given, node)
    if count < 0:
        raise Refused(node, "SUBSTRING of a negative length is not translated to MongoDB")
    return substring(value, start, count)


def substring(value: Value, start: int, count: int) -> Value:
    return _of(value, lambda x: _slice(x, start, count))


def _slice(x: Any, start: int, count: int) -> Any:
    """DuckDB counts from 1; 0 is the place before it, and negative places count from the end, even beyond the beginning."""
    if start > 0:
        return {"$substrCP": [x, start - 1, count]}
    if start == 0:
        return {"$substrCP": [x, 0, count if count == _ALL else max(0, count - 1)]}

    def body(first: Any) -> Any:
        begin = {"$max": [first, 0]}
        if count == _ALL:
            return {"$substrCP": [x, begin, _ALL]}
        return {"$substrCP": [x, begin, {"$max": [{"$subtract": [{"$add": [first, count]}, begin]}, 0]}]}

    return build.let({"$add": [{"$strLenCP": x}, start]}, body)


@computes(exp.Left, exp.Right)
def _side(computing: Computing, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    value = text(computing, node.this, node)
    count = constant_number(node.expression, node)
    return _of(value, lambda x: left(x, count) if isinstance(node, exp.Left) else right(x, count))


def left(x: Any, count: int) -> Any:
    if count >= 0:
        return {"$substrCP": [x, 0, count]}
    return {"$substrCP": [x, 0, {"$max": [{"$add": [{"$strLenCP": x}, count]}, 0]}]}


def right(x: Any, count: int) -> Any:
    if count < 0:
        return {"$substrCP": [x, -count, _ALL]}
    return {"$substrCP": [x, {"$max": [{"$subtract": [{"$strLenCP": x}, count]}, 0]}, count]}


@computes(exp.DPipe)
def _joined(computing: Computing, node: exp.DPipe) -> Value:
    only(node, "this", "expression", "safe")
    parts = [as_text(computing.value(part), node) for part in (node.this, node.expression)]
    if any(part.is_null for part in parts):
        raise Refused(node, "nothing but NULL is no value of a type")
    expression = build.computed("$concat", [part.expression for part in parts])
    return Value(expression, "VARCHAR", "string", any(part.nullable for part in parts), reads_of(*parts))


def _unless_null(part: Value) -> Any:
    return {"$ifNull": [part.expression, build.constant("")]} if part.nullable else part.expression


@computes(exp.Concat)
def _concatenated(computing: Computing, node: exp.Concat) -> Value:
    only(node, "expressions", "safe", "coalesce")
    if not node.args.get("coalesce"):
        raise Refused(node, "this form of CONCAT is not translated to MongoDB")
    parts = [as_text(computing.value(part), node) for part in node.expressions]
    return Value({"$concat": [_unless_null(part) for part in parts]}, "VARCHAR", "string", False, reads_of(*parts))


@computes(exp.ConcatWs)
def _concatenated_with(computing: Computing, node: exp.ConcatWs) -> Value:
    only(node, "expressions", "safe", "coalesce")
    separator = constant_text(node.expressions[0], node)
    parts = [as_text(computing.value(part), node) for part in node.expressions[1:]]
    if not parts:
        raise Refused(node, "CONCAT_WS of nothing is not translated to MongoDB")
    present = build.kept([part.expression for part in parts], build.is_present)
    joined = {
        "$reduce": {
            "input": present,
            "initialValue": None,
            "in": build.cond({"$eq": ["$$value", None]}, "$$this", {"$concat": ["$$value", build.constant(separator), "$$this"]}),
        }
    }
    return Value({"$ifNull": [joined, build.constant("")]}, "VARCHAR", "string", False, reads_of(*parts))


@computes(exp.Replace)
def _replaced(computing: Computing, node: exp.Replace) -> Value:
    only(node, "this", "expression", "replacement")
    value, new = text(computing, node.this, node), text(computing, node.args["replacement"], node)
    old = constant_text(node.expression, node)
    if not old:
        return Value(build.unless_null([new.expression], value.expression), "VARCHAR", "string", True, reads_of(value, new))
    found = {"$replaceAll": {"input": value.expression, "find": build.constant(old), "replacement": new.expression}}
    return Value(found, "VARCHAR", "string", value.nullable or new.nullable, reads_of(value, new))


def place(value: Value, part: Value) -> Any:
    """Where the one begins in the other, from 0; -1 where it does not; null where either is null."""
    return build.lets(
        [value.expression, part.expression],
        lambda x, y: build.unless_null([each for each, of in ((x, value), (y, part)) if of.nullable], {"$indexOfCP": [x, y]}),
    )


@computes(exp.StrPosition)
def _position(computing: Computing, node: exp.StrPosition) -> Value:
    only(node, "this", "substr")
    value, part = text(computing, node.this, node), text(computing, node.args.get("substr"), node)
    nullable = value.nullable or part.nullable
    return Value({"$add": [place(value, part), 1]}, "BIGINT", "long", nullable, reads_of(value, part))


def _found(value: Value, part: Value, true: Any, false: Any) -> Truth:
    """A predicate over the place of one text in another."""
    where = place(value, part)
    nullable = value.nullable or part.nullable
    return Truth(build.let(where, true), build.let(where, false), nullable, reads_of(value, part))


@tests(exp.Contains)
def _contains(computing: Computing, node: exp.Contains) -> Truth:
    only(node, "this", "expression")
    value, part = text(computing, node.this, node), text(computing, node.expression, node)
    return _found(value, part, lambda at: {"$gte": [at, 0]}, lambda at: {"$eq": [at, -1]})


@tests(exp.StartsWith)
def _starts_with(computing: Computing, node: exp.StartsWith) -> Truth:
    only(node, "this", "expression")
    value, part = text(computing, node.this, node), text(computing, node.expression, node)
    return _found(
        value,
        part,
        lambda at: {"$eq": [at, 0]},
        lambda at: build.every([build.is_present(at), {"$ne": [at, 0]}]),
    )


@computes(named=("prefix", "suffix"))
def _affix(computing: Computing, node: exp.Anonymous) -> Value:
    first, second = arguments(node, 2)
    kind = exp.StartsWith if node.name.lower() == "prefix" else exp.EndsWith
    same = kind()
    same.args = {"this": first, "expression": second}
    return computing.value(same)


@tests(exp.EndsWith)
def _ends_with(computing: Computing, node: exp.EndsWith) -> Truth:
    only(node, "this", "expression")
    value, part = text(computing, node.this, node), text(computing, node.expression, node)

    def same(x: Any, y: Any) -> Any:
        count = {"$strLenCP": y}
        tail = {"$substrCP": [x, {"$max": [{"$subtract": [{"$strLenCP": x}, count]}, 0]}, count]}
        return build.unless_null([each for each, of in ((x, value), (y, part)) if of.nullable], {"$eq": [tail, y]})

    direct = build.lets([value.expression, part.expression], same)
    nullable = value.nullable or part.nullable
    return Truth({"$eq": [direct, True]}, {"$eq": [direct, False]}, nullable, reads_of(value, part), direct)


@computes(exp.Trim)
def _trimmed(computing: Computing, node: exp.Trim) -> Value:
    only(node, "this", "expression", "position")
    value = text(computing, node.this, node)
    given = node.args.get("expression")
    characters = _SPACES if given is None else constant_text(given, node)
    operator = {"LEADING": "$ltrim", "TRAILING": "$rtrim"}.get(str(node.args.get("position") or ""), "$trim")
    if not characters:
        return value
    found = {operator: {"input": value.expression, "chars": build.constant(characters)}}
    return Value(found, "VARCHAR", "string", value.nullable, value.reads)


@computes(exp.SplitPart)
def _split_part(computing: Computing, node: exp.SplitPart) -> Value:
    only(node, "this", "delimiter", "part_index")
    value = text(computing, node.this, node)
    separator, index = constant_text(node.args["delimiter"], node), constant_number(node.args["part_index"], node)
    if not separator:
        raise Refused(node, "SPLIT_PART by nothing is not translated to MongoDB")
    if index == 0:
        raise Refused(node, "SPLIT_PART of the part 0 is not translated to MongoDB")
    at = index - 1 if index > 0 else index
    return _of(
        value,
        lambda x: {"$ifNull": [{"$arrayElemAt": [{"$split": [x, build.constant(separator)]}, at]}, build.constant("")]},
    )


@computes(exp.Split)
def _split(computing: Computing, node: exp.Split) -> Value:
    only(node, "this", "expression")
    value = text(computing, node.this, node)
    separator = constant_text(node.expression, node)
    if not separator:
        raise Refused(node, "SPLIT by nothing is not translated to MongoDB")
    found = {"$split": [value.expression, build.constant(separator)]}
    return Value(found, "VARCHAR[]", "array", value.nullable, value.reads)


_MOST_COPIES = 50


@computes(exp.Repeat)
def _repeated(computing: Computing, node: exp.Repeat) -> Value:
    only(node, "this", "times")
    value = text(computing, node.this, node)
    times = constant_number(node.args["times"], node)
    if times > _MOST_COPIES:
        raise Refused(node, "so many repetitions are not translated to MongoDB")
    return _of(value, lambda x: {"$concat": [x] * times} if times > 0 else build.constant(""))


@computes(exp.Pad)
def _padded(computing: Computing, node: exp.Pad) -> Value:
    only(node, "this", "expression", "fill_pattern", "is_left")
    value = text(computing, node.this, node)
    width, fill = constant_number(node.expression, node), constant_text(node.args.get("fill_pattern"), node)
    if not 0 <= width <= 1000 or not fill:
        raise Refused(node, "this padding is not translated to MongoDB")
    filling = build.constant((fill * (width // len(fill) + 1))[:width])

    def body(x: Any) -> Any:
        missing = {"$substrCP": [filling, 0, {"$max": [{"$subtract": [width, {"$strLenCP": x}]}, 0]}]}
        kept = {"$substrCP": [x, 0, width]}
        return {"$concat": [missing, kept] if node.args.get("is_left") else [kept, missing]}

    return _of(value, body)
