"""What the catalogue service knows of each source: its document, its life, and the patience that it is asked with."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from planner.catalog import Source
from planner.statistics import TableStatistics
from proxy.catalog.documents import SourceDocument
from translators.base import Introspection, Store
from translators.control import Control


@dataclass(frozen=True)
class Invalid:
    """A source document that cannot be used: its id, as far as it has one, and why."""

    id: str
    why: str


@dataclass(frozen=True)
class Documents:
    """Every source document of one reading."""

    valid: Sequence[SourceDocument]
    invalid: Sequence[Invalid] = ()


@dataclass
class Entry:
    """One source's life. `stopped` ends its retries and its introspection; everything else changes under the service's lock."""

    document: SourceDocument
    source: Source
    store: Store | None = None
    found: Introspection | None = None
    statistics: Mapping[str, TableStatistics] = field(default_factory=dict)
    checked_at: datetime | None = None
    invalid: str | None = None
    checking: bool = False
    measuring: bool = False
    retrying: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)
    control: Control | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Patience:
    """How long a start waits for all sources, one introspection may take, and pauses between attempts last (doubling); how often
    statistics are read again (0: never)."""

    start_seconds: float = 15
    introspection_ms: int = 60_000
    first_pause_seconds: float = 1
    longest_pause_seconds: float = 15
    retire_seconds: float = 60
    statistics_seconds: float = 0


PATIENCE = Patience()
