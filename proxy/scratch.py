"""The directory of a process for its temporary files: made at start, removed at the end, or by the next process after a crash."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

from proxy.configuration import ConfigurationError

_LOCK = ".lock"


class Scratch:
    """A new directory under `above` (None: the system's for temporary files), locked as long as the process lives.

    Directories that a killed process left there are removed first. Raises ConfigurationError where nothing can be written.
    """

    def __init__(self, above: Path | None) -> None:
        place = above or Path(tempfile.gettempdir())
        try:
            place.mkdir(parents=True, exist_ok=True)
            _sweep(place)
            self.path = Path(tempfile.mkdtemp(prefix="foz-", dir=place))
            self._lock = _locked(self.path / f"{_LOCK}.new")
            # Only a lock that is held already gets the name that a sweep looks for.
            (self.path / f"{_LOCK}.new").rename(self.path / _LOCK)
        except OSError as error:
            raise ConfigurationError(f"spool: {place} cannot be written ({error.strerror}).") from None

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def _sweep(place: Path) -> None:
    for lock in place.glob(f"foz-*/{_LOCK}"):
        try:
            held = _locked(lock)
        except OSError:
            # Somebody lives there, or it is another user's.
            continue
        shutil.rmtree(lock.parent, ignore_errors=True)
        held.close()


def _locked(path: Path) -> IO[bytes]:
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb+", buffering=0)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file
