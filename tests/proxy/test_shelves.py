"""Where histories are kept: one suite over files and Redis, with several processes at the same place."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from demo.server import Server
from proxy.shelves import FileShelf, RedisShelf, Shelf

Others = dict[str, dict[str, bytes | None]]
LEFT_AFTER = 300.0


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Place:
    """Somewhere to keep histories; `open` opens it once more, as another process would."""

    open: Callable[[], Shelf]
    clock: Clock
    away: Callable[[], Shelf]


@pytest.fixture(params=["file", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    clock = Clock()
    with ExitStack() as stack:
        if request.param == "file":
            (tmp_path / "a file").write_text("")
            yield Place(
                lambda: FileShelf(tmp_path / "history", clock, LEFT_AFTER),
                clock,
                lambda: FileShelf(tmp_path / "a file" / "history", clock, LEFT_AFTER),
            )
            return
        server: Server = request.getfixturevalue("redis_server")
        with redis.Redis.from_url(server.uri) as client:
            client.flushdb()

        def opened(uri: str) -> Shelf:
            shelf = RedisShelf(uri, clock, LEFT_AFTER)
            stack.callback(shelf.close)
            return shelf

        yield Place(lambda: opened(server.uri), clock, lambda: opened("redis://127.0.0.1:1/0"))


def seen(shelf: Shelf) -> Others:
    found: Others = {}
    for process, key, record in shelf.others():
        found.setdefault(process, {})["*" if key is None else key] = record
    return found


def records(found: Others) -> dict[str, bytes | None]:
    return {key: record for each in found.values() for key, record in each.items()}


def test_a_process_sees_the_others_and_not_itself(place: Place) -> None:
    one, other = place.open(), place.open()
    assert one.put({"a": b"1", "b": b"2"}, ())
    assert other.put({"a": b"3"}, ())
    assert records(seen(one)) == {"a": b"3"}
    assert records(seen(other)) == {"a": b"1", "b": b"2"}


def test_only_what_has_changed_is_told_again(place: Place) -> None:
    one, other = place.open(), place.open()
    one.put({"a": b"1", "b": b"2"}, ())
    assert records(seen(other)) == {"a": b"1", "b": b"2"}
    assert seen(other) == {}
    one.put({"b": b"4"}, ("a",))
    assert records(seen(other)) == {"a": None, "b": b"4"}
    one.put({}, ())
    assert seen(other) == {}


def test_nothing_there_is_nothing(place: Place) -> None:
    shelf = place.open()
    assert seen(shelf) == {}
    assert list(shelf.left_behind()) == []


def test_what_a_process_has_left_is_taken_over_by_one(place: Place) -> None:
    gone = place.open()
    gone.put({"a": b"1", "b": b"2"}, ())
    gone.put({}, ("b",))
    place.clock.now += LEFT_AFTER - 1
    one, other = place.open(), place.open()
    one.put({}, ())
    other.put({}, ())
    assert list(one.left_behind()) == []
    place.clock.now += 2
    one.put({}, ())
    other.put({}, ())
    taken = [list(each.left_behind()) for each in (one, other)]
    assert [[(key, record) for _, key, record in found] for found in taken] == [[("a", b"1")], []]
    # Until it stands among its own, it is still there to be read.
    assert {key: record for key, record in records(seen(other)).items() if record} == {"a": b"1"}
    one.put({"a": b"5"}, ())
    again = seen(other)
    assert {"*": None} in again.values()
    assert {"a": b"5"} in again.values()
    assert records(seen(place.open())) == {"a": b"5"}


def test_what_was_taken_over_and_not_kept_is_left_to_the_next(place: Place) -> None:
    place.open().put({"a": b"1"}, ())
    place.clock.now += LEFT_AFTER + 1
    assert len(list(place.open().left_behind())) == 1
    place.clock.now += 2 * LEFT_AFTER + 2
    if isinstance(place.open(), FileShelf):
        assert [(key, record) for _, key, record in place.open().left_behind()] == [("a", b"1")]
    else:
        assert records(seen(place.open())) == {"a": b"1"}


def test_a_place_that_is_away_is_no_error(place: Place) -> None:
    shelf = place.away()
    assert not shelf.put({"a": b"1"}, ())
    assert seen(shelf) == {}
    assert list(shelf.left_behind()) == []


def test_a_file_is_made_small_again(tmp_path: Path) -> None:
    one, other = (FileShelf(tmp_path, Clock()) for _ in range(2))
    one.put({"a": b"old"}, ())
    seen(other)
    for number in range(40):
        one.put({"a": str(number).encode(), "b": secrets.token_hex(50_000).encode()}, ())
    (path,) = tmp_path.glob("*.history")
    assert path.stat().st_size < 2 << 20
    found = records(seen(other))
    assert (found["a"], len(found["b"] or b"")) == (b"39", 100_000)


def test_a_line_that_is_still_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    one, other = (FileShelf(tmp_path, Clock()) for _ in range(2))
    one.put({"a": b"1"}, ())
    (path,) = tmp_path.glob("*.history")
    with open(path, "ab") as file:
        file.write(b"b\t{half")
    assert records(seen(other)) == {"a": b"1"}
    with open(path, "ab") as file:
        file.write(b" and half}\n")
    assert records(seen(other)) == {"b": b"{half and half}"}
