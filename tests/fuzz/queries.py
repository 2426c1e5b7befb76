"""Random valid queries: joins, subqueries, aggregates, windows, set operations, CTEs and derived tables, within a few stores.

What a query answers is determined by its rows: a LIMIT stands over an ORDER BY that no two different rows tie in, and a window
is ordered by an identity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from tests.fuzz.expressions import KINDS, OF_COLUMN, Column, expression, literal, predicate
from tests.fuzz.tables import SOURCES


@dataclass
class Scope:
    """What a SELECT reads: the columns of its relations, and of each relation the column that tells its rows apart, if any."""

    columns: list[Column] = field(default_factory=list)
    identities: list[str | None] = field(default_factory=list)


@dataclass(frozen=True)
class Made:
    """A query and the kinds of its columns, which are named `o0`, `o1` …; `distinct` tells that no two rows are alike."""

    text: str
    kinds: tuple[str, ...]


def query(random: Random) -> str:
    """A whole query."""
    return _Writer(random).top()


class _Writer:
    """One query being written: the stores that it may read, its CTEs and the next alias."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.stores = random.choice(
            ((random.choice(SOURCES),), tuple(random.sample(SOURCES, 2)), tuple(random.sample(SOURCES, 3)))
        )
        self.ctes: list[tuple[str, tuple[str, ...]]] = []
        self.number = 0

    def top(self) -> str:
        head = ""
        if self.random.random() < 0.25:
            parts = []
            for name in ("p", "q")[: self.random.randint(1, 2)]:
                made = self.made(1)
                parts.append(f"{name} AS ({made.text})")
                self.ctes.append((name, made.kinds))
            head = f"WITH {', '.join(parts)} "
        made = self.made(2)
        order = ", ".join(
            f"{position}{self.random.choice(('', '', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST'))}"
            for position in range(1, len(made.kinds) + 1)
        )
        tail = self.random.choice(("", f" ORDER BY {order}", f" ORDER BY {order} LIMIT {self.random.randint(0, 5)}"))
        if tail and self.random.random() < 0.2 and "LIMIT" in tail:
            tail += f" OFFSET {self.random.randint(0, 3)}"
        return head + made.text + tail

    def made(self, depth: int) -> Made:
        roll = self.random.random()
        if depth > 0 and roll < 0.12:
            return self.set_operation(depth)
        if roll < 0.35:
            return self.aggregate(depth)
        return self.select(depth)

    def set_operation(self, depth: int) -> Made:
        kinds = tuple(self.random.choice(("int", "text", "dec", "day")) for _ in range(self.random.randint(1, 3)))
        sides = [self.select(depth - 1, kinds).text for _ in range(2)]
        operation = self.random.choice(("UNION", "UNION ALL", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"))
        return Made(f"{sides[0]} {operation} {sides[1]}", kinds)

    def select(self, depth: int, kinds: Sequence[str] | None = None) -> Made:
        scope, from_ = self.relations(depth)
        where = self.where(scope, depth)
        outputs: list[tuple[str, str]] = []
        for kind in kinds or [self.random.choice(KINDS) for _ in range(self.random.randint(1, 4))]:
            outputs.append((self.output(kind, scope, depth, plain=kinds is not None), kind))
        distinct = "DISTINCT " if self.random.random() < 0.12 else ""
        qualify = ""
        if not distinct and kinds is None and all(scope.identities) and self.random.random() < 0.08:
            qualify = f" QUALIFY {self.window(scope)} <= {self.random.randint(1, 2)}"
        return Made(f"SELECT {distinct}{_named(outputs)} FROM {from_}{where}{qualify}", tuple(kind for _, kind in outputs))

    def output(self, kind: str, scope: Scope, depth: int, plain: bool) -> str:
        roll = self.random.random()
        if not plain and kind == "int" and roll < 0.2 and all(scope.identities):
            return self.window(scope)
        if not plain and depth > 0 and roll > 0.93:
            return self.scalar(kind, scope)
        return expression(self.random, kind, scope.columns)

    def window(self, scope: Scope) -> str:
        key = self.random.choice(scope.columns).text
        order = ", ".join(f"{identity}" for identity in scope.identities)
        function = self.random.choice(
            ("ROW_NUMBER()", "RANK()", "COUNT(*)", f"LAG({scope.identities[0]})", f"SUM({scope.identities[0]})")
        )
        return f"{function} OVER ({self.random.choice(('', f'PARTITION BY {key} '))}ORDER BY {order})"

    def scalar(self, kind: str, scope: Scope) -> str:
        inner, from_ = self.relations(0)
        where = self.correlated(inner, scope)
        found = expression(self.random, kind, inner.columns, 1)
        return f"(SELECT {self.random.choice(('MIN', 'MAX'))}({found}) FROM {from_}{where})"

    def correlated(self, inner: Scope, outer: Scope) -> str:
        conditions = [predicate(self.random, inner.columns, 1)] if self.random.random() < 0.4 else []
        if self.random.random() < 0.7:
            pair = self.pair(inner.columns, outer.columns)
            conditions += [f"{pair[0]} {self.random.choice(('=', '=', '<', 'IS NOT DISTINCT FROM'))} {pair[1]}"] if pair else []
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def pair(self, left: Sequence[Column], right: Sequence[Column]) -> tuple[str, str] | None:
        kind = self.random.choice(("int", "int", "text", "dec", "day"))
        lefts, rights = ([c.text for c in side if c.kind == kind] for side in (left, right))
        return (self.random.choice(lefts), self.random.choice(rights)) if lefts and rights else None

    def aggregate(self, depth: int) -> Made:
        scope, from_ = self.relations(depth)
        where = self.where(scope, depth)
        keys = [(expression(self.random, kind, scope.columns, self.random.choice((0, 0, 1))), kind)
                for kind in self.random.sample(("int", "text", "flag", "day", "dec"), self.random.randint(0, 2))]  # fmt: skip
        keys = [(key, kind) for key, kind in keys if any(column.text in key for column in scope.columns)]
        calls = [self.call(scope) for _ in range(self.random.randint(1, 3))]
        group = f" GROUP BY {', '.join(key for key, _ in keys)}" if keys else ""
        if keys and self.random.random() < 0.1:
            group = " GROUP BY ALL"
        having = f" HAVING {self.random.choice(('COUNT(*) > 1', 'MAX(' + scope.columns[0].text + ') IS NOT NULL'))}"
        outputs = [*keys, *calls]
        text = f"SELECT {_named(outputs)} FROM {from_}{where}{group}{having if self.random.random() < 0.2 else ''}"
        return Made(text, tuple(kind for _, kind in outputs))

    def call(self, scope: Scope) -> tuple[str, str]:
        filtered = f" FILTER (WHERE {predicate(self.random, scope.columns, 1)})" if self.random.random() < 0.2 else ""
        kind = self.random.choice(KINDS)
        found = expression(self.random, kind, scope.columns, 1)
        roll = self.random.random()
        if roll < 0.2:
            return f"COUNT(*){filtered}", "int"
        if roll < 0.4:
            return f"COUNT({self.random.choice(('', 'DISTINCT '))}{found}){filtered}", "int"
        if roll < 0.7:
            return f"{self.random.choice(('MIN', 'MAX'))}({found}){filtered}", kind
        number = self.random.choice(("int", "dec"))
        summed = expression(self.random, number, scope.columns, 1)
        if roll < 0.88:
            return f"SUM({self.random.choice(('', '', 'DISTINCT '))}{summed}){filtered}", number
        if roll < 0.94:
            return f"AVG({summed}){filtered}", "float"
        return f"{self.random.choice(('BOOL_AND', 'BOOL_OR'))}({predicate(self.random, scope.columns, 1)}){filtered}", "flag"

    def where(self, scope: Scope, depth: int) -> str:
        conditions = [predicate(self.random, scope.columns) for _ in range(self.random.choice((0, 0, 1, 1, 2)))]
        if depth > 0 and self.random.random() < 0.2:
            conditions.append(self.subquery(scope))
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def subquery(self, scope: Scope) -> str:
        inner, from_ = self.relations(0)
        negated = self.random.choice(("", "NOT "))
        if self.random.random() < 0.45:
            return f"{negated}EXISTS (SELECT {self.random.choice(('1', '*'))} FROM {from_}{self.correlated(inner, scope)})"
        pair = self.pair(scope.columns, inner.columns)
        if pair is None:
            return f"{negated}EXISTS (SELECT 1 FROM {from_})"
        where = self.correlated(inner, scope)
        if self.random.random() < 0.2:
            return f"{pair[0]} {self.random.choice(('>', '=', '<='))} (SELECT MAX({pair[1]}) FROM {from_}{where})"
        if self.random.random() < 0.1:
            return f"{pair[0]} {self.random.choice(('>= ALL', '= ANY'))} (SELECT {pair[1]} FROM {from_}{where})"
        return f"{pair[0]} {negated}IN (SELECT {pair[1]} FROM {from_}{where})"

    def relations(self, depth: int) -> tuple[Scope, str]:
        scope = Scope()
        text = self.relation(scope, depth)
        for _ in range(self.random.choice((0, 0, 1, 1, 1, 2)) if depth > 0 else 0):
            before = list(scope.columns)
            added = Scope()
            relation = self.relation(added, depth - 1)
            scope.columns += added.columns
            join = self.random.choice(("JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"))
            pair = self.pair(before, added.columns)
            # An outer join may leave an identity NULL, and a second relation of many rows without one makes rows alike.
            scope.identities += added.identities
            if join == "CROSS JOIN" or pair is None:
                text += f" CROSS JOIN {relation}"
                continue
            condition = f"{pair[0]} = {pair[1]}"
            if self.random.random() < 0.25:
                condition += f" AND {predicate(self.random, scope.columns, 1)}"
            text += f" {join} {relation} ON {condition}"
        return scope, text

    def relation(self, scope: Scope, depth: int) -> str:
        self.number += 1
        alias = f"t{self.number}"
        roll = self.random.random()
        if self.ctes and roll < 0.35:
            name, kinds = self.random.choice(self.ctes)
            self.read(scope, alias, kinds)
            return f"{name} AS {alias}"
        if depth > 0 and roll < 0.6 and roll > 0.4:
            made = self.made(depth - 1)
            self.read(scope, alias, made.kinds)
            return f"({made.text}{self.limit(made)}) AS {alias}"
        if roll > 0.97:
            rows = ", ".join(f"({literal(self.random, 'int')}, {literal(self.random, 'text')})" for _ in range(2))
            self.read(scope, alias, ("int", "text"))
            return f"(VALUES {rows}) AS {alias}(o0, o1)"
        store = self.random.choice(self.stores)
        if roll < 0.05 and store in ("docs", "lake"):
            scope.columns += [Column(f"{alias}.{name}", kind) for name, kind in
                              (("id", "int"), ("v", "int"), ("n.x", "int"), ("n.y", "text"), ("items[1]", "int"))]  # fmt: skip
            scope.identities.append(f"{alias}.id")
            return f"{store}.nested AS {alias}"
        scope.columns += [Column(f"{alias}.{name}", kind) for name, kind in OF_COLUMN.items()]
        scope.identities.append(f"{alias}.id")
        return f"{store}.{self.random.choice(('a', 'a', 'b', 'b', 'c', 'e'))} AS {alias}"

    def read(self, scope: Scope, alias: str, kinds: Sequence[str]) -> None:
        scope.columns += [Column(f"{alias}.o{position}", kind) for position, kind in enumerate(kinds)]
        scope.identities.append(None)

    def limit(self, made: Made) -> str:
        if self.random.random() < 0.75:
            return ""
        order = ", ".join(map(str, range(1, len(made.kinds) + 1)))
        return f" ORDER BY {order} LIMIT {self.random.randint(0, 6)}"


def _named(outputs: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{text} AS o{position}" for position, (text, _) in enumerate(outputs))
