"""How far a query is, and when it may be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Progress:
    """What of a plan has been read: fragments that are done, of all; rows and bytes that the sources gave."""

    done: int = 0
    total: int = 0
    rows: int = 0
    bytes: int = 0

    def told(self, rows: int, bytes: int) -> dict[str, Any]:
        """With `rows` and `bytes` of the answer itself, as a query's status says it."""
        return {
            "rows": rows,
            "bytes": bytes,
            "fragments": {"done": self.done, "total": self.total},
            "read": {"rows": self.rows, "bytes": self.bytes},
        }


NOTHING = Progress()


def foretold(
    predicted: Mapping[str, Any] | None, started: datetime | None, now: datetime | None = None
) -> Mapping[str, Any] | None:
    """What was predicted of a query that runs, with `finishesAt`: when half of its like are done, or, once that is over, 95 of
    100; None when that is over too."""
    if predicted is None or started is None or not predicted.get("ms"):
        return predicted
    ends = [started + timedelta(milliseconds=predicted["ms"][each]) for each in ("p50", "p95")]
    left = [end for end in ends if end > (now or datetime.now(UTC))]
    return {**predicted, "finishesAt": moment(left[0]) if left else None}


def moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z") if value else None
