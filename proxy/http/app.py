"""The HTTP application: its routes, what stands around them, and how errors leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import HTMLResponse, Response

from planner.errors import AuthMissing, FozError, RequestInvalid
from proxy.http import cache, data, docs, events, health, history, openapi, queries, sources, sql
from proxy.http.bodies import path
from proxy.http.middleware import Edge
from proxy.http.problems import problem
from proxy.http.services import HttpSettings, Services, request_id
from proxy.http.sources import NoSuchSource
from proxy.http.streaming import Lanes

_MODULES = (sql, data, queries, events, cache, history, sources, health)
_DESCRIPTION = "One SQL dialect over PostgreSQL, MongoDB and files, answered in JSON, CSV or Arrow."


def create_app(services: Services, settings: HttpSettings | None = None) -> FastAPI:
    """The application over `services`, for a server that runs it on one event loop."""
    settings = settings or HttpSettings()
    app = FastAPI(
        title="Foz",
        version=settings.version,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services, app.state.settings = services, settings
    app.state.lanes = Lanes(settings.max_answers)
    for module in _MODULES:
        app.include_router(module.router)
    _describe(app, services)
    app.add_exception_handler(FozError, _foz_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Accept", "X-Request-Id"],
            expose_headers=["X-Request-Id", "X-Query-Id", "Cache-Status", "Age", "ETag", "Location", "Retry-After"],
        )
    app.add_middleware(Edge)
    return app


def _open_to_all(services: Services) -> bool:
    """Whether no tokens are configured."""
    try:
        services.authenticate(None)
    except AuthMissing:
        return False
    return True


def _describe(app: FastAPI, services: Services) -> None:
    made: dict[str, Any] = {}

    def document() -> dict[str, Any]:
        if not made:
            made.update(openapi.document(app, open_to_all=_open_to_all(services)))
        return made

    async def page(request: Request) -> Response:
        headers = {"Content-Security-Policy": docs.CONTENT_SECURITY_POLICY}
        return HTMLResponse(docs.page(document()), headers=headers)

    app.openapi = document  # type: ignore[method-assign]
    app.add_api_route("/docs", page, include_in_schema=False)


async def _foz_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, FozError)
    return problem(error, request_id(request), 404 if isinstance(error, NoSuchSource) else None)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    sentences = {
        404: "There is nothing at this path; /docs lists what there is.",
        405: f"{request.method} is not possible here.",
    }
    invalid = RequestInvalid(sentences.get(error.status_code, "The request is not valid."))
    return problem(invalid, request_id(request), error.status_code, headers)


def _methods(request: Request) -> Iterator[str]:
    """Every method that the path has; the router itself names those of the first route alone."""
    for module in _MODULES:
        for route in module.router.routes:
            if isinstance(route, APIRoute) and route.path_regex.match(request.url.path):
                yield from route.methods or ()


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [{"path": path(*wrong["loc"][1:]), "message": wrong["msg"]} for wrong in error.errors()]
    return problem(RequestInvalid("The request is not valid.", errors=errors), request_id(request))
