"""Suggestions, as DTOs."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import url_for

from api.render.document import content_url
from api.render.problem import problem
from api.render.row import rendered
from models import Part, Suggestion
from schemas.decision import DecidedOut, Decision, UndoneOut
from schemas.inbox import Inbox, InboxGroup, InboxItem, SuggestionPart
from schemas.suggestion import SuggestionField, SuggestionOut, SuggestionState
from services.suggestion import InboxPage, ListedSuggestion, Outcome

_SIDE = 128


def suggestion_out(suggestion: Suggestion) -> SuggestionOut:
    """Render a suggestion."""
    return rendered(SuggestionOut, suggestion, **_shown(suggestion))


def undone_out(suggestion: Suggestion, *, cancelled: object, ended: object) -> UndoneOut:
    """Render a suggestion that waits again, and what became of the run that the decision had started."""
    return rendered(UndoneOut, suggestion, **_shown(suggestion), cancelled_run=cancelled, ended_run=ended)


def decided_out(outcome: Outcome) -> DecidedOut:
    """Render what became of one of several decisions."""
    refused = outcome.refused
    return DecidedOut(
        suggestion=outcome.asked.suggestion,
        decided=suggestion_out(outcome.suggestion) if outcome.suggestion else None,
        refused=problem(refused) if refused else None,
    )


def inbox(page: InboxPage, *, grouped: bool) -> Inbox:
    """Render a page of suggestions, one by one or part by part."""
    groups = groupby(page.listed, key=lambda each: each.suggestion.part) if grouped else ()
    return Inbox(
        total=page.total,
        suggestions=() if grouped else _items(page.listed),
        groups=tuple(InboxGroup(part=_part(part), suggestions=_items(list(listed))) for part, listed in groups),
        next=page.following,
    )


def _items(listed: Sequence[ListedSuggestion]) -> tuple[InboxItem, ...]:
    return tuple(_item(each.suggestion, each.photo_id) for each in listed)


def _item(suggestion: Suggestion, photo_id: int | None) -> InboxItem:
    photo = content_url(photo_id) if photo_id else None
    return rendered(InboxItem, suggestion, **_shown(suggestion), about=_part(suggestion.part), photo=photo)


def _part(part: Part) -> SuggestionPart:
    return rendered(
        SuggestionPart,
        part,
        thumbnail=url_for("documents.thumbnail", document_id=part.image_id, size=_SIDE) if part.image_id else None,
        retired=part.retired_at is not None,
    )


def _shown(suggestion: Suggestion) -> dict[str, Any]:
    decision = Decision.model_validate(suggestion.decision) if suggestion.decision else None
    links = {
        "self": url_for("suggestions.get", suggestion_id=suggestion.id),
        "part": url_for("parts.get", id4=suggestion.part_id4),
    }
    if suggestion.field == SuggestionField.DATASHEET:
        links["document"] = url_for("documents.get", document_id=suggestion.value["document"])
    if suggestion.run_id:
        links["run"] = url_for("runs.get", run_id=suggestion.run_id)
    if decision and decision.run_id:
        links["started_run"] = url_for("runs.get", run_id=decision.run_id)
    return {
        "part": suggestion.part_id4,
        "accepted_value": _accepted(suggestion, decision),
        "decided_by": decision.by if decision else None,
        "started_run": decision.run_id if decision else None,
        "links": links,
    }


def _accepted(suggestion: Suggestion, decision: Decision | None) -> Any:
    if suggestion.state != SuggestionState.ACCEPTED:
        return None
    return decision.value if decision else suggestion.value
