"""The statements that a session has prepared: those that came again, the latest ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

from translators.postgres.binds import Bind

KEPT = 100
"""Texts that a session knows; a prepared statement costs the server some ten kilobytes."""


class Stale(Exception):
    """A prepared statement that can run no more: its tables have changed, or a pooler has lost it. Never leaves this package."""


class Statements:
    """What one session has prepared, by text and types. Not for two threads at once."""

    def __init__(self) -> None:
        self._names: OrderedDict[tuple[str, ...], str | None] = OrderedDict()
        self._prepared = 0

    def name_of(self, text: str, binds: Sequence[Bind], run: Callable[[str], object]) -> str | None:
        """The prepared statement for a text with `$1` …, made by `run` when it comes the second time; None the first time."""
        types = tuple(bind.home for bind in binds)
        key = (text, *types)
        if key not in self._names:
            self._names[key] = None
            if len(self._names) > KEPT:
                _, oldest = self._names.popitem(last=False)
                if oldest is not None:
                    run(f"DEALLOCATE {oldest}")
            return None
        self._names.move_to_end(key)
        name = self._names[key]
        if name is None:
            self._prepared += 1
            name = f"foz_{self._prepared}"
            run(f"PREPARE {name}({', '.join(types)}) AS {text}")
            self._names[key] = name
        return name

    def forget(self, text: str) -> None:
        """Takes a text for one that never came; what was prepared for it is not used again."""
        for key in [key for key in self._names if key[0] == text]:
            del self._names[key]
