"""`/history`: what is remembered of queries that ran, for administrators."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request

from proxy.http.access import Administrator
from proxy.http.openapi import PROBLEMS, described
from proxy.http.services import services
from proxy.http.streaming import lanes

router = APIRouter(prefix="/history", tags=["history"])


@router.get("", summary="What queries took", responses={200: described("History"), **PROBLEMS}, response_model=None)
async def get_history(request: Request, caller: Administrator) -> dict[str, Any]:
    """Every record, the most used first: what it is about, how often it ran, and what the next run is expected to take."""
    history = services(request).history
    return dict(await anyio.to_thread.run_sync(lambda: history(caller), limiter=lanes(request).endings))
