"""A store's readings as batches: a store of files is read by the residual engine."""

from __future__ import annotations

from contextlib import AbstractContextManager

from planner.catalog import Limits
from proxy.reading import Sources
from proxy.related import read_through
from proxy.residual import Engine
from translators.base import Reader, Store
from translators.control import Control


class Batches:
    """The readings of one store; closed once."""

    def __init__(self, store: Store) -> None:
        self._engine = Engine(256 << 20, None) if hasattr(store, "directories") else None
        sources = Sources({"s": store}, {"s": Limits()})
        self._store = read_through(sources, self._engine).stores["s"] if self._engine is not None else store

    def reading(self, reads: int, control: Control) -> AbstractContextManager[Reader]:
        return self._store.reading(reads, control)

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()
