"""A part of a query that can be stopped without ending the query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from translators.control import Control


class Part(Control):
    """Ends by itself or with the whole, whose deadline it shares, also when that is moved."""

    def __init__(self, whole: Control) -> None:
        self._whole = whole
        super().__init__()

    def follow(self) -> None:
        """Ends as the whole has ended."""
        error = self._whole.error
        if error is not None:
            self.end(error)

    def longest_seconds(self) -> float | None:
        return self._whole.longest_seconds()

    def _pass(self) -> None:
        # Whether the deadline is put off is the whole's to say.
        self.follow()

    @property
    def deadline(self) -> float | None:
        return self._whole.deadline

    @deadline.setter
    def deadline(self, value: float | None) -> None:
        """It is the whole's alone to set."""

    @property
    def timeout_ms(self) -> int | None:
        return self._whole.timeout_ms

    @timeout_ms.setter
    def timeout_ms(self, value: int | None) -> None:
        """It is the whole's alone to set."""


@contextmanager
def part_of(whole: Control) -> Iterator[Part]:
    """A part that ends with `whole` while the block runs."""
    part = Part(whole)
    with whole.stopping(part.follow):
        yield part
