"""Where a text's parameters stand, and what is put in their places.

The text is scanned here and not by sqlglot's tokens: that reads `$1,$2` as the opening of a dollar quote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from planner.errors import RequestInvalid

Render = Callable[[str | int], str]
"""SQL for the parameter at a position (from 1) or of a name. Raises RequestInvalid where it was not given."""

_SCANNED = re.compile(
    r"""
      '(?:[^']|'')*'                                  # a text
    | "(?:[^"]|"")*"                                  # an identifier
    | `[^`]*`                                         # an identifier of other dialects
    | --[^\n]*                                        # a comment
    | /\*.*?\*/
    | \$(?P<tag>[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?\$ .*? \$(?P=tag)?\$   # a dollar-quoted text
    | \$(?P<key>\d+|[A-Za-z_][A-Za-z0-9_]*)           # a parameter
    | (?P<next>\?)(?![?|&])
    """,
    re.X | re.S,
)


def spans(text: str) -> Iterator[tuple[int, int, str | int]]:
    """Each parameter's start, end and key: a position from 1 for `?` and `$1`, a name for `$name`."""
    count = 0
    for found in _SCANNED.finditer(text):
        if found["next"]:
            count += 1
            yield found.start(), found.end(), count
        elif found["key"]:
            yield found.start(), found.end(), int(found["key"]) if found["key"].isdigit() else found["key"]


def keys(text: str) -> tuple[str | int, ...]:
    """The parameters of a text, each once: positions in their order, names in order of appearance."""
    found = dict.fromkeys(key for _, _, key in spans(text))
    return tuple(sorted(found, key=lambda key: key if isinstance(key, int) else 0))


def put(text: str, render: Render) -> str:
    """The text with every parameter replaced by what `render` gives for it.

    >>> put("select $1,$1 from t where a = '?' and b = $1", lambda key: f"<{key}>")
    "select <1>,<1> from t where a = '?' and b = <1>"
    """
    return splice(text, [(start, end, render(key)) for start, end, key in spans(text)])


def spaced(text: str) -> str:
    """The same text with every parameter apart from what follows it: `$1,$2` is no dollar quote then, and `?::` no operator.

    >>> spaced("select $1,$2, ?::date")
    'select $1 ,$2 , ? ::date'
    """
    return splice(text, [(end, end, " ") for _, end, _ in spans(text)])


def put_closely(text: str, render: Render) -> str:
    """As `put`, in a text that `spaced` has given: the spaces that it gave are gone.

    >>> put_closely(spaced("a in ($1,$2) and b = $3 "), lambda key: str(key))
    'a in (1,2) and b = 3 '
    """
    return splice(text, [(start, end + 1, render(key)) for start, end, key in spans(text)])


def splice(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """`text` with each (start, end, replacement) put in place; `end` is the position after the last character replaced.

    >>> splice("select a from b", [(14, 15, "c"), (7, 8, "x")])
    'select x from c'
    """
    pieces: list[str] = []
    done = 0
    for start, end, replacement in sorted(edits):
        pieces += (text[done:start], replacement)
        done = end
    return "".join((*pieces, text[done:]))


def given(values: Mapping[str, str] | Sequence[str]) -> Render:
    """A `Render` over SQL texts by name or position."""

    def render(key: str | int) -> str:
        found = values.get(str(key)) if isinstance(values, Mapping) else _at(values, key)
        if found is None:
            raise RequestInvalid(f"The query has a parameter ${key} that was not given.", field="params")
        return found

    return render


def _at(values: Sequence[str], key: str | int) -> str | None:
    return values[key - 1] if isinstance(key, int) and 0 < key <= len(values) else None
