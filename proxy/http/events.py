"""`POST /events`: something was written past Foz; kept answers over it are out of date when this has answered."""

from __future__ import annotations

import anyio.to_thread
from fastapi import APIRouter, Request
from starlette.responses import Response

from proxy.events import EventBody, events
from proxy.http.access import Asker
from proxy.http.bodies import read_value
from proxy.http.openapi import PROBLEMS, body_of
from proxy.http.services import services
from proxy.http.streaming import lanes

router = APIRouter(tags=["cache"])


@router.post(
    "/events",
    summary="Report writes",
    responses={204: {"description": "No later answer is older than the writes."}, **PROBLEMS},
    openapi_extra=body_of(EventBody, many=True),
    status_code=204,
    response_class=Response,
)
async def post_events(request: Request, caller: Asker) -> Response:
    """Moves on the versions of the tables that were written to: one event, or an array of them."""
    told = events(await read_value(request))
    cache = services(request).cache
    await anyio.to_thread.run_sync(lambda: cache.tell(told, caller), limiter=lanes(request).endings)
    return Response(status_code=204)
