"""The command line: one file a command. It reads settings, runs one Foz in process (or asks a server), and prints.

Exit codes: 0 done, 1 failed (one line `[code] message` on stderr), 2 wrong usage or configuration.
"""

from proxy.cli.commands import foz

__all__ = ["foz"]
