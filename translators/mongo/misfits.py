"""Values that do not fit their columns, found by the server while it computes: the document is named in the error.

A pipeline that computes with a stored field checks it where it reads it: `checked` gives the expression where every field fits
and ends the query where one does not, by asking for the number in a text that is none. The server puts that text into its
error (code 241, ConversionFailure), and `found_in` reads it back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from translators.mongo.expressions.stored import fits
from translators.mongo.fields import Field

_MARK = "foz misfit"
_TEXT = re.compile(rf"Failed to parse number '{_MARK}:([^']*)' in \$convert")
_NUMBERS = ("int", "long", "double", "decimal")


@dataclass(frozen=True)
class Misfit:
    """A document's value that does not fit: `identity` is the document's `_id` as relaxed extended JSON, None where it has no
    text in the server."""

    collection: str
    path: str
    type: str
    found: str
    identity: str | None


def checked(expression: Any, fields: Iterable[Field], collection: str) -> Any:
    """`expression` where each of `fields` fits its column; elsewhere the query ends with an error that names the document."""
    for field in sorted(fields, key=lambda each: each.path, reverse=True):
        if not field.computed and not field.nullify:
            expression = {"$cond": [fits(field), expression, _failure(field, collection)]}
    return expression


def _failure(field: Field, collection: str) -> Any:
    """No constant, or the server would compute it before it reads a document."""
    root, names = (f"{field.names[0]}.", field.names[1:]) if field.joined else ("", field.names)
    parts = (_MARK, field.joined or collection, ".".join(names), field.shape.type)
    place = ":".join(quote(part, safe=" ()[],.") for part in parts)
    identity = {"$convert": {"input": f"${root}_id", "to": "string", "onError": "", "onNull": ""}}
    return {"$toInt": {"$concat": [f"{place}:", {"$type": f"${field.path}"}, ":", {"$type": f"${root}_id"}, ":", identity]}}


def found_in(message: str) -> Misfit | None:
    """The misfit that a server's error tells of; None where it tells of something else."""
    found = _TEXT.search(message)
    if found is None:
        return None
    collection, path, type, kind, key, identity = found[1].split(":", 5)
    collection, path, type = unquote(collection), unquote(path), unquote(type)
    return Misfit(collection, path, type, kind, _identity(key, identity))


def _identity(type: str, text: str) -> str | None:
    if type == "objectId":
        return json.dumps({"$oid": text})
    if type == "string":
        return json.dumps(text, ensure_ascii=False)
    return text if type in (*_NUMBERS, "bool", "date") else None
