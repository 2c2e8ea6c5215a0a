"""Suggestions."""

from flask import Blueprint

from api.http.openapi import answers, spec
from api.http.transaction import db, publish_after_commit
from api.render.suggestion import suggestion_out
from pipelines.part_intake import continue_intake
from schemas.suggestion import AcceptSuggestion, SuggestionList, SuggestionOut, SuggestionQuery
from services.part import PartService
from services.suggestion import SuggestionService

bp = Blueprint("suggestions", __name__, url_prefix="/suggestions")


@bp.get("")
@spec.validate(resp=answers(404, HTTP_200=SuggestionList), tags=["suggestions"])
def page(query: SuggestionQuery) -> SuggestionList:
    """List the suggestions that wait for a decision, oldest first."""
    part = PartService.resolve(db(), query.part) if query.part else None
    waiting = SuggestionService.list(db(), part_id4=part, limit=query.limit)
    return SuggestionList(suggestions=tuple(suggestion_out(each) for each in waiting))


@bp.post("/<int:suggestion_id>/accept")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=SuggestionOut), tags=["suggestions"])
def accept(suggestion_id: int, json: AcceptSuggestion) -> SuggestionOut:
    """Accept a suggestion; for stock, the body may say or correct quantity and slot. Repeating this changes nothing.

    A part number that is accepted starts a run that goes on from it.
    """
    suggestion = SuggestionService.accept(db(), suggestion_id, json)
    continued = continue_intake(db(), suggestion)
    publish_after_commit([continued] if continued else [])
    return suggestion_out(suggestion)


@bp.post("/<int:suggestion_id>/reject")
@spec.validate(resp=answers(404, 409, HTTP_200=SuggestionOut), tags=["suggestions"])
def reject(suggestion_id: int) -> SuggestionOut:
    """Reject a suggestion; repeating this changes nothing."""
    return suggestion_out(SuggestionService.reject(db(), suggestion_id))
