"""The names under which answers are kept: the same for two requests only where the answer must be the same.

A plan says everything that an answer depends on but the rows: the stores' own requests with their constants, the query over
them, the columns' names and types. Beside it stand the content of the catalogue's tables, the configuration of each source, the
caller's grants and Foz's build, so that a change of any of them finds nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from planner.catalog import Catalog, Grants, Table, spelled
from planner.plan import Field, Plan, Step


def answer_key(plan: Plan, columns: Sequence[Field], catalog: Catalog, grants: Grants, build: str) -> str:
    """64 hex digits for the whole answer of `plan` under the names `columns`, as a caller with `grants` may see it."""
    return _digest(
        "answer",
        build,
        repr(grants),
        repr(tuple(columns)),
        plan.residual or "",
        *(part for step in plan.steps for part in _of_step(step, catalog)),
        *_of_tables(catalog, plan.tables),
    )


def fragment_key(step: Step, catalog: Catalog, grants: Grants, build: str) -> str:
    """64 hex digits for the rows of one fragment, whatever query reads them."""
    _, *parts = _of_step(step, catalog)
    return _digest("fragment", build, repr(grants), *parts, *_of_tables(catalog, step.fragment.tables))


def tables(catalog: Catalog, paths: Sequence[str]) -> list[Table]:
    """The catalogue's tables of these paths."""
    found = []
    for path in paths:
        source, schema, name = path.split(".", 2)
        table = catalog.by_id[source].by_path.get((schema.lower(), name.lower())) if source in catalog.by_id else None
        if table is not None:
            found.append(table)
    return found


def _of_step(step: Step, catalog: Catalog) -> Iterable[str]:
    source = catalog.by_id[step.fragment.source]
    yield step.fragment.id
    yield source.id
    yield source.type
    yield source.identity
    yield str(source.version)
    yield spelled(step.native)
    yield repr(step.fragment.outputs)


def _of_tables(catalog: Catalog, paths: Sequence[str]) -> Iterable[str]:
    for table in tables(catalog, paths):
        yield table.path
        yield table.content


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()
