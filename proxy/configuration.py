"""Reading a YAML configuration so that a mistake in it can be told by file, line and field.

`read` gives the values with the line of each; `Strict` is the base of every configured model (no unknown fields, camelCase in
files); `explain` turns what pydantic found into sentences. A sentence never holds a configured value unless a validator of ours
put it there, because any value may be a secret.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from planner.errors import RequestInvalid

Place = tuple[str | int, ...]

_REFERENCE = re.compile(r"\$(\$\{|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?P<default>[^}]*))?\})")

_EXPECTED = {
    "missing": "is required",
    "bool_parsing": "expected true or false",
    "bool_type": "expected true or false",
    "dict_type": "expected a mapping",
    "int_from_float": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_type": "expected a whole number",
    "list_type": "expected a list",
    "too_short": "expected at least one entry",
    "tuple_type": "expected a list",
    "model_type": "expected a mapping",
    "string_type": "expected a text",
}


class ConfigurationError(RequestInvalid):
    """The configuration cannot be used; the message names the place and what was expected there, one problem a line."""


class Strict(BaseModel):
    """A configured object: immutable, camelCase in files, an unknown field is an error that names the nearest known one."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _know_every_field(cls, values: Any) -> Any:
        if isinstance(values, Mapping):
            known = [info.alias or name for name, info in cls.model_fields.items()]
            for name in values:
                if name not in known and name not in cls.model_fields:
                    raise unknown_field(str(name), known)
        return values


def unknown_field(name: str, known: Iterable[str]) -> PydanticCustomError:
    """The error for a field that does not exist, with the nearest name that does."""
    candidates = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(name.replace("_", "").lower(), candidates, n=1)
    hint = f"Did you mean {candidates[close[0]]}?" if close else f"Known fields: {', '.join(sorted(candidates.values()))}."
    return PydanticCustomError("unknown_field", "is not a known field. {hint}", {"field": name, "hint": hint})


@dataclass(frozen=True)
class Text:
    """A configuration file as read: its name, its values, and the line (from 1) on which each of them begins."""

    name: str
    values: Mapping[str, Any] = field(repr=False)
    lines: Mapping[Place, int] = field(repr=False)

    def where(self, place: Place) -> str:
        """`foz.yaml, line 3`: the line of `place`, or of the nearest thing around it."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return f"{self.name}, line {self.lines[place[:length]]}"
        return self.name


def read(path: Path, environment: Mapping[str, str]) -> Text:
    """The file at `path` with `${NAME}` and `${NAME:-default}` replaced from `environment` (`$${` is a plain `${`).

    Raises ConfigurationError for a file that cannot be read, text that is not YAML, a repeated key, an unset variable.
    """
    try:
        return parse(path.read_text(encoding="utf-8"), path.name, environment)
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is not UTF-8 text (byte {error.start}).") from None
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror}).") from None


def parse(text: str, name: str, environment: Mapping[str, str]) -> Text:
    """`text` as `read` gives it."""
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is not None and not isinstance(node, yaml.MappingNode):
            raise ConfigurationError(f"{name}, line {node.start_mark.line + 1}: expected a mapping of settings.")
        lines = dict(_lines(node, (), name)) if node is not None else {}
        values = loader.construct_document(node) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ConfigurationError(f"{name}, line {mark.line + 1 if mark else 1}: not YAML: {error.problem}.") from None
    except yaml.YAMLError:
        raise ConfigurationError(f"{name}: not YAML: it holds a character that is not allowed.") from None
    except ValueError:
        raise ConfigurationError(
            f"{name}: holds a value that is not what it looks like, such as a date that does not exist."
        ) from None
    finally:
        loader.dispose()
    written = Text(name, values, lines)
    return Text(name, {key: _expanded(value, (key,), written, environment) for key, value in values.items()}, lines)


def _lines(node: yaml.Node, place: Place, name: str) -> Iterator[tuple[Place, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ConfigurationError(f"{name}, line {key.start_mark.line + 1}: expected a name before the colon.")
            if key.value in seen:
                raise ConfigurationError(f"{name}, line {key.start_mark.line + 1}: {key.value} is given twice.")
            seen.add(key.value)
            yield from ((inner, line) for inner, line in _lines(value, (*place, key.value), name) if inner != (*place, key.value))
            yield (*place, key.value), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*place, index), name)


def _expanded(value: Any, place: Place, text: Text, environment: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _expanded(inner, (*place, key), text, environment) for key, inner in value.items()}
    if isinstance(value, list):
        return [_expanded(inner, (*place, index), text, environment) for index, inner in enumerate(value)]
    if not isinstance(value, str):
        return value

    def replacement(match: re.Match[str]) -> str:
        variable = match["name"]
        if variable is None:
            return "${"
        found = environment.get(variable, match["default"])
        if found is None:
            raise ConfigurationError(f"{text.where(place)}: {spelled(place)}: the environment variable {variable} is not set.")
        return found

    return _REFERENCE.sub(replacement, value)


def spelled(place: Place) -> str:
    """`sources[0].connection`: a place as people write it."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in place]
    return "".join(parts).removeprefix(".")


def explain(error: ValidationError) -> Iterator[tuple[Place, str]]:
    """Each problem that pydantic found: its place, and what was expected there."""
    for problem in error.errors(include_url=False, include_input=False):
        place: Place = tuple(problem["loc"])
        context = problem.get("ctx", {})
        if problem["type"] == "unknown_field":
            place = (*place, str(context["field"]))
        expected = _EXPECTED.get(problem["type"])
        if expected is None and problem["type"] == "literal_error":
            expected = f"expected {context['expected']}"
        yield place, expected or problem["msg"].replace("Input should be", "expected a value")


def sentence(place: Place, expected: str) -> str:
    """`sources[0].id: expected …`, `sources[0].id is required.`: a problem at a place, ended."""
    subject = spelled(place)
    joint = " " if expected.startswith(("is ", "needs ")) else ": "
    return (f"{subject}{joint}" if subject else "") + expected + ("" if expected.endswith(("?", ".")) else ".")
