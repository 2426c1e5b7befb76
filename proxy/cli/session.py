"""What every command needs: the settings of its options, one Foz in process, and errors as one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
import structlog

from planner.errors import FozError
from proxy.application import Application, build
from proxy.configuration import ConfigurationError
from proxy.settings import Settings, load
from proxy.telemetry import Scrubber, configure_logging

log = structlog.get_logger("foz")

DEFAULT_FILE = "foz.yaml"

Command = TypeVar("Command", bound=Callable[..., Any])


def config_option(command: Command) -> Command:
    """`--config FILE`, also FOZ_CONFIG."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="FOZ_CONFIG",
        help=f"Configuration file; {DEFAULT_FILE} here if there is one.",
    )(command)


def json_option(command: Command) -> Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(command)


def settings_of(config: Path | None, **options: Any) -> Settings:
    """The settings of `config`, the environment and `options`. Raises ConfigurationError."""
    path = config
    if path is None and Path(DEFAULT_FILE).is_file():
        path = Path(DEFAULT_FILE)
    if path is None and not {"FOZ_SOURCES", "FOZ_CATALOG"} & set(os.environ):
        raise ConfigurationError(f"There is no {DEFAULT_FILE} here. Write one, or name one with --config FILE.")
    return load(path, os.environ, **options)


@contextmanager
def in_process(config: Path | None) -> Iterator[Application]:
    """A Foz for one command, its sources open; it logs errors only (or everything, at level debug), as text on stderr."""
    with failing_cleanly():
        settings = settings_of(config)
        configure_logging("debug" if settings.log.level == "debug" else "error", "text", Scrubber(settings.secrets()))
        with build(settings) as application:
            application.start()
            yield application


class RemoteError(Exception):
    """What a server answered instead of rows: its code and its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Left(KeyboardInterrupt):
    """An interrupt that leaves something behind; it says what."""


@contextmanager
def failing_cleanly() -> Iterator[None]:
    """Ends the process with one line on stderr: 2 for a configuration that cannot be used, 1 for every other error of Foz."""
    try:
        yield
    except ConfigurationError as error:
        _end(f"foz: {error.message}", 2)
    except (FozError, RemoteError) as error:
        _end(f"[{error.code}] {error.message}", 1)
    except BrokenPipeError:
        # Whoever read our output has gone (`foz query … | head`): what is still buffered must not fail at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt as interrupt:
        _end(str(interrupt) or "[query.cancelled] Interrupted.", 130)
    except Exception as error:
        log.debug("cli.failed", exc_info=True)
        _end(f"[server.internal] Foz made a mistake ({type(error).__name__}); with FOZ_LOG__LEVEL=debug it says where.", 1)


def _end(line: str, status: int) -> NoReturn:
    click.echo(line, err=True)
    sys.exit(status)
