"""Who asks, by the bearer token of the request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from planner.errors import AuthDenied
from proxy.http.services import services
from proxy.request import Caller

_bearer = HTTPBearer(auto_error=False, description="A token of the configuration; none is needed where none is configured.")


async def caller(request: Request, token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """Raises AuthMissing without a token where one is needed, AuthDenied for one that is not known."""
    return services(request).authenticate(token.credentials if token else None)


async def administrator(asking: Annotated[Caller, Depends(caller)]) -> Caller:
    """Raises AuthDenied for a caller who may not administer."""
    if not asking.admin:
        raise AuthDenied("Only an administrator may do this: it needs a token with admin: true.")
    return asking


Asker = Annotated[Caller, Depends(caller)]
Administrator = Annotated[Caller, Depends(administrator)]
