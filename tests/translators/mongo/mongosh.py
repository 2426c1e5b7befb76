"""The part of mongosh's language in which requests are printed: read back as BSON, and run.

Whole numbers without a fraction are what mongosh sends: 32-bit integers where they fit, else doubles.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bson import Binary, Int64, MinKey, ObjectId
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128
from pymongo import MongoClient
from pymongo.collation import Collation

_TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<word>-?[A-Za-z]\w*)|(?P<mark>[][{}(),:.]))'
)
_WORDS = {"null": None, "true": True, "false": False, "NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


_MADE: dict[str, Callable[..., Any]] = {
    "NumberLong": lambda text: Int64(int(text)),
    "NumberDecimal": Decimal128,
    "Double": float,
    "ISODate": _moment,
    "Date": lambda ms: DatetimeMS(int(ms)),
    "ObjectId": ObjectId,
    "UUID": lambda text: Binary(UUID(text).bytes, 4),
    "HexData": lambda subtype, text: Binary(bytes.fromhex(text), subtype),
    "MinKey": MinKey,
}


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = [(str(found.lastgroup), found[str(found.lastgroup)]) for found in _TOKEN.finditer(text)]
        assert "".join(text.split()) == "".join("".join(token.split()) for _, token in self.tokens), "it has other tokens"
        self.position = 0

    def next(self) -> tuple[str, str]:
        self.position += 1
        return self.tokens[self.position - 1]

    def takes(self, mark: str) -> bool:
        taken = self.position < len(self.tokens) and self.tokens[self.position] == ("mark", mark)
        self.position += taken
        return taken

    def listed(self, end: str, part: Callable[[], Any]) -> list[Any]:
        found: list[Any] = []
        while not self.takes(end):
            if found:
                assert self.takes(",")
            found.append(part())
        return found

    def pair(self) -> tuple[str, Any]:
        kind, text = self.next()
        assert kind == "string"
        assert self.takes(":")
        return json.loads(text), self.value()

    def value(self) -> Any:
        kind, text = self.next()
        if kind == "string":
            return json.loads(text)
        if kind == "number":
            whole = re.fullmatch(r"-?\d+", text) and text != "-0" and -(2**31) <= int(text) < 2**31
            return int(text) if whole else float(text)
        if text == "{":
            return dict(self.listed("}", self.pair))
        if text == "[":
            return self.listed("]", self.value)
        if text in _WORDS:
            return _WORDS[text]
        made = _MADE[self.next()[1] if text == "new" else text]
        assert self.takes("(")
        return made(*self.listed(")", self.value))


def value(text: str) -> Any:
    """A value that mongosh would make of `text`."""
    return _Reader(text).value()


def run(client: MongoClient[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """What a printed request gives: `db.getSiblingDB(…).getCollection(…).find(…)` or `.aggregate(…)` with what hangs on it."""
    reader = _Reader(text)
    assert reader.next() == ("word", "db")
    found: Any = client
    while reader.takes("."):
        _, method = reader.next()
        assert reader.takes("(")
        given = reader.listed(")", reader.value)
        if method in ("getSiblingDB", "getCollection"):
            found = found[given[0]]
        elif method == "find":
            found = found.find(given[0], given[1] or None).collation(Collation("simple"))
        elif method == "aggregate":
            found = found.aggregate(given[0], collation=Collation("simple"))
        elif method == "sort":
            found = found.sort(list(given[0].items()))
        else:
            found = {"skip": found.skip, "limit": found.limit}[method](given[0])
    assert reader.position == len(reader.tokens)
    return list(found)
