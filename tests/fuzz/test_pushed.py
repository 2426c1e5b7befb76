"""The forms that go down alone are those in `pushed/*.txt`: none of them stops going down, and none that does is missing."""

from __future__ import annotations

from demo.servers import Server
from tests.fuzz.pushed import everything, recorded, tried
from tests.fuzz.worlds import world


def test_what_went_down_goes_down(postgres_server: Server, mongodb_server: Server) -> None:
    tables = everything()
    with world(postgres_server.uri, mongodb_server.uri, tables) as running:
        now = tried(running, tables)
    lost = {source: sorted(recorded()[source] - set(templates)) for source, templates in now.items()}
    assert not any(lost.values()), lost
    new = {source: sorted(set(templates) - recorded()[source]) for source, templates in now.items()}
    assert not any(new.values()), f"python -m tests.fuzz.pushed writes them down: {new}"
