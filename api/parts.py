"""Parts."""

from flask import Blueprint

from api.openapi import answers, spec
from api.render import document_out, part_out, part_summary
from api.transaction import db
from schemas.document import DocumentList
from schemas.part import PartOut, PartPage, PartQuery
from services.document import DocumentService
from services.part import PartService
from services.suggestion import SuggestionService

bp = Blueprint("parts", __name__, url_prefix="/parts")

_MAX_SUGGESTIONS = 100


@bp.get("")
@spec.validate(resp=answers(HTTP_200=PartPage), tags=["parts"])
def page(query: PartQuery) -> PartPage:
    """List parts by id4, of a type, with a tag or with a manufacturer code; `next` goes into `after`."""
    parts = PartService.latest(
        db(), type_name=query.type, tag=query.tag, code=query.code, after=query.after, limit=query.limit + 1
    )
    shown = parts[: query.limit]
    more = len(parts) > len(shown)
    return PartPage(parts=tuple(part_summary(part) for part in shown), next=shown[-1].id4 if more else None)


@bp.get("/<id4>")
@spec.validate(resp=answers(404, HTTP_200=PartOut), tags=["parts"])
def get(id4: str) -> PartOut:
    """Show a part: where it lies, its documents, the suggestions that wait for a decision, and who set what."""
    part = PartService.get(db(), id4)
    return part_out(
        part,
        PartService.placements(db(), part.id4),
        DocumentService.of_part(db(), part.id4),
        SuggestionService.open(db(), part_id4=part.id4, limit=_MAX_SUGGESTIONS),
    )


@bp.get("/<id4>/documents")
@spec.validate(resp=answers(404, HTTP_200=DocumentList), tags=["parts"])
def documents(id4: str) -> DocumentList:
    """List a part's documents, oldest first."""
    part = PartService.get(db(), id4)
    return DocumentList(documents=tuple(document_out(each) for each in DocumentService.of_part(db(), part.id4)))
