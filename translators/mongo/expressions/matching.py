"""LIKE and regular expressions over computed texts, and comparisons of a text in lower or upper case with a constant."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from translators.mongo.constants import constant
from translators.mongo.expressions import build
from translators.mongo.expressions.dispatch import Computing, computes, only
from translators.mongo.expressions.logic import PREDICATES, Predicate, Truth, tests
from translators.mongo.expressions.strings import constant_text, text
from translators.mongo.expressions.value import Value
from translators.mongo.patterns import PatternRefused, common_regex, folded_regex, like_regex
from translators.mongo.refusal import Refused


def _matches(value: Value, regex: str) -> Truth:
    """`$regexMatch` is false for null."""
    found = {"$regexMatch": {"input": value.expression, "regex": build.constant(regex), "options": "s"}}
    if not value.nullable:
        return Truth(found, build.negation(found), nullable=False, reads=value.reads)
    missed = build.let(
        value.expression,
        lambda x: build.every(
            [
                build.is_present(x),
                build.negation({"$regexMatch": {"input": x, "regex": build.constant(regex), "options": "s"}}),
            ]
        ),
    )
    return Truth(found, missed, nullable=True, reads=value.reads)


@tests(exp.Like, exp.ILike)
def _like(computing: Computing, node: exp.Expr) -> Truth:
    only(node, "this", "expression", "negate")
    value = text(computing, node.this, node)
    pattern = constant_text(node.expression, node)
    try:
        found = _matches(value, like_regex(pattern, insensitive=isinstance(node, exp.ILike)))
    except PatternRefused as error:
        raise Refused(node, str(error)) from None
    return found.negated if node.args.get("negate") else found


@tests(exp.RegexpLike, exp.RegexpFullMatch, exp.SimilarTo)
def _regexp(computing: Computing, node: exp.Expr) -> Truth:
    only(node, "this", "expression")
    value = text(computing, node.this, node)
    regex = _regex(node.expression, node)
    return _matches(value, rf"\A(?:{regex})\z" if not isinstance(node, exp.RegexpLike) else regex)


def _regex(node: exp.Expr | None, owner: exp.Expr) -> str:
    try:
        return common_regex(constant_text(node, owner))
    except PatternRefused as error:
        raise Refused(owner, str(error)) from None


@computes(exp.RegexpExtract)
def _extracted(computing: Computing, node: exp.RegexpExtract) -> Value:
    only(node, "this", "expression", "group", "null_if_pos_overflow")
    value = text(computing, node.this, node)
    regex = _regex(node.expression, node)
    given = node.args.get("group")
    group = constant(given).value if given is not None and constant(given) is not None else 0  # type: ignore[union-attr]
    if not isinstance(group, int) or not 0 <= group <= re.compile(regex.replace(r"\z", "$").replace(r"\A", "^")).groups:
        raise Refused(node, "the group is not one of the pattern's")

    def body(x: Any) -> Any:
        found = {"$regexFind": {"input": x, "regex": build.constant(regex), "options": "s"}}

        def part(match: Any) -> Any:
            if group == 0:
                return {"$ifNull": [_field(match, "match"), build.constant("")]}
            return {"$ifNull": [{"$arrayElemAt": [_field(match, "captures"), group - 1]}, build.constant("")]}

        return build.unless_null([x] if value.nullable else [], build.let(found, part))

    return Value(build.let(value.expression, body), "VARCHAR", "string", value.nullable, value.reads)


def _field(document: Any, name: str) -> Any:
    return {"$getField": {"field": name, "input": document}}


def _folding(otherwise: Predicate) -> Predicate:
    """A comparison in which `lower(x)` or `upper(x)` meets a constant is a pattern; any other is left to `otherwise`."""

    def predicate(computing: Computing, node: Any) -> Truth:
        left, right = node.this, node.args.get("expression")
        if isinstance(node, (exp.EQ, exp.NEQ)) and isinstance(right, (exp.Lower, exp.Upper)):
            left, right = right, left
        if not isinstance(left, (exp.Lower, exp.Upper)):
            return otherwise(computing, node)
        given = node.expressions if isinstance(node, exp.In) else [right]
        if not given:
            return otherwise(computing, node)
        value = text(computing, left.this, left)
        try:
            regexes = [folded_regex(constant_text(item, left), upper=isinstance(left, exp.Upper)) for item in given]
        except PatternRefused as error:
            raise Refused(left, str(error)) from None
        found = _matches(value, rf"^(?:{'|'.join(regexes)})\z")
        return found.negated if isinstance(node, exp.NEQ) else found

    return predicate


for _kind in (exp.EQ, exp.NEQ, exp.In):
    tests(_kind)(_folding(PREDICATES[_kind]))
