"""`/cache`: what the cache holds, for administrators."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request

from planner.errors import QueryNotFound
from proxy.http.access import Administrator
from proxy.http.openapi import PROBLEMS, described
from proxy.http.services import services
from proxy.http.streaming import lanes

router = APIRouter(prefix="/cache", tags=["cache"])


@router.get("", summary="What the cache holds", responses={200: described("CacheStats"), **PROBLEMS}, response_model=None)
async def get_stats(request: Request, caller: Administrator) -> dict[str, Any]:
    cache = services(request).cache
    return dict(await anyio.to_thread.run_sync(lambda: cache.stats(caller), limiter=lanes(request).endings))


@router.delete("", summary="Drop kept answers", responses={200: described("Cleared"), **PROBLEMS}, response_model=None)
async def clear(request: Request, caller: Administrator, over: str | None = None) -> dict[str, Any]:
    """Drops every answer, or those over one source or table (`over=shop`, `over=shop.public.orders`)."""
    cache = services(request).cache
    entities = () if over is None else (over,)
    dropped = await anyio.to_thread.run_sync(lambda: cache.clear(caller, entities), limiter=lanes(request).endings)
    return {"dropped": dropped}


@router.get("/{key}", summary="One kept answer", responses={200: described("CacheEntry"), **PROBLEMS}, response_model=None)
async def show(request: Request, key: str, caller: Administrator) -> dict[str, Any]:
    """What is known of an entry but for its rows; EXPLAIN gives the key."""
    cache = services(request).cache
    found = await anyio.to_thread.run_sync(lambda: cache.show(caller, key), limiter=lanes(request).endings)
    if found is None:
        raise QueryNotFound("The cache holds no answer of that key.")
    return dict(found)
