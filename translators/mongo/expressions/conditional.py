"""CASE, IF, COALESCE, NULLIF, GREATEST and LEAST: branches in one type, and only the chosen one computed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlglot import exp

from planner.types import NULL
from translators.mongo.constants import Constant
from translators.mongo.expressions import build
from translators.mongo.expressions.compare import comparable, compare
from translators.mongo.expressions.convert import united
from translators.mongo.expressions.dispatch import Computing, computes, only
from translators.mongo.expressions.literals import KIND_OF_TYPE, known
from translators.mongo.expressions.logic import truth
from translators.mongo.expressions.value import Value, reads_of
from translators.mongo.fields import Field
from translators.mongo.refusal import Refused


def branches(values: list[Value], node: exp.Expr) -> tuple[list[Value], str, str]:
    """The values in one type and as one kind of BSON, and both. Raises Refused."""
    found, type = united(values, node)
    if type == NULL:
        raise Refused(node, "nothing but NULL is no value of a type")
    kinds = {value.kind for value in found if not value.is_null} or {KIND_OF_TYPE.get(type, "decimal")}
    if kinds <= {"string", "objectId"} and len(kinds) == 2:
        found = [
            replace(value, expression={"$toString": value.expression}, kind="string") if value.kind == "objectId" else value
            for value in found
        ]
        kinds = {"string"}
    if kinds <= {"int", "long"}:
        kinds = {"int"} if type == "INTEGER" else {"long"}
    if kinds & {"array", "object"}:
        raise Refused(node, f"values of {type} are not chosen between in MongoDB")
    if len(kinds) != 1:
        raise Refused(node, f"{' and '.join(sorted(kinds))} are not one type in MongoDB")
    return found, type, kinds.pop()


@computes(exp.Case)
def _case(computing: Computing, node: exp.Case) -> Value:
    only(node, "this", "ifs", "default")
    tests = []
    for part in node.args["ifs"]:
        tests.append(truth(computing, part.this if node.this is None else _compared(node.this, part.this)))
    default = node.args.get("default")
    values = [computing.value(part.args["true"]) for part in node.args["ifs"]]
    values.append(computing.value(default) if default is not None else known(Constant("null"), NULL))
    found, type, kind = branches(values, node)
    reads = frozenset[Field]().union(*(test.reads for test in tests)) | reads_of(*found)
    cases = [{"case": test.true, "then": value.expression} for test, value in zip(tests, found, strict=False)]
    expression: Any = found[-1].expression
    if len(cases) == 1:
        expression = build.cond(cases[0]["case"], cases[0]["then"], expression)
    else:
        expression = {"$switch": {"branches": cases, "default": expression}}
    return Value(expression, type, kind, any(value.nullable for value in found), reads)


def _compared(subject: exp.Expr, value: exp.Expr) -> exp.Expr:
    """`subject = value` of the nodes themselves, which are known by their identity."""
    test = exp.EQ()
    test.args = {"this": subject, "expression": value}
    return test


@computes(exp.If)
def _if(computing: Computing, node: exp.If) -> Value:
    only(node, "this", "true", "false")
    test = truth(computing, node.this)
    other = node.args.get("false")
    values = [computing.value(node.args["true"]), computing.value(other) if other is not None else known(Constant("null"), NULL)]
    found, type, kind = branches(values, node)
    expression = build.cond(test.true, found[0].expression, found[1].expression)
    return Value(expression, type, kind, any(value.nullable for value in found), test.reads | reads_of(*found))


@computes(exp.Coalesce)
def _coalesce(computing: Computing, node: exp.Coalesce) -> Value:
    only(node, "this", "expressions")
    values = [computing.value(part) for part in (node.this, *node.expressions)]
    found, type, kind = branches(values, node)
    expression = {"$ifNull": [value.expression for value in found]} if len(found) > 1 else found[0].expression
    return Value(expression, type, kind, all(value.nullable for value in found), reads_of(*found))


@computes(exp.Nullif)
def _nullif(computing: Computing, node: exp.Nullif) -> Value:
    only(node, "this", "expression")
    value, other = computing.value(node.this), computing.value(node.expression)
    if value.type == NULL:
        raise Refused(node, "nothing but NULL is no value of a type")
    left, right = comparable([value, other], node)
    equal = compare(exp.EQ, left, right, node)
    expression = build.cond(equal.true, None, value.expression)
    return Value(expression, value.type, value.kind, nullable=True, reads=reads_of(value, other))


@computes(exp.Greatest, exp.Least)
def _extreme(computing: Computing, node: exp.Expr) -> Value:
    only(node, "this", "expressions", "ignore_nulls")
    values = [computing.value(part) for part in (node.this, *node.expressions)]
    found, type, kind = branches(values, node)
    if kind in ("uuid", "bool"):
        raise Refused(node, f"{node.key.upper()} of {type} is not translated to MongoDB")
    operator = exp.GT if isinstance(node, exp.Greatest) else exp.LT
    best = found[0]
    for value in found[1:]:
        best = _better(operator, best, value, node)
    return replace(best, reads=reads_of(*found), type=type, kind=kind, constant=None)


def _better(operator: Any, best: Value, value: Value, node: exp.Expr) -> Value:
    """The greater (or less) of two, the other where one is NULL."""

    def body(x: Any, y: Any) -> Any:
        left, right = replace(value, expression=y), replace(best, expression=x)
        chosen = compare(operator, left, right, node).true
        return build.cond(build.some([build.is_null(x), chosen]), y, x)

    expression = build.lets([best.expression, value.expression], body)
    return replace(best, expression=expression, nullable=best.nullable and value.nullable, constant=None)
