"""The catalogue as JSON values: what `GET /sources` and `foz sources` show, narrowed to what the caller may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from planner.catalog import Catalog, Source, Table
from planner.errors import RequestInvalid
from proxy.catalog.documents import SourceDocument
from proxy.catalog.entries import Entry
from proxy.catalog.service import CatalogService
from proxy.request import Caller


class Listing:
    """The listings of one catalogue service."""

    def __init__(self, service: CatalogService) -> None:
        self._service = service

    def sources(self, caller: Caller) -> list[dict[str, Any]]:
        """Every source in which the caller may see something; an administrator sees all. Never a password."""
        visible = self._service.snapshot().visible_to(caller.grants)
        entries = self._service.entries()
        shown = [_source(entry, visible, caller) for entry in entries if caller.admin or entry.document.id in visible.by_id]
        if caller.admin:
            known = {entry.document.id for entry in entries}
            unused = (problem for problem in self._service.invalid() if problem.id not in known)
            shown += [{"id": problem.id, "status": "invalid", "problem": problem.why} for problem in unused]
        return shown

    def source(self, source_id: str, caller: Caller) -> dict[str, Any]:
        """One source as `sources` shows it. Raises RequestInvalid where the caller sees none of that id."""
        for one in self.sources(caller):
            if one["id"] == source_id:
                return one
        raise RequestInvalid(f"There is no source {source_id}.", field="id")

    def tables(self, source_id: str, caller: Caller) -> list[dict[str, Any]]:
        """The tables of one source that the caller may see. Raises RequestInvalid like `source`."""
        self.source(source_id, caller)
        visible = self._service.snapshot().visible_to(caller.grants)
        found = visible.by_id.get(source_id)
        return [_table(table, visible) for table in found.tables] if found else []

    def findings(self, source_id: str) -> list[dict[str, Any]]:
        """What the last introspection found in the documents of one source, for administrators."""
        found = next((entry.found for entry in self._service.entries() if entry.document.id == source_id), None)
        return (
            [{"table": f.table, "path": f.path, "found": dict(f.found), "type": f.type} for f in found.findings] if found else []
        )

    def refresh(self, source_id: str) -> None:
        """Introspects one source again and waits for it. Raises SourceUnavailable, and RequestInvalid where there is none."""
        self._service.refresh(source_id)


def _source(entry: Entry, visible: Catalog, caller: Caller) -> dict[str, Any]:
    document, known = entry.document, entry.source
    seen = visible.by_id.get(document.id)
    shown: dict[str, Any] = {
        "id": document.id,
        "name": document.name or document.id,
        "type": document.type,
        "status": "invalid" if entry.invalid else "down" if known.problem else "up",
        "problem": known.problem,
        "server": entry.found.server if entry.found else None,
        "schemas": _schemas(seen),
        "tables": len(seen.tables) if seen else 0,
        "capabilities": document.capabilities.model_dump(by_alias=True),
        "limits": document.limits.model_dump(by_alias=True, exclude_none=True),
        "version": document.version,
        "onMismatch": document.on_mismatch,
        "checkedAt": entry.checked_at.isoformat() if entry.checked_at else None,
        "createdAt": document.created_at.isoformat() if document.created_at else None,
        "updatedAt": document.updated_at.isoformat() if document.updated_at else None,
    }
    if caller.admin:
        shown["connection"] = document.public_connection()
        shown["declared"] = _declared(document)
    return {name: value for name, value in shown.items() if value is not None}


def _schemas(seen: Source | None) -> list[str]:
    return sorted({table.schema for table in seen.tables}) if seen else []


def _declared(document: SourceDocument) -> dict[str, Any]:
    return {name: table.model_dump(by_alias=True, exclude_defaults=True) for name, table in document.tables.items()}


def _table(table: Table, visible: Catalog) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "schema": table.schema,
        "name": table.name,
        "kind": table.kind,
        "columns": [
            _present({"name": c.name, "type": c.type, "nullable": c.nullable, "native": c.native, "origin": c.origin})
            for c in table.columns
        ],
        "primaryKey": list(table.primary_key),
        "uniqueKeys": [list(key) for key in table.unique_keys],
        "relations": [
            {"name": r.name, "to": r.to, "keys": dict(r.keys), "many": r.many} for r in table.relations if _seen(r.to, visible)
        ],
        "rows": table.rows,
    }
    return shown


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {to_camel(name): value for name, value in values.items() if value != ""}


def _seen(path: str, visible: Catalog) -> bool:
    """Whether `source.table` or `source.schema.table` is a table that the caller may see: a relation gives no other away."""
    source_id, _, rest = path.partition(".")
    found = visible.by_id.get(source_id)
    if found is None:
        return False
    schema, _, name = rest.rpartition(".")
    return found.table(name, schema or None) is not None
