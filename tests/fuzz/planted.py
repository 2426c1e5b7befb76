"""Defects to plant: each is what a translator or the planner might get wrong in a line, and must be found.

A translator's defect is a change of what it sends: `<` for `<=`, a guard that is gone, NULLs at the other end. It stands on the
store's request and not on the translator's code, so that it stays planted when that code changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import pytest
from sqlglot import exp

import planner.split
from planner.catalog import Source
from planner.plan import Fragment, Native, Taken
from translators.registry import STORES

Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Planted:
    """A defect of the store type `store` (every store's where it is None): `plant` puts it into the running code."""

    about: str
    source: str | None
    plant: Callable[[pytest.MonkeyPatch], None]


def _in_requests(store: str, change: Change) -> Callable[[pytest.MonkeyPatch], None]:
    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        folder = import_module(STORES[store])
        right = folder.STORE.take

        def take(fragment: Fragment, source: Source) -> Taken:
            taken = right(fragment, source)
            return taken if taken.native is None else replace(taken, native=change(taken.native))

        monkeypatch.setattr(folder, "STORE", replace(folder.STORE, take=take))

    return plant


def _in_text(pattern: str, new: str) -> Change:
    """SQL in which `pattern` is written otherwise."""
    return lambda native: replace(native, text=re.sub(pattern, new, native.text))


def _in_pieces(pattern: str, new: str) -> Change:
    """The same of SQL that stands in pieces around its constants."""
    return lambda native: replace(native, pieces=tuple(re.sub(pattern, new, piece) for piece in native.pieces))


def _in_documents(change: Change) -> Change:
    """A request to MongoDB whose filter and stages are changed, each object from the inside out."""

    def changed(node: Any) -> Any:
        if isinstance(node, dict):
            return change({name: changed(value) for name, value in node.items()})
        return [changed(each) for each in node] if isinstance(node, list | tuple) else node

    def request(native: Any) -> Native:
        pipeline = None if native.pipeline is None else tuple(map(changed, native.pipeline))
        return replace(native, filter=changed(dict(native.filter)), pipeline=pipeline)  # type: ignore[no-any-return]

    return request


def _renamed(old: str, new: str) -> Change:
    return lambda node: {new if name == old else name: value for name, value in node.items()}


def _without(name: str) -> Change:
    return lambda node: {each: value for each, value in node.items() if each != name or len(node) == 1}


def _descending(node: dict[str, Any]) -> dict[str, Any]:
    """A sort whose first key is forgotten, as that which keeps NULLs last would be."""
    if "$sort" in node and len(node["$sort"]) > 1:
        return {"$sort": dict(list(node["$sort"].items())[1:])}
    return node


def _inner(node: dict[str, Any]) -> dict[str, Any]:
    """A look-up for a LEFT join that drops the rows without a partner."""
    unwound = node.get("$unwind")
    return {"$unwind": unwound["path"]} if isinstance(unwound, dict) else node


def _forgets_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planner takes a fragment for whole although its store left conditions."""
    right = planner.split.plan

    def plan(bound: Any, take: Any, *rest: Any) -> Any:
        return right(bound, lambda fragment, source: replace(take(fragment, source), left=()), *rest)

    monkeypatch.setattr("proxy.planning.plan", plan)


def _moves_conditions_of_outer_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(query: exp.Query) -> exp.Query:
        """What `gather_inner_conditions` would be if it forgot to ask which joins are inner."""
        for select in query.find_all(exp.Select):
            for join in select.args.get("joins") or []:
                if join.side == "LEFT" and join.args.get("on") is not None:
                    select.where(join.args["on"], copy=False)
        return query

    monkeypatch.setattr(planner.split, "RULES", (wrong, *planner.split.RULES))


PLANTED = (
    Planted("PostgreSQL: < for <=", "pg", _in_requests("postgres", _in_pieces(r" <= ", " < "))),
    Planted("PostgreSQL: NULLs at the other end", "pg", _in_requests("postgres", _in_pieces(r"NULLS LAST", "NULLS FIRST"))),
    Planted(
        "PostgreSQL: texts in the language's order",
        "pg",
        _in_requests("postgres", _in_pieces(r' COLLATE "C"', ' COLLATE "en-x-icu"')),
    ),
    Planted("MongoDB: $lt for $lte", "docs", _in_requests("mongodb", _in_documents(_renamed("$lte", "$lt")))),
    Planted("MongoDB: no guard of the type", "docs", _in_requests("mongodb", _in_documents(_without("$type")))),
    Planted("MongoDB: the first key of a sort lost", "docs", _in_requests("mongodb", _in_documents(_descending))),
    Planted("MongoDB: an inner join for a left one", "docs", _in_requests("mongodb", _in_documents(_inner))),
    Planted("SQLite: < for <=", "lite", _in_requests("sqlite", _in_text(r" <= ", " < "))),
    Planted("SQLite: rows counted for values", "lite", _in_requests("sqlite", _in_text(r"(?i)\bcount\(\w[^()]*\)", "count(*)"))),
    Planted("files: an inner join for a left one", "lake", _in_requests("files", _in_text(r"LEFT (OUTER )?JOIN", "JOIN"))),
    Planted("files: no OFFSET", "lake", _in_requests("files", _in_text(r" OFFSET \d+", ""))),
    Planted("planner: conditions of outer joins filter", None, _moves_conditions_of_outer_joins),
    Planted("planner: what a store leaves is forgotten", None, _forgets_what_is_left),
)
