"""Putting the triggers into a database: what is missing, each table in a transaction of its own.

A statement that cannot have its lock within a few seconds gives up: while it waits, whoever writes to the table waits behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.catalog import Table
from planner.errors import FozError
from translators.base import Watchable
from translators.control import Control
from translators.postgres import triggers
from translators.postgres.coverage import EXAMINATION, Coverage, coverage
from translators.postgres.session import Session

_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '3s'"


def watchable(session: Session, source: str, tables: Sequence[Table], control: Control) -> Watchable:
    covered = _coverage(session, source, tables, control)
    statements = [
        *(() if _there(session, triggers.FUNCTION_THERE, control) else triggers.FUNCTION),
        *(statement for place in covered.missing for statement in triggers.attach(*place)),
        *(() if _there(session, triggers.EVENTS, control) else triggers.EVENT_TRIGGERS),
    ]
    return Watchable(tuple(sorted(covered.covered)), covered.untold, tuple(statements))


def install(session: Session, source: str, tables: Sequence[Table], control: Control) -> tuple[str, ...]:
    """Raises FozError where not even the function can be made."""
    failed: list[str] = []
    if not _there(session, triggers.FUNCTION_THERE, control):
        _together(session, triggers.FUNCTION, control)
    for schema, name in _coverage(session, source, tables, control).missing:
        try:
            _together(session, triggers.attach(schema, name), control)
        except FozError as error:
            control.check()
            failed.append(f"{source}.{schema}.{name} did not get its trigger: {error.message}")
    if not _there(session, triggers.EVENTS, control):
        try:
            _together(session, triggers.EVENT_TRIGGERS, control)
        except FozError as error:
            control.check()
            failed.append(
                f"There are no event triggers, so tables that are created later get no trigger before this is run again, and a "
                f"changed schema is noticed a few seconds late: {error.message}"
            )
    return tuple(failed)


def uninstall(session: Session, control: Control) -> None:
    _together(session, triggers.REMOVE, control)


def _coverage(session: Session, source: str, tables: Sequence[Table], control: Control) -> Coverage:
    return coverage(session.table(EXAMINATION, control).to_pylist(), tables, source)


def _there(session: Session, asked: str, control: Control) -> bool:
    (row,) = session.table(asked, control).to_pylist()
    return bool(row["there"])


def _together(session: Session, statements: Iterable[str], control: Control) -> None:
    session.run("BEGIN", control)
    try:
        for statement in (_LOCK_TIMEOUT, *statements):
            session.run(statement, control)
        session.run("COMMIT", control)
    except BaseException:
        if session.usable:
            session.run("ROLLBACK")
        raise
