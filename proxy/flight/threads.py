"""A thread of gRPC's keeps its Python state from one call to the next.

In a GetFlightInfo and a DoGet, pyarrow enters Python about twenty times (authentication, middleware, handler, each batch, and so
on), on threads that Python did not make. Each time CPython makes a thread state and throws it away, with a mapping of memory for
its frames: a fifth of what a small query costs (docs/decisions/0016-thread-states.md). One more `PyGILState_Ensure` keeps the
state, and the C library's own list of what a thread does at its end, the one behind C++'s `thread_local`, gives it back.
"""

from __future__ import annotations

import ctypes
import threading
from typing import Any

_LOCKED = 0
"""What `PyGILState_Ensure` answers to whoever holds the interpreter already, and is to be given back."""

_python = ctypes.pythonapi
_at_thread_end: Any = getattr(ctypes.CDLL(None), "__cxa_thread_atexit_impl", None)
"""glibc's; elsewhere, states come and go."""
_thread = threading.local()


def keep_state() -> None:
    """Keeps the Python state of this thread until the thread ends. Only for threads that Python did not make: those have theirs,
    and free it before this would."""
    if _at_thread_end is None or hasattr(_thread, "kept"):
        return
    _thread.kept = True
    _python.PyGILState_Ensure()
    _at_thread_end(_ended, None, _python.PyGILState_Ensure)


def _give_back(_: object) -> None:
    _python.PyGILState_Release(_LOCKED)


_ended = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(_give_back)
