"""`/queries`: the caller's own running queries and jobs, to look at, to wait for, to read and to cancel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

import anyio.to_thread
import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from planner.errors import QueryCancelled
from proxy.http.access import Asker
from proxy.http.formats import accepted
from proxy.http.openapi import PROBLEMS, RANGES, described
from proxy.http.problems import invalid, problem
from proxy.http.resuming import Changed, Reading, Unsatisfiable, after, page, whole
from proxy.http.services import request_id, services
from proxy.http.streaming import AnswerResponse, lanes
from proxy.request import Caller

router = APIRouter(prefix="/queries", tags=["queries"])

_MOST_WAIT_MS = 60_000
_EVENTS_SECONDS = 86_400.0
_LOOK_SECONDS = 5.0
"""How often it is looked whether a client is still there that waits for rows."""

Limit = Annotated[int | None, Query(ge=1, le=2**53)]


@router.get("", summary="List queries", responses={200: described("QueryList"), **PROBLEMS}, response_model=None)
async def list_queries(request: Request, caller: Asker) -> dict[str, Any]:
    """The caller's own queries that are running, and jobs, newest first."""
    asking = services(request).asking
    return {"queries": await anyio.to_thread.run_sync(lambda: asking.list(caller))}


@router.get("/{queryId}", summary="Look at a query", responses={200: described("Query"), **PROBLEMS}, response_model=None)
async def get_query(
    request: Request,
    queryId: str,  # noqa: N803
    caller: Asker,
    waitMs: Annotated[int, Query(ge=0, le=_MOST_WAIT_MS)] = 0,  # noqa: N803
) -> dict[str, Any]:
    """How far a query has come; with `waitMs`, once its `status` has changed, or after so many milliseconds."""
    async with aclosing(services(request).asking.states(queryId, caller, waitMs / 1000)) as states:
        found = first = await anext(states)
        async for found in states:
            if found["status"] != first["status"]:
                break
    return found


@router.get("/{queryId}/events", summary="Watch a query", responses=PROBLEMS, response_class=Response, status_code=200)
async def get_events(request: Request, queryId: str, caller: Asker) -> Response:  # noqa: N803
    """Server-sent events: `status` with what `GET /queries/{queryId}` gives, now and at each change, until the query ends."""
    states = services(request).asking.states(queryId, caller, _EVENTS_SECONDS)
    # What is wrong is said before the stream begins.
    first = await anext(states)

    async def events() -> AsyncIterator[bytes]:
        async with aclosing(states):
            yield _event(first)
            async for status in states:
                yield _event(status)

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.get("/{queryId}/result", summary="The rows of a job", responses=RANGES, response_class=Response, status_code=200)
async def get_result(
    request: Request,
    queryId: str,  # noqa: N803
    caller: Asker,
    limit: Limit = None,
    cursor: str | None = None,
    fromRow: Annotated[int | None, Query(ge=0, le=2**53)] = None,  # noqa: N803
) -> Response:
    """The rows of a job, as they come: in one stream, or in pages of `limit` rows, each with the `cursor` of the next.

    What broke off goes on `fromRow`, the number of rows that came, with the ETag of the broken stream as If-Match; the Arrow
    stream of a job that has completed also by Range, in bytes.
    """
    form, given = accepted(request.headers.get("accept")), request.headers
    await _rows_come(request, queryId, caller)

    def found() -> Reading:
        job = services(request).asking.job(queryId, caller)
        if cursor is not None:
            return page(job, form, cursor)
        if fromRow is not None:
            return after(job, form, fromRow, given.get("if-match"))
        return whole(job, form, given.get("range"), given.get("if-range")) if limit is None else Reading(job, form)

    try:
        reading = await anyio.to_thread.run_sync(found)
    except Changed:
        return problem(invalid("If-Match", "The rows that you have are of another run of the query."), request_id(request), 412)
    except Unsatisfiable as error:
        headers = {"Content-Range": f"bytes */{error.total}"}
        return problem(invalid("Range", "The range begins behind the last byte."), request_id(request), 416, headers)
    return AnswerResponse(
        lambda: reading.answer,
        reading.form,
        limit,
        request_id(request),
        lanes(request),
        deferrable=False,
        cursor=reading.cursor,
        status=reading.status,
        headers=lambda: {**reading.headers, "ETag": reading.etag()},
    )


@router.delete(
    "/{queryId}",
    summary="Cancel a query",
    responses={204: {"description": "Its statements have stopped."}, 202: {"description": "They have not yet."}, **PROBLEMS},
    status_code=204,
    response_class=Response,
)
async def cancel_query(request: Request, queryId: str, caller: Asker) -> Response:  # noqa: N803
    """Cancels a query in every source: 204 once its statements have stopped, 202 if they have not within 5 seconds."""
    asking = services(request).asking
    stopped = await anyio.to_thread.run_sync(lambda: asking.cancel(queryId, caller), limiter=lanes(request).endings)
    return Response(status_code=204 if stopped else 202)


async def _rows_come(request: Request, query_id: str, caller: Caller) -> None:
    """Waits for the first rows of a job, or its end, without a thread: only then does a thread read them."""
    while not await request.is_disconnected():
        async with aclosing(services(request).asking.states(query_id, caller, _LOOK_SECONDS)) as states:
            async for status in states:
                if "route" not in status or status["status"] not in ("pending", "processing") or status["progress"].get("rows"):
                    return
    raise QueryCancelled("The client went away.")


def _event(status: dict[str, Any]) -> bytes:
    return b"event: status\ndata: " + orjson.dumps(status, default=str) + b"\n\n"
