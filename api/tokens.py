"""Named tokens, and the record of what cannot be undone."""

from flask import Blueprint, Response, g, request

from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.row import rendered
from schemas.access import (
    AccessTokenList,
    AccessTokenMade,
    AccessTokenOut,
    AuditEntryOut,
    AuditPage,
    AuditQuery,
    NewAccessToken,
)
from schemas.cursor import cut
from services.access import AccessTokenService, AuditService

bp = Blueprint("tokens", __name__)


@bp.get("/tokens")
@spec.validate(resp=answers(403, HTTP_200=AccessTokenList), tags=["access"])
def list_all() -> AccessTokenList:
    """List the named tokens, without their secrets."""
    return AccessTokenList(tokens=tuple(rendered(AccessTokenOut, row) for row in AccessTokenService.list(db())))


@bp.post("/tokens")
@spec.validate(resp=answers(403, 409, 413, 415, HTTP_201=AccessTokenMade), tags=["access"])
def create(json: NewAccessToken) -> tuple[AccessTokenMade, int]:
    """Make a named token; its secret is in this answer only. It counts within two seconds."""
    row, token = AccessTokenService.create(db(), json.name, json.scope)
    g.subject = f"{request.path}/{row.name}"
    return rendered(AccessTokenMade, row, token=token), 201


@bp.delete("/tokens/<name>")
@spec.validate(resp=answers(403, 404, HTTP_204=None), tags=["access"])
def delete(name: str) -> Response:
    """Revoke a named token; it counts for two more seconds at most."""
    AccessTokenService.delete(db(), name)
    return Response(status=204)


@bp.get("/audit")
@spec.validate(resp=answers(403, HTTP_200=AuditPage), tags=["access"])
def audit(query: AuditQuery) -> AuditPage:
    """List what was done and cannot be undone, newest first; pass `next` as `after` to get the next page."""
    shown, last = cut(AuditService.list(db(), query), query.limit)
    entries = tuple(rendered(AuditEntryOut, each) for each in shown)
    return AuditPage(entries=entries, next=last.id if last else None)
