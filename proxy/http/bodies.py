"""Reading a JSON body into its model: size, encoding, nesting, duplicate names and fields, each refused with its place."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from planner.errors import QueryCancelled, RequestInvalid
from proxy.http.problems import invalid
from proxy.http.services import settings

Model = TypeVar("Model", bound=BaseModel)

_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_OUR_WORDS = {
    "extra_forbidden": "There is no such field.",
    "missing": "This field is required.",
}


async def read(request: Request, model: type[Model]) -> Model:
    """The request's body as `model`. Raises RequestInvalid."""
    return validated(await read_value(request), model)


async def read_value(request: Request) -> Any:
    """The request's body as JSON values; numbers with a fraction or an exponent are kept exact, as Decimal. Raises
    RequestInvalid."""
    limits = settings(request)
    _check_headers(request, limits.max_body_bytes)
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > limits.max_body_bytes:
                raise _too_large(limits.max_body_bytes)
    except ClientDisconnect:
        raise QueryCancelled("The client went away before its request was complete.") from None
    return parsed(bytes(body), limits.max_body_depth)


def parsed(body: bytes, max_depth: int) -> Any:
    """`body` as JSON values. Raises RequestInvalid; never fails on depth, since that is looked at first."""
    if not body:
        raise RequestInvalid("The body is empty; send a JSON object.")
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise RequestInvalid(f"The body is not valid UTF-8 (byte {error.start}).") from None
    depth = 0
    for token in _STRUCTURE.finditer(body):
        first = token.group()[:1]
        depth += (first in b"[{") - (first in b"]}")
        if depth > max_depth:
            raise RequestInvalid(f"The body is nested more than {max_depth} levels deep.")
    try:
        value = json.loads(body, parse_float=_number, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        message = f"The body is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        raise RequestInvalid(message, line=error.lineno, column=error.colno) from None
    if _SURROGATE.search(body):
        try:
            json.dumps(value, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError:
            raise RequestInvalid("The body holds half of a surrogate pair, which is no character.") from None
    return value


def validated(value: Any, model: type[Model]) -> Model:
    """`value` as `model`. Raises RequestInvalid with the path of every field that is wrong."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        errors = [
            {"path": path(*wrong["loc"]), "message": _OUR_WORDS.get(wrong["type"], wrong["msg"].removeprefix("Value error, "))}
            for wrong in error.errors(include_url=False, include_input=False, include_context=False)[:20]
        ]
        first = errors[0]
        message = f"{first['path']}: {first['message']}" if first["path"] else first["message"]
        raise RequestInvalid(message, errors=errors) from None


def path(*parts: str | int) -> str:
    """`("params", 0, "value")` as `params[0].value`."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _check_headers(request: Request, max_bytes: int) -> None:
    # A page of another origin can send text/plain without asking first, so this check is a defence too.
    content_type = request.headers.get("content-type", "")
    kind, *options = (part.strip().lower() for part in content_type.split(";"))
    if kind != "application/json":
        raise RequestInvalid("The body must be JSON: send Content-Type: application/json.")
    charset = next((option[8:].strip('"') for option in options if option.startswith("charset=")), "utf-8")
    if charset not in ("utf-8", "utf8"):
        raise RequestInvalid("The body must be UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise RequestInvalid("Compressed bodies are not accepted.")
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > max_bytes:
        raise _too_large(max_bytes)


def _too_large(max_bytes: int) -> RequestInvalid:
    return RequestInvalid(f"The body is larger than {max_bytes} bytes.", maxBytes=max_bytes)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise invalid(twice, "The same name appears twice in one object.")
    return made


def _number(text: str) -> Decimal:
    if len(text) > 400:
        raise RequestInvalid("A number in the body has more than 400 characters.")
    return Decimal(text)


def _integer(text: str) -> int:
    if len(text) > 400:
        raise RequestInvalid("A number in the body has more than 400 characters.")
    return int(text)


def _constant(text: str) -> NoReturn:
    raise RequestInvalid(f'{text} is not valid JSON; send it as the string "{text}" where a number is expected.')
