"""Health, and the way in."""

from flask import Blueprint

from api.http.openapi import VERSION, answers, spec
from api.http.readiness import readiness
from api.http.transaction import app
from schemas.health import Index, Live, Readiness

bp = Blueprint("health", __name__)

_LINKS = {
    "docs": "/docs/",
    "openapi": "/docs/openapi.json",
    "parts": "/parts",
    "boxes": "/boxes",
    "suggest_locations": "/locations/suggest",
    "types": "/types",
    "tags": "/tags",
    "projects": "/projects",
    "shopping": "/shopping",
    "reorg": "/reorg/plans",
    "search": "/search",
    "suggestions": "/suggestions",
    "ai_suggest": "/ai/suggest",
    "label_sheets": "/labels/sheets",
    "export": "/export.jsonl",
    "export_csv": "/export.csv",
    "imports": "/imports",
    "catalogue": "/catalogue/parts",
    "runs": "/pipelines/runs",
    "photo_intake": "/pipelines/photo-intake/runs",
    "part_intake": "/pipelines/part-intake/runs",
    "datasheet_refresh": "/pipelines/datasheet-refresh/runs",
    "retag": "/pipelines/retag/runs",
    "drift": "/drift",
    "schedules": "/schedules",
    "tokens": "/tokens",
    "audit": "/audit",
    "health": "/health",
    "ready": "/health/ready",
    "metrics": "/metrics",
}


@bp.get("/")
@spec.validate(resp=answers(HTTP_200=Index), tags=["health"])
def index() -> Index:
    """Show what there is."""
    return Index(name="Partflow", version=VERSION, links=_LINKS)


@bp.get("/health")
@spec.validate(resp=answers(HTTP_200=Live), tags=["health"], security=[{}])
def live() -> Live:
    """Say that the process answers."""
    return Live()


@bp.get("/health/ready")
@spec.validate(resp=answers(HTTP_200=Readiness, HTTP_503=Readiness), tags=["health"], security=[{}])
def ready() -> tuple[Readiness, int]:
    """Say whether database, migrations, broker and storage are there; 503 when one is not."""
    found = readiness(app().settings.broker, app().store)
    return found, 200 if found.ready else 503
