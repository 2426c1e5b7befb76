"""What MongoDB is not asked to do, and why."""

from __future__ import annotations

from sqlglot import exp


class Refused(Exception):
    """MongoDB does not do `part` as DuckDB does; the message is the reason, one clause. Never leaves this package."""

    def __init__(self, part: exp.Expr, reason: str) -> None:
        super().__init__(reason)
        self.part = part
        self.reason = reason
