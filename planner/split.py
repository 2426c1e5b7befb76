"""Cutting a bound query into the largest one-source fragments that their stores take, and a residual query over them.

    whole query of one source ─ taken? ─ it is the answer
        │ no
    every subquery of one source ─ taken? ─ a fragment
        │ no
    relations of one source joined by key ─ taken? ─ a fragment
        │ no
    each table with the conjuncts that hold for it alone ─ a fragment

The residual is described by DuckDB like the caller's own text; if the two differ in a type, the cut was not faithful, and the
query runs as it was written over its tables.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from sqlglot import exp

from planner.bind import Bound, Describe, fields_of
from planner.catalog import Column, Table
from planner.dialect import DUCKDB
from planner.errors import FozError, Internal
from planner.fragments import (
    base_table,
    fragment,
    fragment_node,
    narrowest,
    note_types,
    scan,
    selected,
)
from planner.grouped import Group, groups, joined, within
from planner.joins import Conjunct, JoinTree, flat_conjuncts, join_tree, remove
from planner.late import limited_rows, read_from
from planner.narrowed import barred
from planner.parse import volatile_reason
from planner.plain import plain
from planner.plan import Field, Fragment, Left, Plan, Step, Take
from planner.queries import nested, own_selects, tables_in_from, unique_outputs
from planner.reasons import computed_here
from planner.rules import RULES
from planner.rules.constants import Compute

_WHOLE_ROW = (exp.Star, exp.Columns, exp.Pivot, exp.TableColumn)
_FRAGMENT_NAME = re.compile(r"f\d+", re.I)


def plan(bound: Bound, take: Take, describe: Describe, compute: Compute) -> Plan:
    """The plan of a bound query: the same for the same query, catalogue and translators."""
    tables = tuple(sorted({reference.table.path for reference in bound.references}))
    refused = tuple(computed_here(bound, bound.statement.query)) if bound.qualified is None else ()
    if bound.qualified is not None:
        query = plain(bound, bound.qualified, compute)
        cut = _Cut(bound, take, describe, query)
        whole = cut.whole_answer(query)
        if whole is not None:
            return Plan(bound.columns, (whole,), None, tables, bound.statement.volatile)
        residual = cut.residual(query.copy())
        refused = tuple(cut.refused)
        if residual is not None:
            return Plan(bound.columns, tuple(cut.steps), residual, tables, bound.statement.volatile, refused)
    written = _Cut(bound, take, describe, bound.statement.query)
    residual = written.as_written()
    return Plan(bound.columns, tuple(written.steps), residual, tables, bound.statement.volatile, refused)


class _Cut:
    """One query being cut: what is left of it, the steps so far, and why larger pieces were refused."""

    def __init__(self, bound: Bound, take: Take, describe: Describe, query: exp.Query) -> None:
        self.bound = bound
        self.catalog = bound.catalog
        self.take = take
        self.describe = describe
        self.root: exp.Expr = query
        self.steps: list[Step] = []
        self.refused: list[Left] = []
        clash = _FRAGMENT_NAME.search(bound.statement.text) is not None and any(
            _FRAGMENT_NAME.fullmatch(node.name) for node in query.find_all(exp.Identifier)
        )
        self.prefix = "fragment_" if clash else "f"

    def next_name(self) -> str:
        return f"{self.prefix}{len(self.steps)}"

    # The whole query

    def whole_answer(self, query: exp.Query) -> Step | None:
        """The query as one fragment whose rows are the answer; None where no store takes it so."""
        if self._source_of(query) is None or not unique_outputs(query):
            self.refused.extend(computed_here(self.bound, query))
            return None
        names = query.named_selects
        if len(names) != len(self.bound.columns):
            return None
        outputs = [Field(name, column.type) for name, column in zip(names, self.bound.columns, strict=True)]
        return self._taken_whole(fragment(self.next_name(), query, outputs, self.catalog))

    def _taken_whole(self, proposal: Fragment) -> Step | None:
        source = self.catalog.by_id[proposal.source]
        kept = barred(proposal.query, source.capabilities)
        if kept is not None:
            self.refused.append(kept)
            return None
        taken = self.take(proposal, source)
        if taken.native is None or taken.left:
            self.refused.extend(taken.left)
            return None
        return Step(proposal, taken)

    def _source_of(self, query: exp.Query) -> str | None:
        """The one source of a self-contained query; None where it reads several, none, or anything from outside itself."""
        sources: set[str] = set()
        named: set[str] = set()
        columns: list[exp.Column] = []
        ctes: set[str] = set()
        read: set[str] = set()
        for node in query.walk():
            if volatile_reason(node):
                return None
            if isinstance(node, exp.Column):
                columns.append(node)
            elif isinstance(node, exp.Table):
                named.add(node.alias_or_name)
                table = base_table(node, self.catalog)
                if table is not None:
                    sources.add(table.source)
                else:
                    read.add(node.name)
            elif isinstance(node, (exp.Subquery, exp.Lateral, exp.Unnest, exp.Values)):
                named.add(node.alias)
            elif isinstance(node, exp.CTE):
                ctes.add(node.alias)
        if not read <= ctes:
            return None
        if len(sources) != 1 or any(column.table and column.table not in named for column in columns):
            return None
        return sources.pop()

    # A query over several sources

    def residual(self, query: exp.Query) -> str | None:
        """Cuts everything that goes down out of `query`; None where the rest would not mean what the caller wrote."""
        note_types(query, self.catalog)
        for rule in RULES:
            query = rule(query)
        self.root = exp.Subquery(this=query)
        self._descend(query)
        fragments = {step.fragment.id: step.fragment for step in self.steps}
        try:
            columns = self._described_with_fragments(fragments)
        except FozError:
            return None
        if [column.type for column in columns] != [column.type for column in self.bound.columns]:
            return None
        return str(self.root.this.sql(dialect=DUCKDB))

    def _described_with_fragments(self, fragments: Mapping[str, Fragment]) -> tuple[Field, ...]:
        renamed: exp.Expr = self.root.this.copy()
        tables: dict[str, Sequence[Field]] = {}
        for node in renamed.find_all(exp.Table):
            found = fragments.get(node.name) if not node.args.get("db") else None
            if found is not None:
                key = "f_" + hashlib.sha256(repr(found.outputs).encode()).hexdigest()[:32]
                tables[key] = found.outputs
                node.set("this", exp.to_identifier(key, quoted=True))
        return self.describe(renamed.sql(dialect=DUCKDB, copy=False), tables, {})

    def _descend(self, query: exp.Query) -> None:
        """Cuts out of `query` what can be read from a store: its own relations first, then the queries nested in it."""
        for select in own_selects(query):
            self._cut_select(select)
        for inner in nested(query):
            self._cut_nested(inner)

    def _cut_nested(self, query: exp.Query) -> None:
        step = self._nested_step(query)
        if step is None:
            self._descend(query)
            return
        self.steps.append(step)
        name = step.fragment.id
        projections = [selected(name, output.name, output.name) for output in step.fragment.outputs]
        query.replace(exp.Select(expressions=projections, from_=exp.From(this=fragment_node(name, name))))

    def _nested_step(self, query: exp.Query) -> Step | None:
        names = query.named_selects
        if self._source_of(query) is None or len({name.lower() for name in names}) != len(names) or not all(names):
            return None
        copied = query.copy()
        types = self._output_types(copied)
        if types is None:
            return None
        outputs = [Field(name, type) for name, type in zip(names, types, strict=True)]
        return self._taken_whole(fragment(self.next_name(), copied, outputs, self.catalog))

    def _output_types(self, query: exp.Query) -> list[str] | None:
        """What DuckDB says of the query's own columns; None where it refuses the query by itself."""
        renamed = query.copy()
        tables: dict[str, Sequence[Field]] = {}
        for node in list(renamed.find_all(exp.Table)):
            table = base_table(node, self.catalog)
            if table is not None:
                key = f"t_{table.content}"
                tables[key] = fields_of(table)
                node.replace(fragment_node(key, node.alias_or_name))
        try:
            return [field.type for field in self.describe(renamed.sql(dialect=DUCKDB, copy=False), tables, {})]
        except FozError:
            return None

    # One SELECT

    def _cut_select(self, select: exp.Select) -> None:
        if self._cut_limited(select):
            return
        tree = join_tree(select)
        tables = {node.alias_or_name: table for node in tree.relations if (table := base_table(node, self.catalog))}
        for group in list(groups(tree, tables)):
            for tried in group.narrower():
                if self._cut_group(tree, tried, tables):
                    for alias in tried.members:
                        del tables[alias]
                    break
        for node in list(tree.relations):
            if node.alias_or_name in tables:
                self._cut_scan(tree, node, tables[node.alias_or_name])
        remove(tree)
        for node in tables_in_from(select):
            table = base_table(node, self.catalog)
            if table is not None:
                self._cut_scan(JoinTree(select, ordinary=False), node, table)

    def _cut_limited(self, select: exp.Select) -> bool:
        """Reads the rows of an ordered and limited SELECT that its store cannot compute the outputs of."""
        inner = limited_rows(select)
        if inner is None or self._source_of(inner) is None:
            return False
        tables = {node.alias_or_name: table for node in inner.find_all(exp.Table) if (table := base_table(node, self.catalog))}
        outputs = []
        for output in inner.selects:
            read = output.unalias()
            table = tables.get(read.table) if isinstance(read, exp.Column) else None
            column = table.column(read.name) if table is not None else None
            if column is None:
                return False
            outputs.append(Field(output.alias, column.type))
        step = self._taken_whole(fragment(self.next_name(), inner, outputs, self.catalog))
        if step is None:
            return False
        self.steps.append(step)
        read_from(select, step.fragment.id, [output.name for output in outputs])
        return True

    def _cut_scan(self, tree: JoinTree, node: exp.Expr, table: Table) -> None:
        alias = node.alias_or_name
        filters = self.catalog.by_id[table.source].capabilities.filters
        step, accepted = self._scan_step(alias, table, tree.alone(alias, table.source) if filters else [])
        for conjunct in accepted:
            conjunct.pushed = True
        self.steps.append(step)
        node.replace(fragment_node(step.fragment.id, alias, node.alias_column_names))

    def _scan_step(self, alias: str, table: Table, conjuncts: Sequence[Conjunct]) -> tuple[Step, list[Conjunct]]:
        """A read of `table` with those of `conjuncts` that its store takes, and which those are."""
        left: tuple[Left, ...] = ()
        while True:
            columns = self._needed(alias, table, conjuncts)
            conditions = [conjunct.condition for conjunct in conjuncts]
            proposal = scan(self.next_name(), alias, table, columns, conditions, self.catalog)
            taken = self.take(proposal, self.catalog.by_id[table.source])
            if taken.native is not None and not taken.left:
                return Step(proposal, taken, left), list(conjuncts)
            if not conjuncts:
                raise Internal(f"The table {table.path} cannot be read: {'; '.join(part.reason for part in taken.left)}.")
            left += taken.left
            conjuncts = _accepted(proposal.query, conjuncts, taken.left) if taken.native is not None else []

    def _needed(self, alias: str, table: Table, taken: Sequence[Conjunct]) -> list[Column]:
        """What to ask for of `alias`: the columns that are read, and at least one."""
        if not self.catalog.by_id[table.source].capabilities.projections:
            return list(table.columns)
        return self._read(alias, table, taken) or [narrowest(table)]

    def _read(self, alias: str, table: Table, taken: Sequence[Conjunct]) -> list[Column]:
        """The columns of `alias` that anything but the conjuncts in `taken` reads."""
        inside = {id(column) for conjunct in taken for column in conjunct.condition.find_all(exp.Column)}
        names = {column.name.lower() for column in self._columns_of(alias) if id(column) not in inside}
        return [column for column in table.columns if column.name.lower() in names]

    def _columns_of(self, alias: str) -> list[exp.Column]:
        return [column for column in self.root.find_all(exp.Column) if column.table == alias]

    # Relations that join in their store

    def _cut_group(self, tree: JoinTree, group: Group, tables: Mapping[str, Table]) -> bool:
        if not self.catalog.by_id[tables[group.members[0]].source].capabilities.joins:
            return False
        conjuncts = within(tree, group, tables[group.members[0]].source)
        left: tuple[Left, ...] = ()
        while True:
            proposal = self._joined(group, tables, conjuncts)
            taken = self.take(proposal, self.catalog.by_id[proposal.source])
            if taken.native is None:
                self.refused.extend(taken.left)
                return False
            if not taken.left:
                break
            left += taken.left
            filters = _accepted(proposal.query, [c for c in conjuncts if group.filters(c)], taken.left)
            kept = [c for c in conjuncts if not group.filters(c) or c in filters]
            if len(kept) == len(conjuncts):
                return False
            conjuncts = kept
        for conjunct in conjuncts:
            conjunct.pushed = True
        self.steps.append(Step(proposal, taken, left))
        self._put_group(tree, group.members, proposal)
        return True

    def _joined(self, group: Group, tables: Mapping[str, Table], conjuncts: Sequence[Conjunct]) -> Fragment:
        columns = [(alias, column) for alias in group.members for column in self._read(alias, tables[alias], conjuncts)]
        columns = columns or [(group.members[0], narrowest(tables[group.members[0]]))]
        outputs = [Field(f"{alias}.{column.name}", column.type) for alias, column in columns]
        query = joined(group, tables, [(alias, column.name) for alias, column in columns], conjuncts)
        return fragment(self.next_name(), query, outputs, self.catalog)

    def _put_group(self, tree: JoinTree, group: Sequence[str], joined: Fragment) -> None:
        """Puts the joined fragment where the first of the group stands, and takes the others out of the join tree."""
        spelled = {output.name.lower(): output.name for output in joined.outputs}
        for alias in group:
            for column in self._columns_of(alias):
                name = f"{alias}.{column.name}"
                column.set("this", exp.to_identifier(spelled.get(name.lower(), name), quoted=True))
                column.set("table", exp.to_identifier(joined.id, quoted=True))
        first = next(node for node in tree.relations if node.alias_or_name == group[0])
        first.replace(fragment_node(joined.id, joined.id))
        tree.select.set("joins", [join for join in tree.joins if join.alias_or_name not in group])

    # A query that cannot be cut

    def as_written(self) -> str:
        """Reads every table of the caller's own text; the text runs in the residual engine as it is."""
        names: list[str] = []
        identifiers = {node.name.lower() for node in self.root.find_all(exp.Identifier)}
        aliases = {reference.alias.lower() for reference in self.bound.references}
        whole = any(True for _ in self.root.find_all(*_WHOLE_ROW)) or any(
            join.method or join.args.get("using") for join in self.root.find_all(exp.Join)
        )
        whole = whole or any(not column.table and column.name.lower() in aliases for column in self.root.find_all(exp.Column))
        for reference in self.bound.references:
            table, renamed = reference.table, bool(reference.node.alias_column_names)
            columns = [c for c in table.columns if whole or renamed or c.name.lower() in identifiers] or [narrowest(table)]
            proposal = scan(self.next_name(), reference.alias, table, columns, [], self.catalog)
            taken = self.take(proposal, self.catalog.by_id[table.source])
            if taken.native is None:
                raise Internal(f"The table {table.path} cannot be read: {'; '.join(part.reason for part in taken.left)}.")
            self.steps.append(Step(proposal, taken))
            names.append(proposal.id)
        return self.bound.residual_text(names)


def _accepted(query: exp.Query, conjuncts: Sequence[Conjunct], left: Sequence[Left]) -> list[Conjunct]:
    """Those of `conjuncts` whose copies in the WHERE of `query` are not in `left`: fewer than were given, so that it ends."""
    where = query.args.get("where")
    parts = list(flat_conjuncts(where.this)) if where is not None else []
    if len(parts) != len(conjuncts):
        return []
    refused = {id(part.part.unnest()) for part in left}
    kept = [conjunct for conjunct, part in zip(conjuncts, parts, strict=True) if id(part) not in refused]
    return kept if len(kept) < len(conjuncts) else []
