"""DuckDB's errors as Foz's: one table from exception class and message to code and sentence.

DuckDB's text is never passed on as it is: it shows an excerpt of the SQL that Foz generated, the names of internal tables, and
values (a parameter's among them). What a person needs of it is taken out and said again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb

from planner.errors import (
    FozError,
    Internal,
    MemoryLimit,
    QueryCancelled,
    RequestInvalid,
    SqlSyntax,
    SqlType,
    UnknownColumn,
    UnknownTable,
    Unsupported,
)

_EXCERPT = re.compile(r"\n+LINE (\d+): .*", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_QUALIFIER = re.compile(r"\b(?:memory|temp|system)\.(?:main\.)?")


@dataclass(frozen=True)
class _Told:
    """What DuckDB said: its sentence without excerpt and candidates, the candidates, and the byte offset in the SQL."""

    sentence: str
    nearest: tuple[str, ...]
    position: int | None


_Make = Callable[[re.Match[str], _Told], FozError]

_SPELLED = {
    "BOOL": "BOOLEAN",
    "INT8": "TINYINT",
    "INT16": "SMALLINT",
    "INT32": "INTEGER",
    "INT64": "BIGINT",
    "INT128": "HUGEINT",
    "UINT8": "UTINYINT",
    "UINT16": "USMALLINT",
    "UINT32": "UINTEGER",
    "UINT64": "UBIGINT",
    "UINT128": "UHUGEINT",
    "INTEGER_LITERAL": "INTEGER",
    "STRING_LITERAL": "VARCHAR",
}
_TYPE = re.compile(rf"\b({'|'.join(_SPELLED)}|date|timestamp|time|interval)\b")


def _spelled(match: re.Match[str]) -> str:
    """A type as SQL writes it, for DuckDB's internal name of it."""
    return _SPELLED.get(match[0], match[0].upper())


def _meant(nearest: tuple[str, ...]) -> str:
    return f" Did you mean {' or '.join(nearest)}?" if nearest else ""


def _column(match: re.Match[str], told: _Told) -> FozError:
    return UnknownColumn(f"There is no column {match[1]}.{_meant(told.nearest)}", nearest=list(told.nearest))


def _table(match: re.Match[str], told: _Told) -> FozError:
    """DuckDB's own catalogue tables are among its candidates for a table; they are nobody's."""
    nearest = tuple(name for name in told.nearest if not name.startswith(("pg_", "duckdb_", "sqlite_", "pragma_")))
    return UnknownTable(f"There is no table or alias {match[1]} here.{_meant(nearest)}", nearest=list(nearest))


def _function(match: re.Match[str], told: _Told) -> FozError:
    return Unsupported(f"There is no function {match[2]}.{_meant(told.nearest)}", nearest=list(told.nearest))


def _collation(match: re.Match[str], told: _Told) -> FozError:
    return Unsupported(f"There is no {match[1].lower()} {match[2]}.{_meant(told.nearest)}")


def _type(sentence: str) -> _Make:
    """A `sql.type` error; `{1}` and so on in `sentence` are the groups of the match."""
    return lambda match, told: SqlType(sentence.format(match[0], *(_TYPE.sub(_spelled, group) for group in match.groups())))


def _said(kind: type[FozError]) -> _Make:
    """An error of `kind` that says DuckDB's own sentence: for messages that name types, functions and clauses, not values."""
    return lambda match, told: kind(_sentence(told.sentence))


def _fixed(kind: type[FozError], sentence: str) -> _Make:
    return lambda match, told: kind(sentence)


_NO_ROOM = "The query needs more memory than memoryLimit allows, even with what it spills to disk. Read less, or raise the limit."
_NO_FILES = "Files, the network and settings cannot be reached from SQL."

_BINDER: tuple[tuple[str, _Make], ...] = (
    (r'Referenced column "((?:[^"]|"")+)" (?:was )?not found', _column),
    (r'does not have a column named "((?:[^"]|"")+)"', _column),
    (r'[Cc]olumn "((?:[^"]|"")+)" in \w+ list (?:was )?not found', _column),
    (r'[Cc]olumn "((?:[^"]|"")+)" does not exist', _column),
    (r'Could not find key "((?:[^"]|"")+)" in struct', _column),
    (r'No matching columns found that match regex "(.*)"', _column),
    (r'Referenced table "((?:[^"]|"")+)" not found', _table),
    (
        r'Ambiguous reference to column name "([^"]+)" \(use: (.*)\)',
        lambda match, told: SqlType(f"The column {match[1]} is ambiguous: write {match[2].replace(chr(39), '')}."),
    ),
    (
        r"No function matches the given name and argument types '(.*?)'\.",
        _type("There is no function for {1}: cast the arguments, or give the function what it takes."),
    ),
    (
        r"Could not choose a best candidate function for the function call \"(.*?)\"",
        _type("The call {1} is ambiguous: cast its arguments."),
    ),
    (
        r"Cannot compare values of type (.+) and type (.+?) - an explicit cast",
        _type("Values of type {1} and {2} cannot be compared: cast one of them."),
    ),
    (
        r'column "([^"]+)" must appear in the GROUP BY',
        _type("The column {1} must be in GROUP BY or inside an aggregate (any_value({1}) where any will do)."),
    ),
    (r"(?i)not (?:yet )?(?:supported|implemented)", _said(Unsupported)),
    (r"(?i)cannot be used in|disabled", _said(Unsupported)),
)

_CATALOG: tuple[tuple[str, _Make], ...] = (
    (r"^(Table Function|[\w ]*Function) with name (\S+) does not exist", _function),
    (r"^Table with name (\S+) does not exist", _table),
    (r"^(?:Type) with name (\S+) does not exist", _type("There is no type {1}.")),
    (r"^(\w+) with name (\S+) does not exist", _collation),
)

_CONVERSION: tuple[tuple[str, _Make], ...] = (
    (r"(?s)Could not convert string '.*' to (\w+)", _type("A text could not be converted to {1}.")),
    (r"(?s)[Ii]nvalid (date|timestamp|time|interval|UUID)[\w ]*", _type("A text could not be converted to {1}.")),
    (r"(?s)date field value out of range", _type("A date is out of range.")),
    (r"(?s)timestamp field value out of range", _type("A timestamp is out of range.")),
    (r"(?s)[Cc]ould not cast value .* to (DECIMAL\([\d, ]+\)|\w+)", _type("A value does not fit {1}.")),
    (r"(?s)[Tt]ype (\w+) with value .* can't be cast .* destination type (\w+)", _type("A value of type {1} does not fit {2}.")),
    (r"(?s)Unimplemented type for cast \((.+?) -> (.+?)\)", _type("{1} cannot be cast to {2}.")),
    (r"(?s)Malformed JSON", _type("A text is not valid JSON.")),
    (r"(?s)specifier \"?(\w+)\"? not recognized", _type("The date part {1} is not known.")),
    (r"", _type("A value could not be converted to the type that the query asks for.")),
)

_RANGE: tuple[tuple[str, _Make], ...] = (
    (r"Overflow in (\w+) of (\w+)", _type("Overflow in {1} of {2}: cast to a wider type first.")),
    (r"(?i)division by zero|divide by zero", _type("Division by zero.")),
    (r"(?i)decimal", _type("A decimal is out of the range of its type: cast to a wider one first.")),
    (r"", _type("A number is out of the range of its type: cast to a wider type first.")),
)

_INPUT: tuple[tuple[str, _Make], ...] = (
    (
        r"Values were not provided for the following (?:prepared statement )?parameters: (.*)",
        lambda match, told: RequestInvalid(f"The query needs values for its parameters: {match[1]}.", field="params"),
    ),
    (r"(?i)division by zero|divide by zero", _type("Division by zero.")),
    (r"(?i)configuration has been locked|cannot change configuration", _fixed(Unsupported, _NO_FILES)),
    (r"(?i)more than one row returned by a subquery", _type("A subquery that stands for one value gave more than one row.")),
    (
        r"(?i)(regular expression|missing argument|no argument for|invalid escape)",
        _type("A regular expression or pattern is malformed."),
    ),
    (r"", _type("The engine could not evaluate the query: a function was given a value that it does not take.")),
)

_IO: tuple[tuple[str, _Make], ...] = (
    (r"(?i)no space left|disk|temp|could not write|max_temp_directory_size", _fixed(MemoryLimit, _NO_ROOM)),
    (r"", _fixed(Unsupported, _NO_FILES)),
)

_ANY = ""
_TABLE: tuple[tuple[type[Exception], tuple[tuple[str, _Make], ...]], ...] = (
    (duckdb.OutOfMemoryException, ((_ANY, _fixed(MemoryLimit, _NO_ROOM)),)),
    (duckdb.InterruptException, ((_ANY, _fixed(QueryCancelled, "The query was cancelled.")),)),
    (duckdb.PermissionException, ((_ANY, _fixed(Unsupported, _NO_FILES)),)),
    (duckdb.BinderException, (*_BINDER, (_ANY, _said(SqlType)))),
    (duckdb.CatalogException, (*_CATALOG, (_ANY, _said(Unsupported)))),
    (duckdb.ConversionException, _CONVERSION),
    (duckdb.OutOfRangeException, _RANGE),
    (duckdb.NotImplementedException, ((_ANY, _said(Unsupported)),)),
    (duckdb.InvalidInputException, _INPUT),
    (duckdb.InvalidTypeException, _CONVERSION),
    (duckdb.TypeMismatchException, _CONVERSION),
    (duckdb.SyntaxException, ((_ANY, _said(SqlType)),)),
    (duckdb.IOException, _IO),
    (duckdb.Error, ((r"^Parameter not supported in", _said(Unsupported)),)),
)
"""Exception class -> (pattern, error), first match first. A class that is not here is Foz's own fault: server.internal."""

_PREFIXES: dict[str, type[Exception]] = {
    "Out of Memory Error": duckdb.OutOfMemoryException,
    "INTERRUPT Error": duckdb.InterruptException,
    "Permission Error": duckdb.PermissionException,
    "Binder Error": duckdb.BinderException,
    "Catalog Error": duckdb.CatalogException,
    "Conversion Error": duckdb.ConversionException,
    "Out of Range Error": duckdb.OutOfRangeException,
    "Not implemented Error": duckdb.NotImplementedException,
    "Invalid Input Error": duckdb.InvalidInputException,
    "Invalid type Error": duckdb.InvalidTypeException,
    "Mismatch Type Error": duckdb.TypeMismatchException,
    "Parser Error": duckdb.ParserException,
    "IO Error": duckdb.IOException,
}
"""In mid-stream an error of DuckDB's comes out of pyarrow as an OSError: the class is then only in the text."""


RAISED = (duckdb.Error, UnicodeDecodeError)
"""What DuckDB's client raises: DuckDB 2.0.0 may cut a message within a letter, which is then no UTF-8."""


def from_duckdb(error: Exception, sql: str = "", names: Mapping[str, str] | None = None) -> FozError:
    """The error of Foz's for one of DuckDB's, or for the OSError that pyarrow makes of one in mid-stream.

    `sql` is the text that the caller wrote, where that is what DuckDB was given: a syntax error's line and column are counted in
    it. `names` gives what the caller calls each internal table.
    """
    said = error.object.decode(errors="replace") if isinstance(error, UnicodeDecodeError) else str(error)
    prefix, colon, text = said.partition(": ")
    text = text if colon else prefix
    kind = type(error) if isinstance(error, duckdb.Error) else _PREFIXES.get(prefix, type(error))
    told = _told(text, names or {})
    if issubclass(kind, duckdb.ParserException):
        if "expression depth limit" in told.sentence:
            return Unsupported(
                "An expression is chained or nested more than 1000 deep: use parentheses, or a list and a function."
            )
        return _syntax(text, told, sql)
    for known, rules in _TABLE:
        if issubclass(kind, known):
            for pattern, make in rules:
                match = re.search(pattern, told.sentence)
                if match:
                    return make(match, told)
    return Internal("The residual engine failed on this query.")


def _told(text: str, names: Mapping[str, str]) -> _Told:
    position: int | None = None
    if text.startswith("{"):
        try:
            parts = json.loads(text)
        except ValueError:
            parts = {}
        text = str(parts.get("exception_message", ""))
        position = int(parts["position"]) if str(parts.get("position", "")).isdigit() else None
    text = _EXCERPT.sub("", text)
    for internal, given in names.items():
        text = text.replace(internal, given)
    sentence, _, rest = text.partition("\n")
    nearest: tuple[str, ...] = ()
    if re.match(r"\s*(Candidate (bindings|tables|Entries)|Did you mean)", rest):
        nearest = tuple(_QUALIFIER.sub("", name.replace('""', '"')) for name in _QUOTED.findall(rest))
    return _Told(sentence.strip(), nearest, position)


def _syntax(text: str, told: _Told, sql: str) -> SqlSyntax:
    where: tuple[int, int] | None = None
    if told.position is not None:
        before = sql.encode()[: told.position].decode(errors="replace")
        where = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    elif excerpt := re.search(r"\n+LINE (\d+): (.*)\n( *)\^", text):
        where = int(excerpt[1]), max(1, len(excerpt[3]) - len(f"LINE {excerpt[1]}: ") + 1)
    sentence = _sentence(told.sentence).removesuffix(".")
    if where is None:
        return SqlSyntax(f"{sentence}.")
    return SqlSyntax(f"{sentence}, at line {where[0]}, column {where[1]}.", line=where[0], column=where[1])


def _sentence(text: str) -> str:
    """DuckDB's sentence with a capital, a full stop, and no internal qualifier."""
    text = _QUALIFIER.sub("", text).strip().rstrip("!.")
    return text[:1].upper() + text[1:] + "." if text else "The query cannot be run."
