"""Metrics for Prometheus."""

from flask import Blueprint, Response, request
from prometheus_client.exposition import choose_encoder

from api.http.openapi import answers, spec
from api.http.transaction import app
from observability.metrics import exposed

bp = Blueprint("metrics", __name__)


@bp.get("/metrics")
@spec.validate(resp=answers(files={200: ["text/plain", "application/openmetrics-text"]}), tags=["health"])
def metrics() -> Response:
    """Show the metrics of this server, of what shares its folder of metrics, and of the whole installation."""
    encode, media_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(exposed(app().gauges)), content_type=media_type)
