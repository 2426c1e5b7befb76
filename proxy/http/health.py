"""`/healthz`, `/readyz` and `/metrics`: for those who run Foz. None needs a token, and none tells anything about data."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from proxy.http.openapi import described
from proxy.http.services import services

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Alive", responses={200: described("Health")}, response_class=Response)
async def healthz() -> Response:
    return _json({"status": "ok"}, 200)


@router.get("/readyz", summary="Ready", responses={200: described("Health"), 503: described("Health")}, response_class=Response)
async def readyz(request: Request) -> Response:
    """503 with the reasons while queries cannot be answered yet."""
    reasons = list(services(request).not_ready())
    return _json({"status": "unready", "reasons": reasons}, 503) if reasons else _json({"status": "ready"}, 200)


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    responses={200: {"description": "Metrics", "content": {"text/plain": {"schema": {"type": "string"}}}}},
    response_class=Response,
)
def metrics(request: Request) -> Response:
    return Response(generate_latest(services(request).registry), media_type=CONTENT_TYPE_LATEST)


def _json(value: object, status: int) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")
