"""`/queries`: the caller's own running queries, to look at and to cancel."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.errors import Unsupported
from proxy.http.access import Asker
from proxy.http.openapi import PROBLEMS, described
from proxy.http.services import services
from proxy.http.streaming import lanes

router = APIRouter(prefix="/queries", tags=["queries"])


@router.get("", summary="List running queries", responses={200: described("QueryList"), **PROBLEMS}, response_model=None)
async def list_queries(request: Request, caller: Asker) -> dict[str, Any]:
    """The caller's own queries, newest first."""
    return {"queries": services(request).asking.list(caller)}


@router.get("/{queryId}", summary="Look at a query", responses={200: described("Query"), **PROBLEMS}, response_model=None)
async def get_query(request: Request, queryId: str, caller: Asker) -> dict[str, Any]:  # noqa: N803
    """How far a query has come."""
    return services(request).asking.find(queryId, caller).status()


@router.get("/{queryId}/result", summary="The rows of a query", responses=PROBLEMS, response_class=Response, status_code=200)
async def get_result(request: Request, queryId: str, caller: Asker) -> Response:  # noqa: N803
    """Results that are kept are not implemented yet: rows go to the call that asked for them."""
    services(request).asking.find(queryId, caller)
    raise Unsupported("Kept results are not implemented yet: the rows go to the call that asked the query.")


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
