"""The shape of the code, read from its syntax trees: who may import whom, and how large a file may grow.

Each test gathers every offence before it fails, so that its message is the whole list.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from translators.registry import STORES

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("planner", "translators", "cache", "proxy")
OUTSIDE = ("demo", "benchmarks", "tests")

MAY_IMPORT = {
    "planner": {"planner"},
    "translators": {"translators", "planner"},
    "cache": {"cache", "planner"},
    "proxy": set(ROOMS),
}

# What reaches the machine, its clock or its threads. `planner` is handed such things as values and functions.
WORLD = {
    *("asyncio", "concurrent", "ctypes", "fcntl", "glob", "http", "io", "multiprocessing", "os", "pathlib", "random", "secrets"),
    *("select", "shutil", "signal", "socket", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib"),
    *("adbc_driver_manager", "adbc_driver_postgresql", "asyncpg", "bson", "pymongo", "pymongoarrow"),
    *("sqlite3", "duckdb", "fastapi", "httpx", "prometheus_client", "requests", "starlette", "structlog", "uvicorn"),
}

# Libraries that have one home: (library) -> path prefixes that may import it.
HOMES = {
    "fastapi": ("proxy/http/",),
    "starlette": ("proxy/http/",),
    "uvicorn": ("proxy/http/", "proxy/cli/", "proxy/application.py"),
    "pyarrow.flight": ("proxy/flight/",),
    "adbc_driver_flightsql": (),  # a client; Foz is none of those
    "adbc_driver_postgresql": ("translators/postgres/",),
    "asyncpg": ("translators/postgres/",),
    "sqlite3": ("translators/sqlite/",),
    "pymongo": ("translators/mongo/", "proxy/catalog/"),  # a catalogue may itself live in MongoDB
    "bson": ("translators/mongo/", "proxy/catalog/"),
    "pymongoarrow": ("translators/mongo/",),
    "click": ("proxy/cli/", "proxy/main.py"),
    "rich": ("proxy/cli/", "proxy/main.py"),
}

LARGEST_FILE_LINES = 400
LARGEST_TEST_LINES = 500  # lists of cases, which are looked up rather than read
LARGER_FILES: dict[str, str] = {}
"""Files that may be longer, each with the reason."""

NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


@dataclass(frozen=True)
class Module:
    """One Python file: its path from the repository's root, its dotted name, its text and its tree."""

    path: str
    name: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.path.split("/")[0]

    @property
    def package(self) -> str:
        return self.name if self.path.endswith("/__init__.py") else self.name.rpartition(".")[0]

    def imports(self) -> Iterator[tuple[int, str]]:
        """(line, dotted name) of everything imported; `from a import b` gives `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    parents = self.package.split(".")
                    base = ".".join([*parents[: len(parents) - node.level + 1], *filter(None, [node.module])])
                for alias in node.names:
                    yield node.lineno, f"{base}.{alias.name}"


@lru_cache(maxsize=1)
def modules() -> tuple[Module, ...]:
    found = []
    for room in (*ROOMS, *OUTSIDE):
        for path in sorted((ROOT / room).rglob("*.py")):
            relative = path.relative_to(ROOT).as_posix()
            name = relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            text = path.read_text()
            found.append(Module(relative, name, text, ast.parse(text, relative)))
    return tuple(found)


def product() -> Iterator[Module]:
    return (module for module in modules() if module.room in ROOMS)


def inside(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def test_imports_go_one_way() -> None:
    offences = [
        f"{module.path}:{line} imports {name}"
        for module in product()
        for line, name in module.imports()
        if name.split(".")[0] in (*ROOMS, *OUTSIDE) and name.split(".")[0] not in MAY_IMPORT[module.room]
    ]
    assert offences == []


def test_the_planner_imports_nothing_that_reaches_the_world() -> None:
    offences = [
        f"{module.path}:{line} imports {name}"
        for module in product()
        if module.room == "planner"
        for line, name in module.imports()
        if name.split(".")[0] in WORLD
    ]
    assert offences == []


def test_a_store_is_known_only_in_its_own_folder() -> None:
    offences = [
        f"{module.path}:{line} imports {name}"
        for module in product()
        for line, name in module.imports()
        for folder in STORES.values()
        if inside(name, folder) and not inside(module.name, folder)
    ]
    assert offences == []


def test_nobody_asks_for_the_type_of_a_store_outside_its_folder() -> None:
    offences = [
        f"{module.path}:{node.lineno} compares with {constant.value!r}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Compare)
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant)
        and constant.value in STORES
        and not any(inside(module.name, folder) for folder in STORES.values())
    ]
    assert offences == []


def test_a_protocol_and_a_driver_have_one_home() -> None:
    offences = [
        f"{module.path}:{line} imports {name}"
        for module in product()
        for line, name in module.imports()
        for library, homes in HOMES.items()
        if inside(name, library) and not module.path.startswith(homes)
    ]
    assert offences == []


def test_protocols_do_not_know_each_other() -> None:
    folders = ("proxy.flight", "proxy.http", "proxy.cli")
    ends = ("proxy.application", "proxy.main")
    offences = [
        f"{module.path}:{line} imports {name}"
        for module in product()
        for line, name in module.imports()
        for folder in folders
        if inside(name, folder)
        and not inside(module.name, folder)
        and module.name not in ends
        and not inside(module.name, "proxy.cli")
    ]
    assert offences == []


def test_a_file_fits_in_one_head() -> None:
    def most(path: str) -> int:
        return LARGEST_TEST_LINES if path.startswith("tests/") else LARGEST_FILE_LINES

    lengths = {module.path: module.text.count("\n") for module in modules()}
    too_long = {path: lines for path, lines in lengths.items() if lines > most(path) and path not in LARGER_FILES}
    assert too_long == {}
    needless = [path for path in LARGER_FILES if lengths.get(path, 0) <= most(path)]
    assert needless == [], "these exceptions are no longer needed"


def test_every_package_says_what_it_is_for() -> None:
    silent = [
        module.path
        for module in modules()
        if module.path.endswith("/__init__.py") and module.room != "tests" and len(ast.get_docstring(module.tree) or "") < 60
    ]
    assert silent == []
    unmarked = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in sorted({file.parent for file in (ROOT / room).rglob("*.py")})
        if not (path / "__init__.py").exists()
    ]
    assert unmarked == []


def test_every_module_opens_with_what_it_is() -> None:
    silent = [module.path for module in modules() if module.room != "tests" and not ast.get_docstring(module.tree)]
    assert silent == []


def test_names_say_something() -> None:
    assert [module.path for module in modules() if NAMELESS & set(module.name.lower().replace("_", ".").split("."))] == []


def test_nothing_is_left_for_later() -> None:
    marks = ["TO" + "DO", "FIX" + "ME", "X" * 3]
    texts = {module.path: module.text for module in modules()}
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    texts |= {path.relative_to(ROOT).as_posix(): path.read_text() for path in pages}
    offences = [
        f"{path}:{number} {line.strip()}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if any(mark in line for mark in marks)
    ]
    assert offences == []


def test_no_error_is_swallowed() -> None:
    offences = [
        f"{module.path}:{node.lineno}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
        and all(isinstance(statement, ast.Pass) for statement in node.body)
    ]
    assert offences == []


def test_every_module_of_the_planner_is_deterministic_in_its_hashes() -> None:
    """`hash()` of text differs between processes; plans and keys must not."""
    offences = [
        f"{module.path}:{node.lineno}"
        for module in product()
        if module.room in ("planner", "cache")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hash"
    ]
    assert offences == []
