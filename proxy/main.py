"""The command `foz`."""

from __future__ import annotations

from proxy.cli import foz


def main() -> None:
    foz(prog_name="foz")


if __name__ == "__main__":
    main()
