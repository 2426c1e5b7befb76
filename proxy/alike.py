"""What the plans of one pattern are like: the same, unless other constants choose another number of rows."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from planner.catalog import Source
from planner.cost import workload
from planner.likeness import Likeness, Whole, over, sized
from planner.pattern import Constant, given_constants
from planner.plan import Fragment

_REMEMBERED = 1_000


class Alike:
    """`known` is what the plan is like that the pattern was made from, `marked` the fragment of the plan with `marks` in the
    place of its constants. Used by many threads at once."""

    def __init__(self, known: Whole, marked: Fragment, marks: Sequence[exp.Literal], source: Source) -> None:
        self._known = known
        self._source = source
        self._lock = threading.Lock()
        self._remembered: dict[tuple[Constant, ...], Whole] = {}
        query = marked.query.copy()
        places = {constant: place for place, constant in enumerate(given_constants(marks))}
        found = [(node, places.get((node.name, bool(node.is_string)))) for node in query.find_all(exp.Literal)]
        self._literals = [(node, place) for node, place in found if place is not None]
        self._fragment = replace(marked, query=query)
        self._by_constants = workload(self._fragment, source).by_constants

    def whole(self, constants: Sequence[Constant]) -> Whole:
        """What the plan with these constants is like."""
        if not self._by_constants:
            return self._known
        key = tuple(constants)
        found = self._remembered.get(key)
        if found is None:
            with self._lock:
                for node, place in self._literals:
                    node.set("this", key[place][0])
                found = over((self._likeness(),), None)
                if len(self._remembered) >= _REMEMBERED:
                    self._remembered.clear()
                self._remembered[key] = found
        return found

    def _likeness(self) -> Likeness:
        (known,) = self._known.fragments
        return sized(self._fragment, known.text, workload(self._fragment, self._source))
