"""Reading: a request's raw batches from the server, decoded, as record batches."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from typing import Any

import pyarrow as pa
from bson import json_util
from bson.timestamp import Timestamp
from numpy.typing import NDArray
from pymongo import MongoClient
from pymongo.collation import Collation
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from planner import plan
from planner.errors import SourceData
from translators import arrow
from translators.base import Depth, StoreConfig
from translators.control import Control
from translators.mongo import decode, explain, layout
from translators.mongo.errors import does_not_fit, mapped
from translators.mongo.layout import Ints, Malformed, Raw
from translators.mongo.misfits import Misfit
from translators.mongo.native import Request
from translators.mongo.operation import Operation
from translators.mongo.types import BSON_NAMES

BATCH_DOCUMENTS = 4096
"""What the server is asked for at a time; it stops earlier at 16 MB."""

DECODED_BYTES = 1_500_000
"""BSON decoded at a time: numpy holds the interpreter's lock while it does."""

_SENT_BYTES = 2_800_000
_SIMPLE = Collation(locale="simple")


class AtTime(ReadConcern):
    """Reads of one instant, whichever session they are in. (A snapshot session of pymongo is for one thread.)"""

    def __init__(self, time: Timestamp) -> None:
        super().__init__("snapshot")
        self._time = time

    @property
    def document(self) -> dict[str, Any]:
        return {"level": "snapshot", "atClusterTime": self._time}


class MongoReader:
    """One query's reads. `at` is their common instant; None where there is one read, or the server has no snapshots. `now` gives
    the present instant (None without snapshots), for a single request that reads more than once."""

    def __init__(
        self,
        config: StoreConfig,
        client: MongoClient[Any],
        operations: Callable[[Control], Operation],
        at: Timestamp | None,
        now: Callable[[Control], Timestamp | None],
    ) -> None:
        self._config = config
        self._client = client
        self._operations = operations
        self._at = at
        self._now = now
        self.nullified: dict[str, int] = {}

    def read(self, native: plan.Native, outputs: Sequence[plan.Field], control: Control) -> Iterator[pa.RecordBatch]:
        assert isinstance(native, Request)
        schema = arrow.schema(outputs)
        with closing(self._batches(native, control)) as batches:
            for data in batches:
                yield from self._decoded(native, data, schema)

    def explain(self, native: plan.Native, depth: Depth, control: Control) -> str:
        assert isinstance(native, Request)
        operation = self._operations(control)
        command = explain.command(native, depth, operation.comment, operation.remaining_ms())
        with mapped(self._config.id, control), operation.waiting():
            reply = self._client[native.database].command(command)
        return explain.printed(reply)

    def _batches(self, request: Request, control: Control) -> Generator[bytes, None, None]:
        operation = self._operations(control)
        at = self._at or (self._now(control) if request.reads_again else None)
        concern = AtTime(at) if at is not None else None
        collection = self._client[request.database].get_collection(request.collection, read_concern=concern)
        with mapped(self._config.id, control), self._client.start_session(causal_consistency=False) as session:
            cursor: Any = None
            try:
                with operation.waiting():
                    cursor = _opened(collection, request, session, operation)
                while True:
                    with operation.waiting():
                        data = next(cursor, None)
                    if data is None:
                        return
                    yield data
            finally:
                if cursor is not None:
                    # Closing tells the server to drop its cursor; a server that is gone has none.
                    with suppress(PyMongoError):
                        cursor.close()

    def _decoded(self, request: Request, data: bytes, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        try:
            starts = layout.documents(data)
            raw = Raw.of(data)
            for first, last in _pieces(starts, len(data)):
                yield from _sized(self._piece(request, raw, starts[first:last], schema))
        except (Malformed, IndexError, ValueError):
            source = self._config.id
            raise SourceData(f"{request.database}.{request.collection} sent bytes that are no BSON.", source=source) from None

    def _piece(self, request: Request, raw: Raw, documents: Ints, schema: pa.Schema) -> pa.RecordBatch:
        def misfits(path: str, rows: Ints, types: NDArray[Any], type: str) -> None:
            if self._config.on_mismatch == "error" or request.computed:
                raise self._misfit(request, raw, int(documents[rows[0]]), path, BSON_NAMES[int(types[0])], type)
            name = ".".join(_placed(request, path))
            self.nullified[name] = self.nullified.get(name, 0) + len(rows)

        # The planner's type decides how a value travels: it is the catalogue's, perhaps with a declared type put over it.
        arrays = decode.batch(raw, documents, [*request.readings, *request.checks], misfits)
        columns = [
            array if array.type == type else array.cast(type)
            for array, type in zip(arrays[: len(schema)], schema.types, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def _misfit(self, request: Request, raw: Raw, at: int, path: str, found: str, type: str) -> SourceData:
        if request.computed:
            return SourceData(
                f"{request.database}.{request.collection}: a computed value of BSON type {found} does not fit {type}.",
                source=self._config.id,
                collection=f"{request.database}.{request.collection}",
            )
        root = path.partition(".")[0]
        document = decode.document(raw, at)
        holder = document[root] if root in request.joined else document
        identity = json_util.dumps(holder.get("_id"), json_options=json_util.RELAXED_JSON_OPTIONS)
        return does_not_fit(Misfit(*_placed(request, path), type, found, identity), self._config.id)


def _placed(request: Request, path: str) -> tuple[str, str]:
    """The collection that a path of the documents read belongs to, and the path there."""
    root, _, below = path.partition(".")
    if root in request.joined:
        return request.joined[root], below
    return f"{request.database}.{request.collection}", path


def _opened(collection: Any, request: Request, session: Any, operation: Operation) -> Any:
    """The cursor. A `find` is sent with its first batch, an `aggregate` at once."""
    options: dict[str, Any] = {"session": session, "comment": operation.comment}
    if request.collation:
        options["collation"] = _SIMPLE
    limit_ms = operation.remaining_ms()
    if request.pipeline is not None:
        if limit_ms is not None:
            options["maxTimeMS"] = limit_ms
        return collection.aggregate_raw_batches(list(request.pipeline), batchSize=BATCH_DOCUMENTS, allowDiskUse=True, **options)
    return collection.find_raw_batches(
        request.filter,
        request.projection or None,
        sort=list(request.sort) or None,
        skip=request.skip,
        limit=request.limit or 0,
        batch_size=BATCH_DOCUMENTS,
        max_time_ms=limit_ms,
        allow_disk_use=True if request.sort else None,
        **options,
    )


def _pieces(starts: Ints, end: int) -> Iterator[tuple[int, int]]:
    """Ranges of documents of at most DECODED_BYTES, or of one larger document."""
    first = 0
    while first < len(starts):
        last = int(starts.searchsorted(int(starts[first]) + DECODED_BYTES, side="right")) - 1
        if end - int(starts[first]) <= DECODED_BYTES:
            last = len(starts)
        last = max(last, first + 1)
        yield first, last
        first = last


def _sized(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch, in halves where decoding has made it too large."""
    if batch.nbytes <= _SENT_BYTES or batch.num_rows <= 1:
        yield batch
        return
    half = batch.num_rows // 2
    yield from _sized(batch.slice(0, half))
    yield from _sized(batch.slice(half))
