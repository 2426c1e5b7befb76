"""Random valid queries over the tables of one world: joins, subqueries, aggregates, windows, set operations, CTEs, unnest.

What a query answers is determined by its rows: a LIMIT stands over an ORDER BY that no two different rows tie in, and a window
is ordered by what tells the rows apart wherever ties would show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.fuzz.grammar import AGGREGATES, KINDS, WINDOWS, Column, Form, Forms, Scope
from tests.fuzz.schema import SOURCES, Table
from tests.fuzz.values import fields, kind_of

Pushed = Mapping[str, frozenset[str]]
"""By source, the templates of the forms that went down to it when they were tried alone."""


@dataclass(frozen=True)
class Query:
    """A query, the sources of its tables, and the forms and clauses in it."""

    text: str
    sources: frozenset[str]
    used: frozenset[str]


@dataclass(frozen=True)
class _Made:
    """A query and the kinds of its columns, which are named `o0`, `o1` …"""

    text: str
    kinds: tuple[str, ...]


def query(random: Random, tables: Sequence[Table], pushed: Pushed | None = None, sources: Sequence[str] | None = None) -> Query:
    """A whole query; over `sources`, or else over one to three that chance chooses."""
    if sources is None:
        sources = random.sample(SOURCES, random.choice((1, 1, 1, 1, 2, 2, 3)))
    likely = frozenset.intersection(*(pushed[source] for source in sources)) if pushed else None
    writer = _Writer(random, [table for table in tables if table.source in sources], Forms(random, likely))
    text = writer.top()
    return Query(text, frozenset(writer.read_from), frozenset(writer.forms.used))


class _Writer:
    """One query being written: the tables that it may read, its CTEs and the next alias."""

    def __init__(self, random: Random, tables: Sequence[Table], forms: Forms) -> None:
        self.random = random
        self.tables = tables
        self.forms = forms
        self.simple = random.random() < 0.55
        self.ctes: list[tuple[str, tuple[str, ...]]] = []
        self.read_from: set[str] = set()
        self.number = 0

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def uses(self, clause: str, text: str) -> str:
        self.forms.used.add(clause)
        return text

    def top(self) -> str:
        head = ""
        if not self.simple and self.chance(0.2):
            parts = []
            for name in ("p", "q")[: self.random.randint(1, 2)]:
                made = self.made(1)
                parts.append(f"{name} AS ({made.text})")
                self.ctes.append((name, made.kinds))
            head = self.uses("WITH", f"WITH {', '.join(parts)} ")
        made = self.made(0 if self.simple else 2)
        return head + made.text + self.tail(made)

    def tail(self, made: _Made) -> str:
        """ORDER BY every output, with or without LIMIT; or by one of them, or nothing."""
        roll = self.random.random()
        if roll < 0.3 or " ON (" in made.text:
            return ""
        positions = list(range(1, len(made.kinds) + 1))
        if roll < 0.4:
            return self.uses("ORDER BY", " ORDER BY " + self.order([self.random.choice(positions)]))
        self.random.shuffle(positions)
        order = self.uses("ORDER BY", " ORDER BY " + self.order(positions))
        if roll < 0.65:
            return order
        limit = self.uses("LIMIT", f" LIMIT {self.random.choice((0, 1, 2, 3, 5, 100))}")
        return order + limit + (self.uses("OFFSET", f" OFFSET {self.random.randint(0, 3)}") if self.chance(0.25) else "")

    def order(self, keys: Sequence[object]) -> str:
        ways = ("", "", " DESC", " NULLS FIRST", " DESC NULLS LAST", " DESC NULLS FIRST")
        return ", ".join(f"{key}{self.random.choice(ways)}" for key in keys)

    def made(self, depth: int) -> _Made:
        roll = self.random.random()
        if depth > 0 and roll < 0.1:
            return self.set_operation(depth)
        if roll < 0.38:
            return self.aggregate(depth)
        return self.select(depth)

    def set_operation(self, depth: int) -> _Made:
        kinds = tuple(
            self.random.choice(("int", "text", "dec", "day", "float", "flag")) for _ in range(self.random.randint(1, 3))
        )
        sides = [self.select(depth - 1, kinds).text for _ in range(self.random.choice((2, 2, 3)))]
        text = sides[0]
        for side in sides[1:]:
            word = self.random.choice(("UNION", "UNION ALL", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"))
            text = f"({text}) {self.uses(word, word)} ({side})"
        return _Made(text, kinds)

    def select(self, depth: int, kinds: Sequence[str] | None = None) -> _Made:
        scope, from_ = self.relations(depth)
        where = self.where(scope, depth)
        plain = kinds is not None
        kinds = tuple(kinds or (self.random.choice(KINDS) for _ in range(self.random.randint(1, 4))))
        outputs = [self.output(kind, scope, depth, plain) for kind in kinds]
        roll = self.random.random()
        if not plain and roll < 0.04 and scope.total:
            return self.distinct_on(scope, from_, where, kinds)
        distinct = self.uses("DISTINCT", "DISTINCT ") if roll > 0.9 else ""
        qualify = ""
        if not distinct and not plain and depth > 0 and scope.total and self.chance(0.06):
            number = self.forms.fill(Form("int", "ROW_NUMBER() OVER ({part}ORDER BY {order})"), "int", scope, 1)
            qualify = self.uses("QUALIFY", f" QUALIFY {number} <= {self.random.randint(1, 2)}")
        return _Made(f"SELECT {distinct}{_named(outputs)} FROM {from_}{where}{qualify}", kinds)

    def distinct_on(self, scope: Scope, from_: str, where: str, kinds: Sequence[str]) -> _Made:
        key = self.random.choice(scope.columns).text
        outputs = [self.forms.expression(kind, scope, 1) for kind in kinds]
        order = ", ".join([key, *map(str, scope.identities)])
        text = f"SELECT DISTINCT ON ({key}) {_named(outputs)} FROM {from_}{where} ORDER BY {order}"
        return _Made(self.uses("DISTINCT ON", f"SELECT * FROM ({text}) AS d") if self.chance(0.9) else text, tuple(kinds))

    def output(self, kind: str, scope: Scope, depth: int, plain: bool) -> str:
        roll = self.random.random()
        if not plain and depth > 0 and roll < 0.1:
            form = self.forms.chosen([form for form in WINDOWS if form.kind in (kind, "*")], scope)
            if form is not None:
                return self.forms.fill(form, kind, scope, 1, plain=0.8)
        if not plain and depth > 0 and roll > 0.94:
            return self.scalar(kind, scope)
        return self.forms.expression(kind, scope)

    def scalar(self, kind: str, scope: Scope) -> str:
        inner, from_ = self.relations(0)
        where = self.correlated(inner, scope)
        found = self.forms.expression(kind, inner, 1)
        called = f"{self.random.choice(('MIN', 'MAX'))}({found})"
        if kind == "int" and self.chance(0.3):
            called = "COUNT(*)"
        return self.uses("scalar subquery", f"(SELECT {called} FROM {from_}{where})")

    def correlated(self, inner: Scope, outer: Scope) -> str:
        conditions = [self.forms.predicate(inner, 1)] if self.chance(0.4) else []
        if self.chance(0.7):
            pair = self.pair(inner, outer)
            operator = self.random.choice(("=", "=", "=", "<", "IS NOT DISTINCT FROM"))
            conditions += [self.uses("correlated", f"{pair[0]} {operator} {pair[1]}")] if pair else []
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def pair(self, left: Scope, right: Scope) -> tuple[str, str] | None:
        kind = self.random.choice(("int", "int", "int", "text", "dec", "day", "ts", "float", "flag"))
        lefts, rights = left.of(kind), right.of(kind)
        return (self.random.choice(lefts).text, self.random.choice(rights).text) if lefts and rights else None

    def aggregate(self, depth: int) -> _Made:
        scope, from_ = self.relations(depth)
        where = self.where(scope, depth)
        wanted = self.random.sample(("int", "text", "flag", "day", "dec", "ts", "float"), self.random.choice((0, 1, 1, 2)))
        keys = [(self.forms.expression(kind, scope, self.random.choice((0, 0, 1))), kind) for kind in wanted]
        keys = [(key, kind) for key, kind in keys if any(column.text in key for column in scope.columns)]
        calls = [self.call(scope) for _ in range(self.random.randint(0 if keys else 1, 3))]
        outputs = [*(key for key, _ in keys), *(call for call, _ in calls)]
        kinds = tuple(kind for _, kind in (*keys, *calls))
        having = ""
        if self.chance(0.2):
            bound = self.random.choice(
                ("COUNT(*) > 1", f"MAX({scope.columns[0].text}) IS NOT NULL", f"{self.call(scope)[0]} IS NOT NULL")
            )
            having = self.uses("HAVING", f" HAVING {bound}")
        return _Made(f"SELECT {_named(outputs)} FROM {from_}{where}{self.group([key for key, _ in keys])}{having}", kinds)

    def group(self, keys: Sequence[str]) -> str:
        if not keys:
            return ""
        listed, roll = ", ".join(keys), self.random.random()
        if roll < 0.08:
            return self.uses("GROUP BY ALL", " GROUP BY ALL") if len(set(keys)) == len(keys) else f" GROUP BY {listed}"
        if roll < 0.12:
            return self.uses("ROLLUP", f" GROUP BY ROLLUP ({listed})")
        if roll < 0.15:
            return self.uses("CUBE", f" GROUP BY CUBE ({listed})")
        if roll < 0.19:
            sets = ", ".join([*(f"({key})" for key in keys), "()"])
            return self.uses("GROUPING SETS", f" GROUP BY GROUPING SETS ({sets})")
        return self.uses("GROUP BY", f" GROUP BY {listed}")

    def call(self, scope: Scope) -> tuple[str, str]:
        """An aggregate, and the kind that it gives."""
        form = self.forms.chosen(AGGREGATES, scope) or AGGREGATES[0]
        kind = self.random.choice(KINDS) if form.kind == "*" else form.kind
        text = self.forms.fill(form, kind, scope, self.random.choice((0, 0, 1)), plain=0.5)
        if self.chance(0.1):
            text += self.uses("FILTER", f" FILTER (WHERE {self.forms.predicate(scope, 1)})")
        return text, kind

    def where(self, scope: Scope, depth: int) -> str:
        conditions = [self.condition(scope) for _ in range(self.random.choice((0, 0, 0, 1, 1, 2)))]
        if depth > 0 and self.chance(0.2):
            conditions.append(self.subquery(scope))
        return self.uses("WHERE", f" WHERE {' AND '.join(conditions)}") if conditions else ""

    def condition(self, scope: Scope) -> str:
        """A conjunct; often with an alternative, because a query without rows says little."""
        found = self.forms.predicate(scope)
        if self.chance(0.35):
            return f"({found} OR {self.forms.predicate(scope, 1)})"
        return f"NOT ({found})" if self.chance(0.2) else found

    def subquery(self, scope: Scope) -> str:
        inner, from_ = self.relations(0)
        negated = self.random.choice(("", "NOT "))
        where = self.correlated(inner, scope)
        pair = self.pair(scope, inner)
        if pair is None or self.chance(0.45):
            word = self.uses(f"{negated}EXISTS", f"{negated}EXISTS")
            return f"{word} (SELECT {self.random.choice(('1', '*'))} FROM {from_}{where})"
        roll = self.random.random()
        if roll < 0.2:
            return f"{pair[0]} {self.random.choice(('>', '=', '<='))} (SELECT MAX({pair[1]}) FROM {from_}{where})"
        if roll < 0.3:
            return self.uses(
                "ANY", f"{pair[0]} {self.random.choice(('>= ALL', '= ANY', '<> ALL'))} (SELECT {pair[1]} FROM {from_}{where})"
            )
        return self.uses(f"{negated}IN query", f"{pair[0]} {negated}IN (SELECT {pair[1]} FROM {from_}{where})")

    def relations(self, depth: int) -> tuple[Scope, str]:
        scope = Scope()
        text = self.relation(scope, depth)
        for _ in range(self.random.choice((0, 0, 1, 1, 1, 2)) if depth > 0 else 0):
            text += self.joined(scope, depth)
        lists = scope.of("ints")
        if lists and depth > 0 and self.chance(0.12):
            self.number += 1
            unnested = f", UNNEST({self.random.choice(lists).text}) AS u{self.number}(e)"
            scope.columns.append(Column(f"u{self.number}.e", "int"))
            scope.identities.append(None)
            text += self.uses("UNNEST", unnested)
        return scope, text

    def joined(self, scope: Scope, depth: int) -> str:
        added = Scope()
        relation = self.relation(added, depth - 1)
        join = self.random.choice(
            ("JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "SEMI JOIN", "ANTI JOIN")
        )
        pair = self.pair(scope, added)
        both = Scope([*scope.columns, *added.columns])
        if join == "CROSS JOIN" or pair is None:
            scope.columns, scope.identities = both.columns, scope.identities + added.identities
            return self.uses("CROSS JOIN", f" CROSS JOIN {relation}")
        condition = f"{pair[0]} = {pair[1]}"
        if self.chance(0.25):
            condition += f" AND {self.forms.predicate(both, 1)}"
        if join not in ("SEMI JOIN", "ANTI JOIN"):
            # An outer join may leave an identity NULL, but no two of its rows have all identities alike.
            scope.columns, scope.identities = both.columns, scope.identities + added.identities
        return self.uses(join, f" {join} {relation} ON {condition}")

    def relation(self, scope: Scope, depth: int) -> str:
        self.number += 1
        alias = f"t{self.number}"
        roll = self.random.random()
        if self.ctes and roll < 0.35:
            name, kinds = self.random.choice(self.ctes)
            _read(scope, alias, kinds)
            return f"{name} AS {alias}"
        if depth > 0 and 0.4 < roll < 0.55:
            made = self.made(depth - 1)
            _read(scope, alias, made.kinds)
            return self.uses("derived table", f"({made.text}{self.limit(made)}) AS {alias}")
        if depth > 0 and roll > 0.985:
            rows = ", ".join(f"({self.forms.constant('int')}, {self.forms.constant('text')})" for _ in range(2))
            _read(scope, alias, ("int", "text"))
            return self.uses("VALUES", f"(VALUES {rows}) AS {alias}(o0, o1)")
        table = self.random.choice(
            [table for table in self.tables if table.name != "e" or self.chance(0.12)] or list(self.tables)
        )
        self.read_from.add(table.source)
        for column in table.columns:
            text = f'{alias}."{column.name}"' if not column.name.isascii() or not column.name.islower() or " " in column.name or (
                column.name in ("order", "select", "case")) else f"{alias}.{column.name}"  # fmt: skip
            if column.type.startswith("STRUCT"):
                scope.columns += [Column(f"{text}.{name}", kind_of(inner)) for name, inner in fields(column.type)]
            else:
                scope.columns.append(Column(text, column.kind, column.calm))
        scope.identities.append(f"{alias}.id")
        return f"{table.path} AS {alias}"

    def limit(self, made: _Made) -> str:
        if self.chance(0.75):
            return ""
        positions = list(range(1, len(made.kinds) + 1))
        return f" ORDER BY {self.order(positions)} LIMIT {self.random.randint(0, 6)}"


def _read(scope: Scope, alias: str, kinds: Sequence[str]) -> None:
    scope.columns += [Column(f"{alias}.o{position}", kind, calm=False) for position, kind in enumerate(kinds)]
    scope.identities.append(None)


def _named(outputs: Sequence[str]) -> str:
    return ", ".join(f"{text} AS o{position}" for position, text in enumerate(outputs))
