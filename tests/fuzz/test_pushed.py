"""The forms that go down alone, `pushed/*.txt`: none of them may stop going down."""

from __future__ import annotations

from demo.servers import Server
from tests.fuzz.pushed import everything, recorded, tried
from tests.fuzz.worlds import world


def test_what_went_down_goes_down(postgres_server: Server, mongodb_server: Server) -> None:
    tables = everything()
    with world(postgres_server.uri, mongodb_server.uri, tables) as running:
        now = tried(running, tables)
    assert {source: sorted(recorded()[source] - set(templates)) for source, templates in now.items()} == {
        source: [] for source in now
    }
