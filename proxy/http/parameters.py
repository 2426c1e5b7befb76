"""JSON values as bound parameters: a bare value gets the type that its literal would have, `{type, value}` the type it names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from planner.errors import RequestInvalid
from proxy.http.bodies import path as joined
from proxy.http.problems import invalid
from proxy.http.types import data_type, narrowest, spelled
from proxy.http.values import converted
from proxy.request import Parameter

_INTEGERS = ("INTEGER", "BIGINT", "HUGEINT")
_NULL = '"NULL"'
_MOST = 65_535


def parameters(params: list[Any] | dict[str, Any] | None) -> tuple[Parameter, ...] | Mapping[str, Parameter]:
    """The `params` of a body. Raises RequestInvalid with the path of the first value that does not fit its type."""
    if params is not None and len(params) > _MOST:
        raise invalid("params", f"There may be at most {_MOST} parameters.")
    if isinstance(params, dict):
        return {name: parameter(value, joined("params", name)) for name, value in params.items()}
    return tuple(parameter(value, joined("params", index)) for index, value in enumerate(params or ()))


def parameter(value: Any, path: str) -> Parameter:
    if isinstance(value, dict):
        if value.keys() != {"type", "value"}:
            raise invalid(path, 'An object must be {"type": …, "value": …}.')
        return typed(value["value"], value["type"], path)
    value, type = _natural(value, path)
    return Parameter(value, type)


def typed(value: Any, type: Any, path: str) -> Parameter:
    """`value` as a parameter of the DuckDB type that a client named. Raises RequestInvalid."""
    if not isinstance(type, str):
        raise invalid(f"{path}.type", "Input should be the name of a type.")
    parsed = data_type(type)
    if parsed is None:
        raise invalid(f"{path}.type", "There is no such type, or no parameter can have it.")
    return Parameter(converted(value, parsed, f"{path}.value"), spelled(parsed))


def _natural(value: Any, path: str) -> tuple[Any, str]:
    if value is None:
        return None, _NULL
    if isinstance(value, bool):
        return value, "BOOLEAN"
    if isinstance(value, int):
        try:
            return value, narrowest(value)
        except ValueError as error:
            raise invalid(path, str(error)) from None
    if isinstance(value, Decimal):
        number = float(value)
        if math.isinf(number):
            raise invalid(path, "The number is too large for a DOUBLE.")
        return number, "DOUBLE"
    if isinstance(value, str):
        return value, "VARCHAR"
    if isinstance(value, list):
        return _natural_list(value, path)
    raise invalid(path, 'An object must be {"type": …, "value": …}, and not inside an array.')


def _natural_list(values: list[Any], path: str) -> tuple[list[Any], str]:
    found = [_natural(value, joined(path, index)) for index, value in enumerate(values)]
    types = {type for _, type in found} - {_NULL}
    if len(types) <= 1:
        element = next(iter(types), _NULL)
    elif types <= set(_INTEGERS):
        element = max(types, key=_INTEGERS.index)
    elif types <= {"DOUBLE", *_INTEGERS}:
        return [None if value is None else float(value) for value, _ in found], "DOUBLE[]"
    else:
        raise RequestInvalid(
            f"{path}: The elements of an array must have one type.",
            errors=[{"path": path, "message": f"Found {', '.join(sorted(types))}."}],
        )
    return [value for value, _ in found], f"{element}[]"
