"""`POST /data/{source}/{table}`: rows of one table by filter, order and selection, without writing SQL."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.catalog import Catalog, Table
from planner.errors import SourceUnavailable, UnknownTable, Unsupported
from proxy.http.access import Asker
from proxy.http.bodies import read
from proxy.http.filters import TableQuery
from proxy.http.formats import accepted
from proxy.http.models import DataBody
from proxy.http.openapi import ANSWERS, body_of
from proxy.http.services import request_id, services
from proxy.http.streaming import AnswerResponse, lanes
from proxy.request import Caller
from proxy.request import Request as Query
from proxy.telemetry import traceparent_of

router = APIRouter(tags=["queries"])


@router.post(
    "/data/{source}/{table}",
    summary="Read rows of a table",
    responses=ANSWERS,
    openapi_extra=body_of(DataBody),
    response_class=Response,
)
async def post_data(request: Request, source: str, table: str, caller: Asker) -> Response:
    """Rows of one table; `table` may be `schema.table`. Answers like `POST /sql`."""
    body = await read(request, DataBody)
    for name, value in (("include", body.include), ("cursor", body.cursor), ("depthLimit", body.depth_limit)):
        if value is not None:
            raise Unsupported(f"{name} is not implemented yet.", errors=[{"path": name, "message": "Not implemented yet."}])
    form = accepted(request.headers.get("accept"))
    made_for = services(request)
    id_ = request_id(request)

    def ask() -> Query:
        asked = query(made_for.catalog(), source, table, body, caller, id_)
        return replace(asked, traceparent=traceparent_of(request.headers.get("traceparent")))

    return AnswerResponse(lambda: made_for.asking.start(ask()), form, body.limit, id_, lanes(request))


def query(catalog: Catalog, source: str, table: str, body: DataBody, caller: Caller, request_id: str) -> Query:
    """The body as a query. Asks for one row more than the limit, so that the answer can say whether there are more."""
    found = table_named(catalog.visible_to(caller.grants), source, table)
    building = TableQuery(found)
    sql = building.sql(body.select, body.filter, body.order, None if body.limit is None else body.limit + 1)
    options: dict[str, Any] = {
        "mode": body.mode,
        "cache": body.cache,
        "max_staleness_ms": body.max_staleness_ms,
        "limit": body.limit,
    }
    return Query(sql, caller, request_id, "http", tuple(building.binds), **options)


def table_named(catalog: Catalog, source: str, table: str) -> Table:
    """The table that a path names, as `table` or `schema.table`. Raises UnknownTable, SourceUnavailable."""
    known = catalog.by_id.get(source) or catalog.by_id.get(source.lower())
    if known is not None:
        schema, _, name = table.partition(".")
        found = known.table(table) or (known.table(name, schema) if name else None)
        if found is not None:
            return found
        if known.problem is not None:
            raise SourceUnavailable(f"The source {known.id} is down: {known.problem}", source=known.id)
    names = [f"{each.source}.{each.name}" for one in catalog.sources for each in one.tables]
    near = get_close_matches(f"{source}.{table}".lower(), names, n=3)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UnknownTable(f"There is no table {source}.{table}.{hint}", nearest=near or None)
