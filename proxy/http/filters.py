"""Filter, order and select of `POST /data` as a SQL query whose values are all bound parameters.

    {status: "open", total: {gte: 100, lt: 500}, or: [{…}, {…}], not: {…}, address: {city: "Porto"}}

A name is a column, or inside a STRUCT one of its fields; every entry of an object must hold. `null` with `eq` and `ne` (and in
the lists of `in` and `nin`) asks for NULL itself; otherwise a comparison with NULL holds for no row, as in SQL, and `not` is
SQL's too. A value has its column's type where it fits that type exactly, so that a comparison means the same in every store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from sqlglot import exp

from planner.catalog import Table
from planner.errors import FozError, RequestInvalid, UnknownColumn, Unsupported
from proxy.http.bodies import path as joined
from proxy.http.problems import invalid
from proxy.http.types import data_type, fields, narrowest, spelled
from proxy.http.values import converted, number
from proxy.request import Parameter

_T = exp.DType
_NUMBERS = {
    *(_T.TINYINT, _T.SMALLINT, _T.INT, _T.BIGINT, _T.INT128),
    *(_T.UTINYINT, _T.USMALLINT, _T.UINT, _T.UBIGINT, _T.UINT128, _T.DECIMAL),
}
_LISTS = {_T.LIST, _T.ARRAY}
_NESTED = {_T.STRUCT, _T.MAP, *_LISTS}
_LOGICAL = ("or", "and", "not")


@dataclass(frozen=True)
class Place:
    """Something in the table that has values: its SQL, its type, and where in the body it was named."""

    node: exp.Expr
    type: exp.DataType
    path: str


@dataclass
class TableQuery:
    """A query over one table, in the making; `binds` grows by one for each value."""

    table: Table
    binds: list[Parameter] = field(default_factory=list)

    @property
    def alias(self) -> str:
        """A name that is no column's, so that `alias.column.field` can mean only one thing."""
        alias = "t"
        while alias in self.table.by_name:
            alias += "_"
        return alias

    def sql(
        self,
        select: Sequence[str] | None,
        where: Mapping[str, Any] | None,
        order: Sequence[str] | None,
        limit: int | None,
    ) -> str:
        """The query's text in DuckDB's dialect. Raises RequestInvalid, UnknownColumn, Unsupported with the field's path."""
        table = exp.Table(
            catalog=exp.to_identifier(self.table.source, quoted=True),
            db=exp.to_identifier(self.table.schema, quoted=True),
            this=exp.to_identifier(self.table.name, quoted=True),
            alias=exp.TableAlias(this=exp.to_identifier(self.alias, quoted=True)),
        )
        query = exp.Select(expressions=self._selected(select)).from_(table)
        if where:
            query = query.where(self._object(where, "filter"), copy=False)
        for index, name in enumerate(order or ()):
            at = joined("order", index)
            place = self._named(name.removeprefix("-"), at)
            ordered = exp.Ordered(this=place.node, desc=name.startswith("-"), nulls_first=False)
            query = query.order_by(ordered, copy=False)
        if limit is not None:
            query = query.limit(exp.Literal.number(limit), copy=False)
        return query.sql(dialect="duckdb", comments=False)

    def _selected(self, select: Sequence[str] | None) -> list[exp.Expr]:
        if select is None:
            return [self._column(column.name, column.type, "select").node for column in self.table.columns]
        selected: dict[str, exp.Expr] = {}
        for index, name in enumerate(select):
            at = joined("select", index)
            place = self._named(name, at)
            column = self.table.column(name)
            output = column.name if column else name
            if output.lower() in selected:
                raise invalid(at, f"{output} is selected twice.")
            selected[output.lower()] = exp.alias_(place.node, output, quoted=True)
        return list(selected.values())

    def _named(self, name: str, at: str) -> Place:
        """A column, or a path into one (`address.city`); a column whose own name has dots comes first."""
        column = self.table.column(name)
        if column is not None:
            return self._column(column.name, column.type, at)
        first, *rest = name.split(".")
        found = self.table.column(first)
        if found is None:
            raise self._unknown(first, at)
        place = self._column(found.name, found.type, at)
        for part in rest:
            place = self._field(place, part, at)
        return place

    def _column(self, name: str, type: str, at: str) -> Place:
        node = exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(self.alias, quoted=True))
        return Place(node, data_type(type) or exp.DataType(this=_T.UNKNOWN), at)

    def _field(self, place: Place, name: str, at: str) -> Place:
        kinds = fields(place.type) if place.type.this == _T.STRUCT else {}
        found = next((each for each in kinds if each.lower() == name.lower()), None)
        if found is None:
            near = get_close_matches(name, kinds, n=3)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            message = f"There is no field {name} here.{hint}"
            raise UnknownColumn(f"{at}: {message}", errors=[{"path": at, "message": message}], nearest=near or None)
        return Place(exp.Dot(this=place.node, expression=exp.to_identifier(found, quoted=True)), kinds[found], at)

    def _unknown(self, name: str, at: str) -> FozError:
        if any(relation.name.lower() == name.lower() for relation in self.table.relations):
            return Unsupported(
                f"{at}: {name} is a relation; filters, orders and selections across relations are not implemented yet.",
                errors=[{"path": at, "message": "Not implemented yet."}],
            )
        columns = {column.name.lower(): column.name for column in self.table.columns}
        near = [columns[found] for found in get_close_matches(name.lower(), columns, n=3)]
        message = f"{self.table.source}.{self.table.name} has no column {name}."
        message += f" Did you mean {' or '.join(near)}?" if near else ""
        return UnknownColumn(f"{at}: {message}", errors=[{"path": at, "message": message}], nearest=near or None)

    def _object(self, wanted: Mapping[str, Any], at: str) -> exp.Expr:
        terms = []
        for name, value in wanted.items():
            here = f"{at}.{name}"
            if name in _LOGICAL:
                terms.append(self._logical(name, value, here))
                continue
            column = self.table.column(name)
            if column is None:
                raise self._unknown(name, here)
            terms.append(self._condition(self._column(column.name, column.type, here), value))
        return _all(terms)

    def _logical(self, name: str, value: Any, at: str) -> exp.Expr:
        if name == "not":
            if not isinstance(value, dict) or not value:
                raise invalid(at, "Input should be an object with at least one entry.")
            return exp.Not(this=exp.Paren(this=self._object(value, at)))
        if not isinstance(value, list) or not value:
            raise invalid(at, "Input should be an array of at least one object.")
        terms = []
        for index, part in enumerate(value):
            if not isinstance(part, dict) or not part:
                raise invalid(joined(at, index), "Input should be an object with at least one entry.")
            terms.append(self._object(part, joined(at, index)))
        return _any(terms) if name == "or" else _all(terms)

    def _condition(self, place: Place, value: Any) -> exp.Expr:
        if not isinstance(value, dict):
            return self._equal(place, value)
        if not value:
            raise invalid(place.path, "Input should be a value, or an object with at least one operator.")
        if place.type.this == _T.STRUCT and not _asks_whether_null(place.type, value):
            parts = [(self._field(place, name, f"{place.path}.{name}"), wanted) for name, wanted in value.items()]
            return _all([self._condition(part, wanted) for part, wanted in parts])
        terms = []
        for name, wanted in value.items():
            operator = _OPERATORS.get(name)
            if operator is None:
                raise invalid(f"{place.path}.{name}", f"There is no such operator; there are {', '.join(_OPERATORS)}.")
            terms.append(operator(self, Place(place.node, place.type, f"{place.path}.{name}"), wanted))
        return _all(terms)

    def _bound(self, place: Place, value: Any, type: exp.DataType | None = None) -> exp.Expr:
        """`value` as a parameter: of the place's type, or as a number of its own type where it does not fit exactly."""
        type = type or place.type
        if value is None:
            raise invalid(place.path, "null is possible with eq, ne, in and nin only.")
        try:
            name = spelled(type)
            bound = Parameter(converted(value, type, place.path), name)
        except KeyError:
            raise invalid(place.path, "This column's type cannot be compared in a filter; use isNull.") from None
        except RequestInvalid:
            own = number(value) if type.this in _NUMBERS else None
            if own is None:
                raise
            bound = _own_type(own, place.path)
        self.binds.append(bound)
        return exp.Parameter(this=exp.Literal.number(len(self.binds)))

    def _equal(self, place: Place, value: Any) -> exp.Expr:
        if value is None:
            return exp.Is(this=place.node.copy(), expression=exp.Null())
        return exp.EQ(this=place.node.copy(), expression=self._bound(place, value))

    def _not_equal(self, place: Place, value: Any) -> exp.Expr:
        if value is None:
            return exp.Not(this=exp.Is(this=place.node.copy(), expression=exp.Null()))
        return exp.NEQ(this=place.node.copy(), expression=self._bound(place, value))

    def _in(self, place: Place, value: Any) -> exp.Expr:
        wanted = _array(place.path, value)
        listed = self._listed(place, wanted)
        terms: list[exp.Expr] = [exp.In(this=place.node.copy(), expressions=listed)] if listed else []
        if None in wanted:
            terms.append(self._equal(place, None))
        return _any(terms) if terms else exp.false()

    def _not_in(self, place: Place, value: Any) -> exp.Expr:
        wanted = _array(place.path, value)
        listed = self._listed(place, wanted)
        terms: list[exp.Expr] = [exp.Not(this=exp.In(this=place.node.copy(), expressions=listed))] if listed else []
        if None in wanted:
            terms.append(self._not_equal(place, None))
        return _all(terms) if terms else exp.true()

    def _listed(self, place: Place, wanted: list[Any]) -> list[exp.Expr]:
        return [
            self._bound(Place(place.node, place.type, joined(place.path, index)), value)
            for index, value in enumerate(wanted)
            if value is not None
        ]

    def _between(self, place: Place, value: Any) -> exp.Expr:
        if not isinstance(value, list) or len(value) != 2:
            raise invalid(place.path, "Input should be an array of two values.")
        low, high = (self._bound(_ordered(place), each) for each in value)
        return exp.Between(this=place.node.copy(), low=low, high=high)

    def _is_null(self, place: Place, value: Any) -> exp.Expr:
        if not isinstance(value, bool):
            raise invalid(place.path, "Input should be true or false.")
        return self._equal(place, None) if value else self._not_equal(place, None)

    def _contains(self, place: Place, value: Any) -> exp.Expr:
        if place.type.this in _LISTS:
            element = self._bound(place, value, place.type.expressions[0])
            return exp.Anonymous(this="list_contains", expressions=[place.node.copy(), element])
        return self._text("contains", place, value)

    def _text(self, function: str, place: Place, value: Any) -> exp.Expr:
        return exp.Anonymous(this=function, expressions=[place.node.copy(), self._bound(_textual(place), value)])

    def _like(self, kind: type[exp.Like] | type[exp.ILike], place: Place, value: Any) -> exp.Expr:
        return kind(this=place.node.copy(), expression=self._bound(_textual(place), value))

    def _compared(self, kind: type[exp.Binary], place: Place, value: Any) -> exp.Expr:
        return kind(this=place.node.copy(), expression=self._bound(_ordered(place), value))


_OPERATORS: Mapping[str, Callable[[TableQuery, Place, Any], exp.Expr]] = {
    "eq": TableQuery._equal,
    "ne": TableQuery._not_equal,
    "gt": lambda query, place, value: query._compared(exp.GT, place, value),
    "gte": lambda query, place, value: query._compared(exp.GTE, place, value),
    "lt": lambda query, place, value: query._compared(exp.LT, place, value),
    "lte": lambda query, place, value: query._compared(exp.LTE, place, value),
    "in": TableQuery._in,
    "nin": TableQuery._not_in,
    "like": lambda query, place, value: query._like(exp.Like, place, value),
    "ilike": lambda query, place, value: query._like(exp.ILike, place, value),
    "contains": TableQuery._contains,
    "startsWith": lambda query, place, value: query._text("starts_with", place, value),
    "endsWith": lambda query, place, value: query._text("ends_with", place, value),
    "between": TableQuery._between,
    "isNull": TableQuery._is_null,
}


def _asks_whether_null(struct: exp.DataType, value: Mapping[str, Any]) -> bool:
    return value.keys() == {"isNull"} and all(name.lower() != "isnull" for name in fields(struct))


def _own_type(value: int | Decimal, at: str) -> Parameter:
    try:
        return Parameter(value, narrowest(value))
    except ValueError as error:
        raise invalid(at, str(error)) from None


def _array(at: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise invalid(at, "Input should be an array.")
    return value


def _ordered(place: Place) -> Place:
    if place.type.this in _NESTED:
        raise invalid(place.path, "Only plain values have an order.")
    return place


def _textual(place: Place) -> Place:
    if place.type.this != _T.TEXT:
        raise invalid(place.path, "This operator needs a column of type VARCHAR.")
    return place


def _all(terms: Sequence[exp.Expr]) -> exp.Expr:
    return exp.and_(*terms, copy=False) if terms else exp.true()


def _any(terms: Sequence[exp.Expr]) -> exp.Expr:
    return exp.or_(*terms, copy=False)
