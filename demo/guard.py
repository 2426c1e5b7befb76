"""Runs one server for a parent process, and ends it when the parent asks or is gone, however it went.

    python guard.py SIGNAL USER DIRECTORY COMMAND …

The parent holds the other end of standard input: its closing, which the kernel does for a parent that was killed, is the order to
end the server with SIGNAL. The first line on standard output is the server's process id; should the server end by itself, what
follows is the end of its log. DIRECTORY holds the server's data and is removed at the end. USER is empty or the name of the
account to run as (PostgreSQL refuses root). Needs only the standard library, and runs as a file, outside any package.
"""

import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import threading
from typing import Any

PATIENCE_SECONDS = 10
LOG_BYTES = 4000
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Asks Linux to kill the server should this guard be killed; elsewhere the closed pipe is all there is."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> int:
    how, user, directory, *command = sys.argv[1:]
    log = pathlib.Path(directory, "server.log")
    account: dict[str, Any] = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    with log.open("ab") as output:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=directory,
            start_new_session=True,
            preexec_fn=die_with_parent,
            **account,
        )
    print(server.pid, flush=True)
    asked = threading.Event()

    def end() -> None:
        while os.read(0, 4096):
            continue
        asked.set()
        server.send_signal(signal.Signals[how])
        try:
            server.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()

    threading.Thread(target=end, daemon=True).start()
    code = server.wait()
    if not asked.is_set():
        sys.stdout.write(log.read_text(errors="replace")[-LOG_BYTES:])
        sys.stdout.flush()
    shutil.rmtree(directory, ignore_errors=True)
    return code


if __name__ == "__main__":
    os._exit(main() & 0xFF)
