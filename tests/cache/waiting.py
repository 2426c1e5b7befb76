"""Waiting for what another thread or process is about to do."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 20


def becomes(so: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Returns when it is so; fails when it never is."""
    until = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < until, "it never became so"
        time.sleep(0.005)
