"""How fresh answers over each table of a source could be, for whoever looks at the source: its store is asked once, and not
listened to any longer."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence

from planner.catalog import Table
from planner.errors import FozError
from proxy.freshness import FOREIGN, Label
from translators.base import Proving, Store, Watching
from translators.control import Control


def telling(store: Store, tables: Sequence[Table], patience_ms: int = 5000) -> dict[str, tuple[Label, str | None]]:
    """By each table's path its best label, and of `ttl` why it is no better."""
    proved = _proved(store, tables, patience_ms)
    found: dict[str, tuple[Label, str | None]] = dict.fromkeys(proved, ("exact", None))
    rest = [table for table in tables if table.path not in proved]
    if rest and isinstance(store, Watching):
        told, reasons, otherwise = _watched(store, rest, patience_ms)
    else:
        told, reasons, otherwise = (), {}, "its source tells of none"
    for table in rest:
        if table.kind not in FOREIGN and table.path in told:
            found[table.path] = ("notified", None)
        else:
            found[table.path] = ("ttl", reasons.get(table.path, otherwise))
    return found


def _proved(store: Store, tables: Sequence[Table], patience_ms: int) -> Collection[str]:
    if not isinstance(store, Proving):
        return ()
    try:
        return store.prove(tables, Control(patience_ms)).keys()
    except FozError:
        return ()


def _watched(store: Watching, tables: Sequence[Table], patience_ms: int) -> tuple[Collection[str], Mapping[str, str], str]:
    """What it tells of, why not of others by their paths, and why of none."""
    first = _First()
    watch = store.watch(tables, first)
    try:
        first.said.wait(patience_ms / 1000)
    finally:
        watch.close()
    return first.tables, first.untold, first.reason


class _First:
    """Hears the first that a watch says (`translators.base.Heard`)."""

    def __init__(self) -> None:
        self.said = threading.Event()
        self.tables: Collection[str] = ()
        self.untold: Mapping[str, str] = {}
        self.reason = "its source has not told of any yet"

    def live(self, tables: Collection[str], untold: Mapping[str, str]) -> None:
        if not self.said.is_set():
            self.tables, self.untold = frozenset(tables), untold
            self.said.set()

    def lost(self, reason: str) -> None:
        if not self.said.is_set():
            self.reason = reason
            self.said.set()

    def paused(self, reason: str) -> None:
        """It goes on by itself."""

    def resumed(self) -> None:
        """It has been heard."""

    def changed(self, tables: Collection[str], mark: str | None) -> None:
        """Nothing is kept here."""
