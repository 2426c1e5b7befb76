"""The forms of expressions, read from `grammar/*.txt`, and expressions made of them.

    Writer(random, scope).expression("int")  ──>  "LENGTH((t1.c2 || 'a'))", and the forms in it in `used`

A `Form` is a template with holes; `expression` fills them with columns, constants and further forms. Which forms are chosen
follows `likely`: those that went down to the stores of the query when they were tried alone (`coverage.pushed`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from random import Random

from tests.fuzz.values import value, written

KINDS = ("int", "dec", "float", "text", "day", "ts", "flag")
"""The kinds that a query gives; the others are on the way to them, or come from columns."""

_HOLE = re.compile(r"\{(?::(?P<choices>[^{}]*)|(?P<kind>[a-z]+1?|\*)(?P<mark>[!~.]*))\}")

_CONSTANTS: Mapping[str, tuple[str, ...]] = {
    "int": ("INTEGER",), "dec": ("DECIMAL(12,2)", "DECIMAL(5,1)", "DECIMAL(18,4)"), "float": ("DOUBLE",), "text": ("VARCHAR",),
    "day": ("DATE",), "ts": ("TIMESTAMP",), "tstz": ("TIMESTAMP WITH TIME ZONE",), "time": ("TIME",), "flag": ("BOOLEAN",),
    "uuid": ("UUID",), "blob": ("BLOB",), "ints": ("INTEGER[]",), "texts": ("VARCHAR[]",),
}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """One line of the grammar: the kind of its value, its template, and whether DuckDB may raise in it."""

    kind: str
    template: str
    raises: bool = False

    @cached_property
    def holes(self) -> tuple[tuple[str, str], ...]:
        """Kind and mark of each hole, in order; choices are no holes."""
        return tuple((found["kind"], found["mark"]) for found in _HOLE.finditer(self.template) if found["kind"])

    @cached_property
    def columns(self) -> frozenset[str]:
        """The kinds of which there must be a column."""
        return frozenset(kind for kind, mark in self.holes if kind in _FROM_COLUMNS and "!" not in mark)

    @cached_property
    def names(self) -> frozenset[str]:
        """What stands in its holes."""
        return frozenset(kind for kind, _ in self.holes)


def _read(name: str, kind: str | None = None) -> tuple[Form, ...]:
    forms = []
    for line in (Path(__file__).parent / "grammar" / f"{name}.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        own, template = (kind, line) if kind else line.split(None, 1)
        assert own is not None
        forms.append(Form(own.removesuffix("!"), template.strip(), own.endswith("!")))
    return tuple(forms)


SCALARS = _read("scalars")
PREDICATES = _read("predicates", "flag")
AGGREGATES = _read("aggregates")
WINDOWS = _read("windows")
FORMS = (*SCALARS, *PREDICATES, *AGGREGATES, *WINDOWS)


@lru_cache(maxsize=256)
def forms_of(kind: str) -> tuple[Form, ...]:
    """The scalar forms that give `kind`."""
    return tuple(
        form
        for form in (*SCALARS, *PREDICATES)
        if form.kind in (kind, "*") and (kind not in ("ints", "texts") or form.kind != "*")
    )


@dataclass(frozen=True)
class Column:
    """A column that may be read: how it is written, its kind, and whether its values are harmless."""

    text: str
    kind: str
    calm: bool = True


@dataclass
class Scope:
    """What a SELECT reads: the columns of its relations, and of each relation the column that tells its rows apart, if any."""

    columns: list[Column] = field(default_factory=list)
    identities: list[str | None] = field(default_factory=list)

    @property
    def total(self) -> bool:
        """Whether there is an order in which no two rows tie."""
        return bool(self.identities) and all(self.identities)

    def of(self, kind: str, calm: bool = False) -> list[Column]:
        return [column for column in self.columns if kind in (column.kind, "any") and (column.calm or not calm)]


@dataclass
class Forms:
    """Chooses and fills forms. `likely` are those that are chosen nine times in ten, None where nothing is known yet."""

    random: Random
    likely: frozenset[str] | None = None
    used: set[str] = field(default_factory=set)

    def constant(self, kind: str) -> str:
        if kind == "any":
            kind = self.random.choice(KINDS)
        type = self.random.choice(_CONSTANTS[kind])
        if self.random.random() < 0.02:
            return f"CAST(NULL AS {type})"
        given = value(self.random, type, calm=self.random.random() < 0.8)
        text = written(given, type)
        if kind in ("text", "ints", "texts") and "::" not in text and self.random.random() < 0.05:
            return f"CAST({text} AS {type})"
        if kind in ("ints", "texts") or (kind == "float" and self.random.random() < 0.5):
            return f"CAST({text} AS {type})" if "::" not in text else text
        return f"({text})" if text.startswith("-") else text

    def column(self, kind: str, scope: Scope, calm: bool = False) -> str:
        """A column of `kind`, or where there is none a constant."""
        own = scope.of(kind, calm)
        return self.random.choice(own).text if own else self.constant(kind)

    def expression(self, kind: str, scope: Scope, depth: int = 2, calm: bool = False) -> str:
        if kind == "any":
            kind = self.random.choice(KINDS)
        own = scope.of(kind, calm)
        roll = self.random.random()
        if depth <= 0 or roll < 0.4:
            if own and roll < 0.36:
                return self.random.choice(own).text
            if own or depth <= 0:
                return self.random.choice(own).text if own and self.random.random() < 0.8 else self.constant(kind)
        form = self.chosen(forms_of(kind), scope, calm)
        if form is None:
            return self.column(kind, scope, calm)
        text = self.fill(form, kind, scope, depth - 1, calm)
        return f"({text})" if kind == "flag" and not text.startswith("(") else text

    def predicate(self, scope: Scope, depth: int = 2) -> str:
        """A condition without subqueries, over a column wherever there is one."""
        form = self.chosen(PREDICATES, scope)
        return self.fill(form, "flag", scope, depth - 1, plain=0.75) if form else "TRUE"

    def chosen(self, forms: Sequence[Form], scope: Scope, calm: bool = False) -> Form | None:
        """One of the forms whose holes there are columns for, or None: seldom one that may raise, mostly one that is likely."""
        kinds = {column.kind for column in scope.columns}
        fitting = [form for form in forms if _fits(form, kinds, scope)]
        if calm or self.random.random() > 0.06:
            fitting = [form for form in fitting if not form.raises] or fitting
        if self.likely is not None and self.random.random() < 0.9:
            fitting = [form for form in fitting if form.template in self.likely]
        return self.random.choice(fitting) if fitting else None

    def fill(self, form: Form, kind: str, scope: Scope, depth: int, calm: bool = False, plain: float = 0.0) -> str:
        """`form` with its holes filled; `plain` is the share of its holes that columns fill."""
        self.used.add(form.template)

        def put(found: re.Match[str]) -> str:
            if found["choices"] is not None:
                return self.random.choice(found["choices"].split("|"))
            special = self.special(found["kind"], scope)
            if special is not None:
                return special
            own = kind if found["kind"] == "*" else found["kind"]
            if "!" in found["mark"]:
                return self.constant(own)
            harmless = calm or "~" in found["mark"]
            if "." in found["mark"] or (scope.of(own, harmless) and self.random.random() < plain):
                return self.column(own, scope, harmless)
            return self.expression(own, scope, depth, harmless)

        return _HOLE.sub(put, form.template)

    def special(self, name: str, scope: Scope) -> str | None:
        """The holes of aggregates and windows."""
        identities = ", ".join(str(each) for each in scope.identities)
        match name:
            case "order" | "order1":
                return identities
            case "part":
                return self.random.choice(("", f"PARTITION BY {self.random.choice(scope.columns).text} "))
            case "keys":
                column = self.random.choice(scope.columns).text
                return column + self.random.choice(("", " DESC", " NULLS FIRST", " DESC NULLS FIRST"))
            case "frame":
                return self.random.choice(_FRAMES)
        return None


_FRAMES = (
    "",
    " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
    " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
    " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
    " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
    " ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
    " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
)

_FROM_COLUMNS = frozenset({"uuid", "blob", "time", "tstz", "ints", "texts"})
"""Kinds of which constants alone are of no use."""


def _fits(form: Form, kinds: set[str], scope: Scope) -> bool:
    if "order" in form.names and not scope.total:
        return False
    if "order1" in form.names and (not scope.total or len(scope.identities) > 1):
        return False
    if ("part" in form.names or "keys" in form.names) and not scope.columns:
        return False
    return form.columns <= kinds
