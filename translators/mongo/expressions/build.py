"""Aggregation expressions while they are put together, and how they become BSON.

An expression is what MongoDB takes (documents, lists, `$paths`, constants), with `Let` and `Variable` in between: a variable is
known by its identity until `rendered` names it by its depth, so that no inner `$let` hides an outer one by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Variable:
    """A variable of a `Let`, or of an operator that names its elements (`Each`)."""


@dataclass(frozen=True, eq=False)
class Let:
    bound: Any
    variable: Variable
    body: Any


@dataclass(frozen=True, eq=False)
class Each:
    """`$map` or `$filter` over `array`: `body` is computed with each element as `variable`."""

    operator: str
    array: Any
    variable: Variable
    body: Any


NULL: Any = None


def constant(value: Any) -> Any:
    """A constant that MongoDB takes for nothing else wherever it stands (a bare 1 in a `$project` asks for the field)."""
    return {"$literal": value}


def is_constant(expression: Any) -> bool:
    return expression is None or (isinstance(expression, dict) and list(expression) == ["$literal"])


def let(expression: Any, body: Callable[[Any], Any]) -> Any:
    """`body` over `expression`, which is computed once."""
    if isinstance(expression, (str, Variable)) or is_constant(expression):
        return body(expression)
    variable = Variable()
    return Let(expression, variable, body(variable))


def lets(expressions: list[Any], body: Callable[..., Any]) -> Any:
    """`body` over several expressions, each computed once."""
    if not expressions:
        return body()
    return let(expressions[0], lambda first: lets(expressions[1:], lambda *rest: body(first, *rest)))


_RAISING = {"$toInt", "$toLong", "$toDate", "$abs", "$dateAdd", "$convert"}
"""Operators that end the query over some values."""


def may_raise(expression: Any) -> bool:
    """Whether computing it may end the query."""
    match expression:
        case Let():
            return may_raise(expression.bound) or may_raise(expression.body)
        case Each():
            return may_raise(expression.array) or may_raise(expression.body)
        case dict():
            return any(name in _RAISING or may_raise(value) for name, value in expression.items() if name != "$literal")
        case list():
            return any(map(may_raise, expression))
    return False


def computed(operator: str, operands: list[Any]) -> Any:
    """An operator that stops at the first null (`$add`, `$multiply`, `$concat`) over operands that are all computed: DuckDB ends
    the query where one of them fails, whatever the others are."""
    if not any(map(may_raise, operands[1:])):
        return {operator: operands}
    variables = [Variable() for _ in operands]
    result: Any = {operator: list(variables)}
    for operand, variable in zip(reversed(operands), reversed(variables), strict=True):
        result = Let(operand, variable, result)
    return result


def mapped(array: Any, body: Callable[[Variable], Any]) -> Any:
    variable = Variable()
    return Each("$map", array, variable, body(variable))


def kept(array: Any, body: Callable[[Variable], Any]) -> Any:
    variable = Variable()
    return Each("$filter", array, variable, body(variable))


def cond(test: Any, then: Any, otherwise: Any) -> Any:
    if test is True:
        return then
    if test is False:
        return otherwise
    return {"$cond": [test, then, otherwise]}


def every(tests: list[Any]) -> Any:
    """All of `tests`, true and false among them folded; MongoDB evaluates from left to right and stops."""
    left = [test for test in tests if test is not True]
    if False in [test for test in left if isinstance(test, bool)]:
        return False
    flat = [inner for test in left for inner in (test["$and"] if isinstance(test, dict) and list(test) == ["$and"] else [test])]
    return True if not flat else flat[0] if len(flat) == 1 else {"$and": flat}


def some(tests: list[Any]) -> Any:
    left = [test for test in tests if test is not False]
    if True in [test for test in left if isinstance(test, bool)]:
        return True
    flat = [inner for test in left for inner in (test["$or"] if isinstance(test, dict) and list(test) == ["$or"] else [test])]
    return False if not flat else flat[0] if len(flat) == 1 else {"$or": flat}


def negation(test: Any) -> Any:
    return not test if isinstance(test, bool) else {"$not": [test]}


def is_null(expression: Any) -> Any:
    """Whether a value (never missing: a stored field reads as null) is null."""
    return {"$eq": [expression, None]}


def is_present(expression: Any) -> Any:
    """Null is below every value but MinKey, which no value computed here is."""
    return {"$gt": [expression, None]}


def unless_null(nullable: list[Any], result: Any) -> Any:
    """`result` where none of `nullable` is null, otherwise null. MongoDB computes constants first, beside their guard as well:
    what is over a constant NULL is not sent."""
    if any(is_constant(each) and (each is None or each["$literal"] is None) for each in nullable):
        return None
    return cond(some([is_null(each) for each in nullable]), None, result) if nullable else result


def failure(message: str, value: Any) -> Any:
    """Ends the query with an error that says `message`: no number can be read from that text.

    The text holds `value`, which is no constant, for MongoDB computes constants before it reads a document.
    """
    return {"$toInt": {"$concat": [constant(f"{message}: "), {"$ifNull": [{"$toString": value}, constant("NULL")]}]}}


def rendered(expression: Any) -> Any:
    """The expression as BSON. A constant keeps its `$literal` at the top and where it could be read as something else."""
    found = _rendered(expression, {})
    return constant(found) if isinstance(found, (bool, int, float)) else found


def _rendered(expression: Any, names: Mapping[int, str]) -> Any:
    match expression:
        case Let():
            name = f"v{len(names) + 1}"
            bound = _rendered(expression.bound, names)
            return {"$let": {"vars": {name: bound}, "in": _rendered(expression.body, {**names, id(expression.variable): name})}}
        case Each():
            name = f"v{len(names) + 1}"
            body = _rendered(expression.body, {**names, id(expression.variable): name})
            part = "in" if expression.operator == "$map" else "cond"
            return {expression.operator: {"input": _rendered(expression.array, names), "as": name, part: body}}
        case Variable():
            return f"$${names[id(expression)]}"
        case dict():
            if list(expression) == ["$literal"]:
                return expression
            return {name: _inner(value, names) for name, value in expression.items()}
        case list() | tuple():
            return [_inner(value, names) for value in expression]
    return expression


def _inner(expression: Any, names: Mapping[int, str]) -> Any:
    """An operand: there a number, a date or a text without `$` stands for itself."""
    if isinstance(expression, dict) and list(expression) == ["$literal"]:
        value = expression["$literal"]
        plain = not isinstance(value, (dict, list)) and not (isinstance(value, str) and value.startswith("$"))
        return value if plain else expression
    return _rendered(expression, names)


def depth(expression: Any) -> int:
    """How deeply documents and lists are nested in it."""
    levels, level = 0, [expression]
    while level:
        inner = [value for node in level if isinstance(node, (dict, list)) for value in _values(node)]
        levels, level = levels + 1, inner
    return levels


def _values(node: dict[str, Any] | list[Any]) -> list[Any]:
    return list(node.values()) if isinstance(node, dict) else node
