"""Parts."""

from flask import Blueprint, Response

from api.http.etag import MatchHeaders, etag, is_known, must_match
from api.http.idempotency import RetryHeaders, once
from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.document import document_out
from api.render.part import duplicate_out, part_out, part_summary, retired_parts, seller_out
from models import Part
from schemas.audit import AuditReport
from schemas.document import DocumentList
from schemas.part import (
    DuplicateList,
    DuplicateOut,
    DuplicateQuery,
    MergePart,
    NewPart,
    NewSeller,
    PartCreated,
    PartOut,
    PartPage,
    PartPatch,
    PartQuery,
    RetiredParts,
    RetireParts,
    SellerOut,
)
from services.document import DocumentService
from services.part import (
    PartAuditService,
    PartDuplicateService,
    PartListService,
    PartRetirementService,
    PartSellerService,
    PartService,
)
from services.part_merge import PartMergeService
from services.suggestion import SuggestionService

bp = Blueprint("parts", __name__, url_prefix="/parts")

_MAX_SUGGESTIONS = 100

Shown = tuple[PartOut, int, dict[str, str]]


@bp.get("")
@spec.validate(resp=answers(HTTP_200=PartPage), tags=["parts"])
def page(query: PartQuery) -> PartPage:
    """List parts; `next` goes into `after` to see the page after it."""
    listed, following = PartListService.list(db(), query)
    return PartPage(parts=tuple(part_summary(part, quantity) for part, quantity in listed), next=following)


@bp.post("")
@spec.validate(resp=answers(404, 409, 413, 415, 422, HTTP_201=PartCreated), tags=["parts"])
def create(json: NewPart, headers: RetryHeaders) -> tuple[PartCreated, int, dict[str, str]]:
    """Add a part; `duplicates` are those that may be the same, a warning that stops nothing."""
    id4, replayed = once("parts", headers.key, [json.model_dump_json()], do=lambda: _add(json))
    shown = _shown(PartService.get(db(), id4))
    alike = _duplicates(shown.manufacturer_code, shown.manufacturer, without=shown.id4)
    headers_ = {"Location": shown.links["self"], "ETag": etag(shown), **replayed}
    return PartCreated(**dict(shown), duplicates=alike), 201, headers_


def _add(new: NewPart) -> str:
    part = PartService.create(db())
    PartService.update(db(), part, new.model_dump(exclude_none=True))
    return part.id4


@bp.post("/retire")
@spec.validate(resp=answers(404, 413, 415, 422, HTTP_200=RetiredParts), tags=["parts"])
def retire_several(json: RetireParts, headers: RetryHeaders) -> tuple[RetiredParts, int, dict[str, str]]:
    """Retire several parts: those named, or the unidentified ones that wait for no decision; each for itself."""
    answer, replayed = once("retire", headers.key, [json.model_dump_json()], do=lambda: _retired(json))
    return RetiredParts.model_validate(answer), 200, replayed


def _retired(request: RetireParts) -> object:
    if request.parts is not None:
        found, more = PartRetirementService.retire(db(), request.parts), False
    else:
        found, more = PartRetirementService.retire_unidentified(db())
    return retired_parts(found, more=more).model_dump(mode="json")


@bp.get("/duplicates")
@spec.validate(resp=answers(HTTP_200=DuplicateList), tags=["parts"])
def duplicates(query: DuplicateQuery) -> DuplicateList:
    """List parts that may be the one of a number, likeliest first; ask before a part is made of it."""
    return DuplicateList(duplicates=_duplicates(query.code, query.manufacturer))


@bp.get("/audit")
@spec.validate(resp=answers(HTTP_200=AuditReport), tags=["parts"])
def audit() -> AuditReport:
    """List parts that may have been confused while numbers were compared without their decimal point."""
    return AuditReport(findings=tuple(PartAuditService.list(db())))


@bp.get("/<id4>")
@spec.validate(resp=answers(404, HTTP_200=PartOut, HTTP_304=None), tags=["parts"])
def get(id4: str) -> Shown | Response:
    """Show a part: where it lies, its documents, the suggestions that wait for a decision, and who set what.

    The letters of a part that was merged show the part that they stand for now; Content-Location says which.
    With If-None-Match and the ETag of the last answer, 304 means that nothing has changed.
    """
    shown = _shown(PartService.get(db(), id4))
    return Response(status=304, headers=_headers(shown)) if is_known(shown) else _answer(shown)


@bp.patch("/<id4>")
@spec.validate(resp=answers(404, 409, 412, 413, 415, HTTP_200=PartOut), tags=["parts"])
def change(id4: str, json: PartPatch, headers: MatchHeaders) -> Shown:  # noqa: ARG001 - documents If-Match
    """Change fields of a part for a person, who has the last word; null clears a field, and machines leave it so.

    Send If-Match with the ETag of what you saw: if it was changed since, the answer is 412 and nothing changes.
    """
    part = PartService.lock(db(), id4)
    must_match(_shown(PartService.get(db(), part.id4)))
    PartService.update(db(), part, json.model_dump(exclude_unset=True))
    return _answer(_shown(PartService.get(db(), part.id4)))


@bp.post("/<id4>/merge")
@spec.validate(resp=answers(404, 409, 413, 415, 422, HTTP_200=PartOut), tags=["parts"])
def merge(id4: str, json: MergePart) -> Shown:
    """Merge a part into the one that it turned out to be: stock, history, documents, suggestions and runs go over.

    Its letters stand for that other part from then on, wherever they are used. Again changes nothing.
    """
    part = PartMergeService.merge(db(), id4, into=json.into, command_id=json.command_id)
    return _answer(_shown(part))


@bp.post("/<id4>/retire")
@spec.validate(resp=answers(404, 409, HTTP_200=PartOut), tags=["parts"])
def retire(id4: str) -> Shown:
    """Retire a part without stock: it is not listed and takes no stock until it is restored. Again changes nothing."""
    part = PartService.lock(db(), id4)
    PartService.retire(db(), part)
    return _answer(_shown(PartService.get(db(), part.id4)))


@bp.post("/<id4>/restore")
@spec.validate(resp=answers(404, HTTP_200=PartOut), tags=["parts"])
def restore(id4: str) -> Shown:
    """Take a retired part back into the lists. Again changes nothing."""
    part = PartService.lock(db(), id4)
    PartService.restore(db(), part)
    return _answer(_shown(PartService.get(db(), part.id4)))


@bp.get("/<id4>/duplicates")
@spec.validate(resp=answers(404, HTTP_200=DuplicateList), tags=["parts"])
def duplicates_of(id4: str) -> DuplicateList:
    """List other parts that a part may be the same as, likeliest first; numbers that are only near are among them."""
    part = PartService.get(db(), id4)
    return DuplicateList(duplicates=_duplicates(part.manufacturer_code, part.manufacturer, without=part.id4))


@bp.get("/<id4>/documents")
@spec.validate(resp=answers(404, HTTP_200=DocumentList), tags=["parts"])
def documents(id4: str) -> DocumentList:
    """List a part's documents, oldest first."""
    part = PartService.get(db(), id4)
    return DocumentList(documents=tuple(document_out(each) for each in DocumentService.list(db(), part.id4)))


@bp.post("/<id4>/sellers")
@spec.validate(resp=answers(404, 413, 415, HTTP_200=SellerOut), tags=["parts"])
def add_seller(id4: str, json: NewSeller) -> SellerOut:
    """Add a seller of a part; the same seller and order code are kept once, however the name is written."""
    part = PartService.lock(db(), id4)
    added = PartSellerService.create(db(), part, seller=json.seller, order_code=json.order_code, link=json.link)
    return seller_out(added)


@bp.delete("/<id4>/sellers/<int:seller_id>")
@spec.validate(resp=answers(404, HTTP_204=None), tags=["parts"])
def delete_seller(id4: str, seller_id: int) -> tuple[str, int]:
    """Delete a seller of a part."""
    PartSellerService.delete(db(), PartService.lock(db(), id4).id4, seller_id)
    return "", 204


def _shown(part: Part) -> PartOut:
    return part_out(
        part,
        PartService.list_placements(db(), part.id4),
        DocumentService.list(db(), part.id4),
        SuggestionService.list(db(), part_id4=part.id4, limit=_MAX_SUGGESTIONS),
        merged_from=PartService.list_merged(db(), part.id4),
        sellers=PartSellerService.list(db(), part.id4),
    )


def _answer(shown: PartOut) -> Shown:
    return shown, 200, _headers(shown)


def _headers(shown: PartOut) -> dict[str, str]:
    return {"ETag": etag(shown), "Content-Location": shown.links["self"]}


def _duplicates(code: str | None, maker: str | None, without: str | None = None) -> tuple[DuplicateOut, ...]:
    if code is None:
        return ()
    return tuple(duplicate_out(each) for each in PartDuplicateService.list(db(), code, maker, without=without))
