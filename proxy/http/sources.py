"""`/sources`: what is configured and what was found there; never a password. Changing sources here is not implemented yet."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request

from planner.errors import FozError, RequestInvalid, Unsupported
from proxy.http.access import Administrator, Asker
from proxy.http.openapi import PROBLEMS, described
from proxy.http.services import services
from proxy.http.streaming import lanes
from proxy.request import Caller

router = APIRouter(prefix="/sources", tags=["sources"])


class NoSuchSource(RequestInvalid):
    """A path that names a source which the caller does not see: HTTP calls that 404."""


@router.get("", summary="List sources", responses={200: described("SourceList"), **PROBLEMS}, response_model=None)
async def list_sources(request: Request, caller: Asker) -> dict[str, Any]:
    """The sources in which the caller may see something."""
    return {"sources": services(request).sources.sources(caller)}


@router.get("/{source}", summary="Look at a source", responses={200: described("Source"), **PROBLEMS}, response_model=None)
async def get_source(request: Request, source: str, caller: Asker) -> dict[str, Any]:
    return _known(request, source, caller)


@router.get("/{source}/tables", summary="List tables", responses={200: described("TableList"), **PROBLEMS}, response_model=None)
async def list_tables(request: Request, source: str, caller: Asker) -> dict[str, Any]:
    """The tables of one source that the caller may see, with their columns."""
    _known(request, source, caller)
    return {"tables": services(request).sources.tables(source, caller)}


@router.post(
    "/{source}/refresh",
    summary="Introspect a source again",
    responses={200: described("Source"), **PROBLEMS},
    response_model=None,
)
async def refresh_source(request: Request, source: str, caller: Administrator) -> dict[str, Any]:
    """Reads what the source holds now, and answers with the source. Needs an administrator."""
    catalogue = services(request).sources
    _known(request, source, caller)
    await anyio.to_thread.run_sync(lambda: catalogue.refresh(source), limiter=lanes(request).endings)
    return _known(request, source, caller)


@router.put("/{source}", summary="Add or change a source", responses=PROBLEMS, response_model=None)
@router.delete("/{source}", summary="Remove a source", responses=PROBLEMS, response_model=None)
async def change_source(request: Request, source: str, caller: Administrator) -> None:
    """Not implemented yet."""
    raise _not_yet()


def _known(request: Request, source: str, caller: Caller) -> dict[str, Any]:
    for known in services(request).sources.sources(caller):
        if known["id"] == source:
            return known
    raise NoSuchSource(f"There is no source {source}.")


def _not_yet() -> FozError:
    return Unsupported("Changing sources over HTTP is not implemented yet: change the configuration, then refresh.")
