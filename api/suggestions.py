"""Suggestions: the inbox, and the decisions on them."""

from uuid import UUID

from flask import Blueprint

from api.http.idempotency import RetryHeaders, once
from api.http.openapi import answers, spec
from api.http.transaction import db, publish_after_commit
from api.render.suggestion import decided_out, inbox, suggestion_out, undone_out
from pipelines.review import accept_suggestion, decide_suggestions, reject_suggestion, undo_decision
from schemas.decision import DecidedList, DecideSuggestions, UndoneOut
from schemas.inbox import Inbox, SuggestionQuery
from schemas.ledger import RunState
from schemas.suggestion import AcceptSuggestion, SuggestionOut
from services.part import PartService
from services.suggestion import SuggestionListService, SuggestionService

bp = Blueprint("suggestions", __name__, url_prefix="/suggestions")

_ONE = "/<int:suggestion_id>"


@bp.get("")
@spec.validate(resp=answers(404, HTTP_200=Inbox), tags=["suggestions"])
def page(query: SuggestionQuery) -> Inbox:
    """List suggestions with their parts, oldest first, or part by part; by default those that wait for a decision.

    `next` goes into `after` to see the page after it, and `total` counts those on all pages.
    """
    part = PartService.resolve(db(), query.part) if query.part else None
    found = SuggestionListService.list(db(), query, part_id4=part)
    return inbox(found, grouped=query.group is not None)


@bp.get(_ONE)
@spec.validate(resp=answers(404, HTTP_200=SuggestionOut), tags=["suggestions"])
def get(suggestion_id: int) -> SuggestionOut:
    """Show a suggestion."""
    return suggestion_out(SuggestionService.get(db(), suggestion_id))


@bp.post(f"{_ONE}/accept")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=SuggestionOut), tags=["suggestions"])
def accept(suggestion_id: int, json: AcceptSuggestion) -> SuggestionOut:
    """Accept a suggestion as it is, or with the edits in the body. Repeating this changes nothing.

    A part number that is accepted starts a run that goes on from it, named in `started_run`.
    """
    suggestion, run = accept_suggestion(db(), suggestion_id, json)
    publish_after_commit([run] if run else [])
    return suggestion_out(suggestion)


@bp.post(f"{_ONE}/reject")
@spec.validate(resp=answers(404, 409, HTTP_200=SuggestionOut), tags=["suggestions"])
def reject(suggestion_id: int) -> SuggestionOut:
    """Reject a suggestion: its value is not proposed again without new evidence. Repeating this changes nothing."""
    suggestion, run = reject_suggestion(db(), suggestion_id)
    publish_after_commit([run] if run else [])
    return suggestion_out(suggestion)


@bp.post(f"{_ONE}/undo")
@spec.validate(resp=answers(404, 409, 422, HTTP_200=UndoneOut), tags=["suggestions"])
def undo(suggestion_id: int, headers: RetryHeaders) -> tuple[UndoneOut, int, dict[str, str]]:
    """Take back a decision: the suggestion waits again, the part has its fields back, and stock is corrected.

    Refused (409) when what the decision changed was changed again. A run that it started is cancelled, or named.
    """
    answer, replayed = once("undo", headers.key, [str(suggestion_id)], do=lambda: _undone(suggestion_id))
    return UndoneOut.model_validate(answer), 200, replayed


@bp.post("/decide")
@spec.validate(resp=answers(404, 409, 413, 415, 422, HTTP_200=DecidedList), tags=["suggestions"])
def decide(json: DecideSuggestions, headers: RetryHeaders) -> tuple[DecidedList, int, dict[str, str]]:
    """Accept and reject several suggestions: all of them or none, or each for itself."""
    answer, replayed = once("decide", headers.key, [json.model_dump_json()], do=lambda: _decided(json))
    return DecidedList.model_validate(answer), 200, replayed


def _undone(suggestion_id: int) -> object:
    suggestion, run = undo_decision(db(), suggestion_id)
    stops = run is not None and (run.finished_at is None or run.state == RunState.CANCELLED)
    run_id: UUID | None = run.id if run else None
    shown = undone_out(suggestion, cancelled=run_id if stops else None, ended=None if stops else run_id)
    return shown.model_dump(mode="json")


def _decided(request: DecideSuggestions) -> object:
    outcomes, runs = decide_suggestions(db(), request)
    publish_after_commit(runs)
    return DecidedList(decisions=tuple(map(decided_out, outcomes))).model_dump(mode="json")
