"""`POST /sql`: a query, answered in the form that the client accepts."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlglot.dialects.dialect import Dialect
from starlette.responses import Response

from proxy.http.access import Asker
from proxy.http.bodies import read
from proxy.http.formats import accepted
from proxy.http.models import SqlBody
from proxy.http.openapi import ANSWERS, body_of
from proxy.http.parameters import parameters
from proxy.http.problems import invalid
from proxy.http.services import request_id, services
from proxy.http.streaming import AnswerResponse, lanes
from proxy.request import Request as Query
from proxy.telemetry import traceparent_of

router = APIRouter(tags=["queries"])


@router.post("/sql", summary="Run a query", responses=ANSWERS, openapi_extra=body_of(SqlBody), response_class=Response)
async def post_sql(request: Request, caller: Asker) -> Response:
    """Runs one SQL query and streams its rows; `Accept` chooses JSON, NDJSON, CSV or an Arrow stream."""
    body = await read(request, SqlBody)
    if Dialect.get(body.dialect.lower()) is None:
        raise invalid("dialect", "There is no such dialect.")
    query = Query(
        sql=body.sql,
        caller=caller,
        request_id=request_id(request),
        protocol="http",
        parameters=parameters(body.params),
        mode=body.mode,
        cache=body.cache,
        dialect=body.dialect.lower(),
        timeout_ms=body.timeout_ms,
        max_staleness_ms=body.max_staleness_ms,
        limit=body.limit,
        traceparent=traceparent_of(request.headers.get("traceparent")),
    )
    form = accepted(request.headers.get("accept"))
    asking = services(request).asking
    return AnswerResponse(lambda: asking.start(query), form, body.limit, query.request_id, lanes(request))
