"""Retiring several parts, and those of which nothing will be known."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from models import Part, PipelineRun, Suggestion
from schemas.errors import Conflict
from schemas.suggestion import SuggestionState
from services.open_suggestions import OpenSuggestionService
from services.part.locks import PartLockService
from services.part.service import PartService
from services.part.unidentified import unidentified

_AT_ONCE = 1000


class Retired(NamedTuple):
    """A part that was to be retired, and the reason if it was not."""

    id4: str
    refused: Conflict | None = None


class PartRetirementService:
    """Retires parts for themselves: one that cannot be retired does not keep the others."""

    @staticmethod
    def retire(session: Session, ids: Collection[str]) -> list[Retired]:
        """Retire parts for a person; parts with stock are kept.

        Raises:
            NotFound: a part does not exist.
        """
        parts = PartLockService.lock(session, set(ids))
        return [_retired(session, part) for part in dict.fromkeys(parts[id4] for id4 in ids)]

    @staticmethod
    def retire_unidentified(session: Session) -> tuple[list[Retired], bool]:
        """Retire unidentified parts that wait for no decision, and return whether there are more of them."""
        found, more = _locked(session, *_listed(), ~_asked())
        return [_retired(session, part) for part in found], more

    @staticmethod
    def retire_old(session: Session, *, days: float) -> int:
        """Retire unidentified parts that no person touched, as a machine, and return their number.

        Everything about them must be at least `days` days old, their open questions too, which are closed.
        """
        found, _ = _locked(session, *_listed(), *_forgotten(func.now() - timedelta(days=days)))
        for part in found:
            OpenSuggestionService.close(session, Suggestion.part_id4 == part.id4, SuggestionState.SUPERSEDED)
            PartService.retire(session, part, by="machine")
        return len(found)


def _retired(session: Session, part: Part) -> Retired:
    try:
        PartService.retire(session, part)
    except Conflict as refused:
        return Retired(part.id4, refused)
    return Retired(part.id4)


def _locked(session: Session, *conditions: ColumnElement[bool]) -> tuple[Sequence[Part], bool]:
    """Return parts that fulfil conditions, locked, and whether there are more."""
    ids = session.scalars(select(Part.id4).where(*conditions).order_by(Part.id4).limit(_AT_ONCE + 1)).all()
    PartLockService.lock(session, ids[:_AT_ONCE])
    # Asked again, because a part may have changed until it was locked.
    still = select(Part).where(Part.id4.in_(ids[:_AT_ONCE]), *conditions).order_by(Part.id4)
    return session.scalars(still).all(), len(ids) > _AT_ONCE


def _listed() -> list[ColumnElement[bool]]:
    return [Part.merged_into.is_(None), Part.retired_at.is_(None), *unidentified()]


def _asked(*since: ColumnElement[bool]) -> ColumnElement[bool]:
    is_open = Suggestion.state == literal_column(f"'{SuggestionState.PROPOSED}'")
    return exists().where(Suggestion.part_id4 == Part.id4, is_open, *since)


def _forgotten(before: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
    """Return the conditions that a run left a part behind, and that nobody has looked at it since a time."""
    ran = exists().where(PipelineRun.subject == Part.id4)
    lately = or_(PipelineRun.finished_at.is_(None), PipelineRun.finished_at > before)
    return [
        Part.updated_at <= before,
        ~func.jsonb_path_exists(Part.set_by, literal_column("""'$.* ? (@ == "person")'""")),
        ran,
        ~ran.where(lately),
        ~_asked(Suggestion.created_at > before),
    ]
