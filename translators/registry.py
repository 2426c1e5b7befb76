"""Where the type of a source finds its folder: the one line that a new store adds."""

from __future__ import annotations

from importlib import import_module

from planner.errors import RequestInvalid
from translators.base import StoreType

STORES = {
    "files": "translators.files",
    "mongodb": "translators.mongo",
    "postgres": "translators.postgres",
    "sqlite": "translators.sqlite",
}


def store_type(name: str) -> StoreType:
    """The store type called `name`; its folder, and the driver with it, is imported on first use. Raises RequestInvalid."""
    folder = STORES.get(name)
    if folder is None:
        raise RequestInvalid(f"There is no source type {name!r}. Known types: {', '.join(sorted(STORES))}.", field="type")
    store: StoreType = import_module(folder).STORE
    return store
