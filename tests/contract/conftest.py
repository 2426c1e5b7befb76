"""The places of the four stores, each made when a module's test first asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from tests.contract.in_files import InFiles
from tests.contract.in_mongodb import InMongodb
from tests.contract.in_postgres import InPostgres
from tests.contract.in_sqlite import InSqlite
from tests.contract.place import Place


class Places(Mapping[str, Place]):
    """The module's place in each store, by the store's type."""

    def __init__(self, request: pytest.FixtureRequest, directories: pytest.TempPathFactory) -> None:
        self._request = request
        self._directories = directories
        self._made: dict[str, Place] = {}

    def __getitem__(self, store: str) -> Place:
        if store not in self._made:
            self._made[store] = self._make(store)
        return self._made[store]

    def _make(self, store: str) -> Place:
        if store == "postgres":
            return InPostgres(self._request.getfixturevalue("postgres_uri"))
        if store == "mongodb":
            return InMongodb(self._request.getfixturevalue("mongodb_uri"))
        return {"sqlite": InSqlite, "files": InFiles}[store](self._directories.mktemp(store))

    def __iter__(self) -> Iterator[str]:
        return iter(("files", "mongodb", "postgres", "sqlite"))

    def __len__(self) -> int:
        return 4

    def close(self) -> None:
        for place in self._made.values():
            place.close()


@pytest.fixture(scope="module")
def places(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    made = Places(request, tmp_path_factory)
    yield made
    made.close()
