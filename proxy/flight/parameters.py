"""Bound values as clients send them, an Arrow row, to values with DuckDB types.

Every Arrow type that has a DuckDB counterpart is taken. Encodings (dictionary, run-end, views, large offsets) are seen through.
What Python's own types cannot hold exactly, nanoseconds and months, stays text in DuckDB's spelling under its type. A map is a
list of pairs: its keys may be lists.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from pyarrow import lib

from planner.errors import RequestInvalid
from proxy.request import Parameter
from translators.arrow import duckdb_type, quoted

_EPOCH = datetime.datetime(1970, 1, 1)
_MICROSECONDS = {"s": 1_000_000, "ms": 1_000, "us": 1}
_MAX_DIGITS = 38
_LISTS = {
    lib.Type_LIST,
    lib.Type_LARGE_LIST,
    lib.Type_FIXED_SIZE_LIST,
    lib.Type_LIST_VIEW,
    lib.Type_LARGE_LIST_VIEW,
}


def parameters_of(batch: pa.RecordBatch) -> list[tuple[str, Parameter]]:
    """The names and values of a batch of one row, in order. Raises RequestInvalid, naming the parameter but never its value."""
    try:
        # The buffers come from outside: nothing is read before they are known to be sound.
        batch.validate(full=True)
    except pa.ArrowException:
        raise RequestInvalid("The parameters are not a sound Arrow batch.", field="parameters") from None
    found = []
    for position, (field, column) in enumerate(zip(batch.schema, batch.columns, strict=True), 1):
        try:
            found.append((field.name, parameter(column[0])))
        except (KeyError, NotImplementedError):
            raise RequestInvalid(
                f"Parameter {position} is of the Arrow type {field.type}, which has no SQL type.", field=f"parameters[{position}]"
            ) from None
        except (ValueError, OverflowError, pa.ArrowException):
            raise RequestInvalid(
                f"The value of parameter {position} does not fit the range of {field.type}.", field=f"parameters[{position}]"
            ) from None
    return found


def parameter(scalar: pa.Scalar) -> Parameter:
    """One value with its type. Raises KeyError for a type without a counterpart, ValueError for a value out of range."""
    return Parameter(_value(scalar), parameter_type(scalar.type))


def parameter_type(type: pa.DataType) -> str:
    """The DuckDB type that a parameter of an Arrow type has. Raises KeyError."""
    if isinstance(type, pa.BaseExtensionType):
        known = {"arrow.uuid": "UUID", "arrow.json": "JSON"}.get(type.extension_name)
        return known or parameter_type(type.storage_type)
    if pa.types.is_dictionary(type) or pa.types.is_run_end_encoded(type):
        return parameter_type(type.value_type)
    if pa.types.is_decimal(type):
        # A decimal of 38 digits is not the HUGEINT that the same Arrow type carries out of Foz.
        if type.scale > _MAX_DIGITS:
            raise KeyError(str(type))
        return f"DECIMAL({min(type.precision + max(-type.scale, 0), _MAX_DIGITS)},{max(type.scale, 0)})"
    if pa.types.is_date64(type):
        return "DATE"
    if pa.types.is_duration(type) or pa.types.is_interval(type):
        return "INTERVAL"
    if _is_list(type):
        return f"{parameter_type(type.value_type)}[]"
    if pa.types.is_map(type):
        return f"MAP({parameter_type(type.key_type)}, {parameter_type(type.item_type)})"
    if pa.types.is_struct(type):
        fields = [type.field(index) for index in range(type.num_fields)]
        if not fields or len({field.name.lower() for field in fields}) < len(fields):
            raise KeyError(str(type))
        return f"STRUCT({', '.join(f'{quoted(field.name)} {parameter_type(field.type)}' for field in fields)})"
    return duckdb_type(type)


def _is_list(type: pa.DataType) -> bool:
    return type.id in _LISTS


def _value(scalar: pa.Scalar) -> Any:
    type = scalar.type
    if not scalar.is_valid:
        return None
    if isinstance(type, pa.BaseExtensionType):
        return scalar.as_py() if type.extension_name == "arrow.uuid" else _value(scalar.value)
    if pa.types.is_dictionary(type) or pa.types.is_run_end_encoded(type):
        return scalar.as_py() if pa.types.is_run_end_encoded(type) else _value(scalar.value)
    if pa.types.is_decimal(type):
        return _decimal(scalar.as_py())
    if pa.types.is_timestamp(type):
        return _timestamp(scalar.value, type)
    if pa.types.is_date64(type):
        days, rest = divmod(scalar.value, 86_400_000)
        if rest:
            raise ValueError("a date with a time of day")
        return _EPOCH.date() + datetime.timedelta(days=days)
    if pa.types.is_time(type) and type.unit == "ns":
        return _time(_whole_microseconds(scalar.value))
    if pa.types.is_duration(type):
        return _duration(scalar.value, type.unit)
    if pa.types.is_interval(type):
        months, days, nanoseconds = scalar.as_py()
        return _interval(months, days, nanoseconds)
    if _is_list(type):
        return [_value(item) for item in scalar.values]
    if pa.types.is_map(type):
        return [(_value(entry[0]), _value(entry[1])) for entry in scalar.values]
    if pa.types.is_struct(type):
        return {type.field(index).name: _value(scalar[index]) for index in range(type.num_fields)}
    return scalar.as_py()


def _decimal(value: Decimal) -> Decimal:
    if value != 0 and value.adjusted() - int(value.as_tuple().exponent) >= _MAX_DIGITS:
        raise ValueError("more than 38 digits")
    return value


def _timestamp(value: int, type: pa.TimestampType) -> Any:
    if type.unit == "ns":
        seconds, nanoseconds = divmod(value, 1_000_000_000)
        moment = _EPOCH + datetime.timedelta(seconds=seconds, microseconds=nanoseconds // 1000)
        if nanoseconds % 1000:
            if type.tz is not None:
                raise ValueError("TIMESTAMP WITH TIME ZONE holds microseconds")
            return f"{moment:%Y-%m-%d %H:%M:%S}.{nanoseconds:09d}"
    else:
        moment = _EPOCH + datetime.timedelta(microseconds=value * _MICROSECONDS[type.unit])
    return moment if type.tz is None else moment.replace(tzinfo=datetime.UTC)


def _time(microseconds: int) -> datetime.time:
    if not 0 <= microseconds < 86_400_000_000:
        raise ValueError("a time outside the day")
    return (_EPOCH + datetime.timedelta(microseconds=microseconds)).time()


def _duration(value: int, unit: str) -> datetime.timedelta:
    return datetime.timedelta(microseconds=_whole_microseconds(value) if unit == "ns" else value * _MICROSECONDS[unit])


def _interval(months: int, days: int, nanoseconds: int) -> Any:
    microseconds = _whole_microseconds(nanoseconds)
    if months:
        return f"{months} months {days} days {microseconds} microseconds"
    return datetime.timedelta(days=days, microseconds=microseconds)


def _whole_microseconds(nanoseconds: int) -> int:
    if nanoseconds % 1000:
        raise ValueError("DuckDB holds microseconds here")
    return nanoseconds // 1000
