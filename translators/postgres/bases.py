"""Which tables a table's rows come from, and through which others they may be written: views, partitions and inheritance.

A statement that names a partitioned table or a parent writes to what is below it, and one that names a partition changes what its
parents show. So a change of a table is told as one of the table and of all above it, and an answer over a table depends on it and
on all above it: neither side has to name the whole tree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

RELATIONS = """
SELECT c.oid::int8 AS id, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
       ARRAY(SELECT i.inhparent::int8 FROM pg_inherits i WHERE i.inhrelid = c.oid) AS parents,
       ARRAY(SELECT DISTINCT m[1]::int8
             FROM pg_rewrite r, regexp_matches(r.ev_action::text, ':relid ([1-9][0-9]*)', 'g') m
             WHERE c.relkind = 'v' AND r.ev_class = c.oid AND r.ev_type = '1') AS reads
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't' AND c.oid >= 16384
"""
"""What a view reads is taken from its stored query: of PostgreSQL's own tables pg_depend says nothing."""


@dataclass(frozen=True)
class Graph:
    """What stands over what, by oid. `reads` has the views only, and what each names in its query."""

    parents: Mapping[int, tuple[int, ...]]
    children: Mapping[int, tuple[int, ...]]
    reads: Mapping[int, tuple[int, ...]]

    def above(self, id: int) -> frozenset[int]:
        """The tables that show its rows too: its parents, and theirs."""
        return _reached(id, self.parents)

    def below(self, id: int) -> frozenset[int]:
        return _reached(id, self.children)

    def views_of(self, id: int) -> frozenset[int]:
        """The views among what its rows come from, itself included."""
        return frozenset(each for each in (id, *_reached(id, self.reads)) if each in self.reads)

    def under(self, id: int) -> frozenset[int]:
        """What holds the rows that a view shows; of anything else, itself."""
        return frozenset(each for each in (id, *_reached(id, self.reads)) if each not in self.reads)

    def bases(self, id: int) -> frozenset[int]:
        """The tables whose changes are its own: what is under it, and all above that."""
        return frozenset(base for each in self.under(id) for base in (each, *self.above(each))) - {id}

    def written_through(self, id: int) -> frozenset[int]:
        """Every table that a statement may name to change its rows."""
        return frozenset(way for each in self.under(id) for way in (each, *self.above(each), *self.below(each)))


def graph(rows: Iterable[Mapping[str, Any]]) -> Graph:
    """Of the rows of `RELATIONS`."""
    children: dict[int, list[int]] = defaultdict(list)
    parents: dict[int, tuple[int, ...]] = {}
    reads: dict[int, tuple[int, ...]] = {}
    for row in rows:
        parents[row["id"]] = tuple(row["parents"])
        for parent in row["parents"]:
            children[parent].append(row["id"])
        if row["kind"] == "v":
            reads[row["id"]] = tuple(each for each in row["reads"] if each != row["id"])
    return Graph(parents, {id: tuple(found) for id, found in children.items()}, reads)


def _reached(id: int, steps: Mapping[int, tuple[int, ...]]) -> frozenset[int]:
    return frozenset(_walk(id, steps)) - {id}


def _walk(id: int, steps: Mapping[int, tuple[int, ...]]) -> Iterator[int]:
    seen, waiting = {id}, [id]
    while waiting:
        for each in steps.get(waiting.pop(), ()):
            if each not in seen:
                seen.add(each)
                waiting.append(each)
                yield each
