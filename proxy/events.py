"""Events as callers report them, in JSON, over either protocol: one object, or an array of them.

{"source": "shop", "table": "orders", "kind": "updated", "version": 17, "ids": [4711]}
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from planner.errors import RequestInvalid
from proxy.request import Event

MAX_EVENTS = 10_000
_Text = Annotated[str, Field(min_length=1, max_length=1024)]
_Scalar = Annotated[str, Field(max_length=1024)] | int


class EventBody(BaseModel):
    """Something was written to a source: to one of its tables, or anywhere in it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    source: _Text
    table: _Text | None = Field(None, description="`table` or `schema.table`; the whole source without it.")
    kind: _Text | None = Field(None, description="What happened, for the log.")
    version: _Scalar | None = Field(None, description="The same version of the same table again is the same event.")
    ids: list[_Scalar] = Field(default_factory=list, max_length=100_000)

    def event(self) -> Event:
        version = None if self.version is None else str(self.version)
        return Event(self.source, self.table, self.kind, version, tuple(map(str, self.ids)))


_ADAPTER = TypeAdapter(list[EventBody])


def events(value: Any) -> tuple[Event, ...]:
    """The events that a JSON value holds. Raises RequestInvalid with the path of what is wrong."""
    single = not isinstance(value, list)
    if not single and not 0 < len(value) <= MAX_EVENTS:
        raise RequestInvalid(f"One to {MAX_EVENTS} events can be sent at once.")
    try:
        bodies = _ADAPTER.validate_python([value] if single else value)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in wrong["loc"][1 if single else 0 :])
        message = "There is no such field." if wrong["type"] == "extra_forbidden" else wrong["msg"]
        raise RequestInvalid(f"{place}: {message}" if place else message, field=place or None) from None
    return tuple(body.event() for body in bodies)
