"""What users rely on is documented: every setting, error code, metric and option; and what the README shows is so."""

from __future__ import annotations

import ast
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
import yaml
from click.testing import CliRunner
from pydantic import BaseModel

from demo import shop, tour
from planner.errors import codes
from proxy.cli import foz
from proxy.flight.errors import STATUS as GRPC
from proxy.http.problems import STATUS as HTTP
from proxy.settings import Settings, load
from proxy.telemetry import Labelled, Metrics

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text()
GRPC_NAMES = {
    "FlightUnauthenticatedError": "UNAUTHENTICATED",
    "FlightUnauthorizedError": "PERMISSION_DENIED",
    "FlightCancelledError": "CANCELLED",
    "FlightTimedOutError": "DEADLINE_EXCEEDED",
    "FlightUnavailableError": "UNAVAILABLE",
    "FlightInternalError": "INTERNAL",
}


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def fields(model: type[BaseModel]) -> Iterator[str]:
    """The names of a model's fields as configuration files spell them, those of models inside it included."""
    for name, info in model.model_fields.items():
        yield info.alias or camel(name)
        for inner in models(info.annotation):
            yield from fields(inner)


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models(part)


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command under `group` with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def test_every_setting_is_documented() -> None:
    text = page("configuration")
    assert [name for name in dict.fromkeys(fields(Settings)) if f"`{name}`" not in text] == []


def test_every_default_in_the_table_of_settings_is_the_default() -> None:
    table = re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", page("configuration").split("## Tokens")[0], re.MULTILINE)
    assert len(table) > 8
    told = load(None, {}, **{re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): value for name, value in table})
    assert told == Settings()


def test_every_error_code_is_documented_as_both_protocols_send_it() -> None:
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| (\d+ \| [A-Z_]+) \|", page("errors"), re.MULTILINE))
    sent = {code: f"{HTTP[code]} | {GRPC_NAMES[GRPC[code].__name__] if code in GRPC else 'UNKNOWN'}" for code in codes()}
    assert rows == sent


def test_every_metric_is_documented_with_its_labels() -> None:
    rows = dict(re.findall(r"^\| `(foz_\w+)` \| ([^|]*?) ?\|", page("metrics"), re.MULTILINE))
    exposed = {}
    for held in vars(Metrics()).values():
        collector = held.metric if isinstance(held, Labelled) else held
        if hasattr(collector, "_labelnames"):
            name = collector._name + ("_total" if collector._type == "counter" else "")
            exposed[name] = ", ".join(f"`{label}`" for label in collector._labelnames)
    assert rows == exposed


def test_every_command_and_option_is_documented() -> None:
    text = page("cli")
    missing = []
    for words, command in commands(foz):
        call = " ".join(("foz", *words))
        if not isinstance(command, click.Group) and f"`{call}" not in text:
            missing.append(call)
        for parameter in command.params:
            options = [option for option in parameter.opts if isinstance(parameter, click.Option) and option.startswith("--")]
            missing.extend(f"{call} {option}" for option in options if not re.search(rf"{option}\b", text))
    assert missing == []


def test_links_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text())
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_page_is_reachable_from_the_readme() -> None:
    linked = set(re.findall(r"\(docs/(\w+)\.md\)", README))
    assert {path.stem for path in DOCS.glob("*.md")} == linked


def test_the_readmes_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)(?=`|  )", README + (ROOT / "CONTRIBUTING.md").read_text()))
    assert named <= targets
    assert {"demo", "test", "serve", "bench", "lint"} <= targets


def test_the_readmes_modules_exist() -> None:
    for module in re.findall(r"python -m ([a-z_.]+)", README):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


@pytest.mark.parametrize(
    "line", [line for block in blocks(README, "sh") for line in block.splitlines() if line.startswith("foz ")]
)
def test_the_readmes_commands_have_the_options_that_it_uses(line: str) -> None:
    words = shlex.split(line)[1:]
    plain = [word for word in words if not word.startswith("-")]
    command: click.Command = foz
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), plain.pop(0))
        assert found is not None
        command = found
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known
    assert CliRunner().invoke(command, ["--help"]).exit_code == 0


def test_the_readmes_python_can_be_read() -> None:
    for block in blocks(README, "python"):
        ast.parse(block)


def test_the_readmes_configuration_is_one(tmp_path: Path) -> None:
    for number, block in enumerate(blocks(README, "yaml")):
        path = tmp_path / f"{number}.yaml"
        path.write_text(block)
        assert load(path, {"SHOP_PASSWORD": "secret"}).sources


def test_the_compose_files_configuration_is_one() -> None:
    settings = load(ROOT / "demo" / "compose.yaml", {"SHOP_PASSWORD": "secret"})
    assert [source.id for source in settings.sources] == ["shop", "crm", "warehouse", "partners"]
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"postgres", "mongodb", "valkey", "shop", "foz"}


def test_the_readme_shows_the_demonstrations_query_and_its_answer() -> None:
    assert [block.strip() for block in blocks(README, "sql")] == [tour.REVENUE]
    rows = re.findall(r"^\| ([A-Z]{2}) \| (\d+) \| ([\d.]+) \|$", README, re.MULTILINE)
    expected = tour.expected_revenue(shop.made())
    assert rows == [(row["country"], str(row["orders"]), str(row["revenue"])) for row in expected]


def test_the_hosted_run_and_ours_call_the_same_targets() -> None:
    hosted = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    runs = {step["run"] for job in hosted["jobs"].values() for step in job["steps"] if "run" in step}
    local = (ROOT / ".ci" / "run").read_text()
    assert {"make lint", "make test"} <= runs
    assert "make lint" in local
    assert "make test" in local
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
