"""Comparing and converting rendered values so that PostgreSQL decides as DuckDB would."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from planner.types import FLOATS, INTEGERS, MOMENTS, NULL, Typed, common, decimal_parts, exact_parts, is_exact
from translators.postgres import binds, constants
from translators.postgres.types import home, literal_text
from translators.postgres.value import Refused, Value

_COMPARABLE = {"BOOLEAN", "VARCHAR", "UUID", "BLOB", "TIME", *MOMENTS, *FLOATS, *INTEGERS}
_EQUALITIES = ("=", "<>", "IS DISTINCT FROM", "IS NOT DISTINCT FROM")


def compare(left: Value, operator: str, right: Value, node: exp.Expr) -> str:
    """`left operator right` as SQL. Raises Refused."""
    a, b = comparable(left, right, operator in _EQUALITIES, node)
    return f"{a} {operator} {b}"


def comparable(left: Value, right: Value, equality: bool, node: exp.Expr) -> tuple[str, str]:
    """Both sides of a comparison, in a common type and, for texts, under a collation that compares bytes."""
    if equality:
        one, other = beside_constant(left, right), beside_constant(right, left)
        if one is not left or other is not right:
            a, b = comparable(one, other, equality, node)
            return binds.unmarked(a), binds.unmarked(b)  # another constant might not be told rightly
    both = meet(left, right, node)
    if both.type == "VARCHAR":
        return _texts(left, right, equality, node)
    if both.type in FLOATS:
        return _side(left, both.type, node), _side(right, both.type, node)
    if both.type in MOMENTS:  # PostgreSQL compares a date with a timestamp as DuckDB does, and can use an index then
        return _unless_constant(left, both.type, node), _unless_constant(right, both.type, node)
    if is_exact(both.type):
        return _exact(left, node), _exact(right, node)
    return _side(left, both.type, node), _side(right, both.type, node)


def _side(value: Value, type: str, node: exp.Expr) -> str:
    """One side of a comparison in `type`; a constant is marked, so that it can be sent beside the request."""
    text = coerce(value, type, node).text
    literal = value.literal if value.constant is None else (value.constant, value.typed.text)
    return text if literal is None else binds.marked(*literal, type, text)


def beside_constant(value: Value, other: Value) -> Value:
    """The value as it is compared with `other`: its partial text where that tells this constant rightly."""
    partial = value.partial
    if partial is None or other.constant is None or not other.typed.text or not partial.fits(other.constant):
        return value
    return replace(value, text=partial.text, opaque=False, collation="C", ordered_by_bytes=True, partial=None)


def meet(left: Value, right: Value, node: exp.Expr) -> Typed:
    """The type in which DuckDB compares two values. Raises Refused."""
    for value in (left, right):
        usable(value, node)
    both = common(left.typed, right.typed)
    if both is None or not (both.type in _COMPARABLE or both.type == "INTERVAL" or decimal_parts(both.type)):
        raise Refused(node, f"comparing {_named(left)} with {_named(right)} is not pushed")
    return both


def usable(value: Value, node: exp.Expr) -> Value:
    """The value, if anything may be computed with it. Raises Refused."""
    if value.opaque and value.partial is not None:
        raise Refused(node, value.partial.reason)
    if value.opaque:
        raise Refused(node, f"values of type {value.type} are only read, not computed with")
    return value


def certain(value: Value, node: exp.Expr) -> Value:
    """The value, if it may be asked whether it is NULL. Raises Refused."""
    if value.nullified:
        raise Refused(node, f"a value that does not fit {value.type} is to read as NULL, and PostgreSQL knows it as it is")
    return value


def boolean(value: Value, node: exp.Expr) -> str:
    if value.type == NULL:
        return "NULL::bool"
    if value.type != "BOOLEAN":
        raise Refused(node, f"a condition of type {value.type} is not pushed")
    return value.text


def by_bytes(value: Value, node: exp.Expr) -> str:
    """The text of a value whose order is DuckDB's: texts under the C collation. Raises Refused where there is none."""
    usable(value, node)
    if value.type != "VARCHAR":
        if value.type not in _COMPARABLE and not decimal_parts(value.type):
            raise Refused(node, f"values of type {value.type} are not ordered by PostgreSQL as by DuckDB")
        return value.text
    if not value.orderable:
        raise Refused(node, "the encoding of the database does not order texts as UTF-8 does")
    return value.text if value.ordered_by_bytes or value.constant is not None else f'{value.text} COLLATE "C"'


def by_equality(value: Value, node: exp.Expr) -> str:
    """The text of a value for grouping and DISTINCT: texts that differ in a byte stay apart."""
    usable(value, node)
    if value.type in FLOATS:
        raise Refused(node, "grouping by floating-point numbers is not pushed (zero and minus zero)")
    if value.type == "VARCHAR" and value.collation is None:
        raise Refused(node, "the collation of the text is not certain to keep different texts apart")
    if value.type not in _COMPARABLE and not decimal_parts(value.type):
        raise Refused(node, f"values of type {value.type} are not grouped by PostgreSQL as by DuckDB")
    return value.text


def kept_apart(value: Value, node: exp.Expr) -> str:
    """`by_equality` where nothing else must be written alike: texts whose collation is not certain go by their bytes."""
    if value.type == "VARCHAR" and value.collation is None and not value.opaque:
        return f'{value.text} COLLATE "C"'
    return by_equality(value, node)


def coerce(value: Value, type: str, node: exp.Expr) -> Value:
    """The value as one of `type`, converted as DuckDB does implicitly. Raises Refused."""
    target = home(type)
    if value.type == NULL and target:
        return Value(f"NULL::{target}", Typed(type), collation="", reach=0)
    if value.opaque and value.type != type:
        usable(value, node)
    if value.constant is not None:
        spelled = constants.read_as(value.constant, type) if value.typed.text else constants.number(value.constant, type)
        if spelled is None:
            raise Refused(node, f"the constant is not certain to mean the same as {type}")
        reach = _literal_reach(value) if type in FLOATS else None
        literal = (value.constant, value.typed.text)
        return replace(value, text=spelled, typed=Typed(type), constant=None, collation="", reach=reach, literal=literal)
    if value.type == type:
        return replace(value, typed=Typed(type))
    if type == "DOUBLE" and (is_exact(value.type) or value.type == "FLOAT"):
        text = _huge_as_double(value.text) if value.type == "HUGEINT" else f"{value.text}::float8"
        return Value(text, Typed(type), reach=_exact_reach(value) if is_exact(value.type) else None)
    if is_exact(value.type) and (is_exact(type)):
        widened = value.text if decimal_parts(value.type) or value.type == "HUGEINT" else f"{value.text}::{target}"
        return replace(value, text=widened, typed=Typed(type))
    if value.type in MOMENTS and type in MOMENTS and MOMENTS.index(value.type) < MOMENTS.index(type):
        return Value(f"{value.text}::{target}", Typed(type))
    raise Refused(node, f"{value.type} is not turned into {type} in PostgreSQL")


def _huge_as_double(text: str) -> str:
    """A HUGEINT as DuckDB 2.0.0 turns it into a DOUBLE, which is not always the nearest one.

    One of more than 64 bits is converted in two halves, and a negative one as its complement.
    """
    half = "18446744073709551616"
    upper = f"floor({text} / {half})"
    split = f"({text} - {upper} * {half})::float8 + {upper}::float8 * {half}::float8"
    negative = f"- (- {text} - 1)::float8 - 1::float8"
    return (
        f"(CASE WHEN {text} >= 0 AND {text} < {half} THEN {text}::float8"
        f" WHEN {text} < 0 AND {text} >= - {half} THEN {negative} ELSE {split} END)"
    )


def _exact(value: Value, node: exp.Expr) -> str:
    return _side(value, value.type, node) if value.type != NULL else "NULL::numeric"


def _unless_constant(value: Value, type: str, node: exp.Expr) -> str:
    typed = value.constant is None and value.type != NULL
    return _side(value, value.type if typed else type, node)


def _texts(left: Value, right: Value, equality: bool, node: exp.Expr) -> tuple[str, str]:
    a, b = _side(left, "VARCHAR", node), _side(right, "VARCHAR", node)
    if equality:
        for column, other in ((left, right), (right, left)):
            enum = column.enumeration
            if enum is not None and other.constant in enum.labels:
                label = f"{literal_text(other.constant)}::{enum.type}"
                return (enum.text, label) if column is left else (label, enum.text)
            if column.padded and other.constant is not None and not other.constant.endswith(" "):
                text = coerce(other, "VARCHAR", node).text.removesuffix("::text") + "::bpchar"
                constant = binds.marked(other.constant, other.typed.text, binds.PADDED, text)
                return (column.padded, constant) if column is left else (constant, column.padded)
        known = {value.collation for value in (left, right) if value.collation != ""}
        if None not in known and len(known) <= 1:
            return a, b
        return f'{a} COLLATE "C"', b
    if not (left.orderable and right.orderable):
        raise Refused(node, "the encoding of the database does not order texts as UTF-8 does")
    columns = [value for value in (left, right) if value.constant is None]
    if columns and all(value.ordered_by_bytes for value in columns) and len({value.collation for value in columns}) == 1:
        return a, b
    return f'{a} COLLATE "C"', b


def _exact_reach(value: Value) -> int:
    precision, scale = exact_parts(value.type) or (38, 0)
    return max(precision - scale, scale)


def _literal_reach(value: Value) -> int:
    mantissa, _, exponent = (value.constant or "0").lower().partition("e")
    return len(mantissa) + abs(int(exponent or 0))


def _named(value: Value) -> str:
    return "a constant" if value.constant is not None else value.type
