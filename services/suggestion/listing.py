"""Suggestions page by page."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager

from models import Document, Part, PipelineRun, Suggestion
from schemas.cursor import Cursor, cut
from schemas.errors import InvalidInput
from schemas.inbox import SuggestionQuery
from services.suggestion.tally import SuggestionTallyService

_SHOWN = (Part.id4, Part.manufacturer_code, Part.manufacturer, Part.description, Part.image_id, Part.retired_at)
"The columns of a part that the inbox needs."
_OLDEST, _BY_PART = "oldest", "part"


class ListedSuggestion(NamedTuple):
    """A suggestion with its part, and the document that is the photo of its run."""

    suggestion: Suggestion
    photo_id: int | None


Conditions = list[ColumnElement[bool]]
Listed = tuple[Sequence[ListedSuggestion], str | None]


class InboxPage(NamedTuple):
    """A page of suggestions, the number of all that the filters select, and the cursor of the next page."""

    listed: Sequence[ListedSuggestion]
    total: int
    following: str | None


class SuggestionListService:
    """A page begins after the last row of the page before; an index finds it, and counts, without reading the rows."""

    @staticmethod
    def list(session: Session, query: SuggestionQuery, *, part_id4: str | None) -> InboxPage:
        """Return a page of suggestions, oldest first, or of the parts that have some, each with all of its.

        Raises:
            InvalidInput: the cursor does not belong to this list.
        """
        conditions = _conditions(query, part_id4)
        page = _page if query.group is None else _page_of_parts
        listed, following = page(session, query, conditions)
        return InboxPage(listed, SuggestionListService.count(session, query, part_id4=part_id4), following)

    @staticmethod
    def count(session: Session, query: SuggestionQuery, *, part_id4: str | None) -> int:
        """Return the number of suggestions that the filters select."""
        if (part_id4, query.run, query.confidence_at_least, query.confidence_at_most) == (None, None, None, None):
            return SuggestionTallyService.sum(session, query.state, query.field)
        counted = select(func.count()).select_from(Suggestion).where(*_conditions(query, part_id4))
        return session.scalar(counted) or 0


def _conditions(query: SuggestionQuery, part_id4: str | None) -> Conditions:
    # Written out, because the planner takes an index of the open ones only when it reads this word.
    conditions: Conditions = [Suggestion.state == literal_column(f"'{query.state}'")]
    for column, value in (
        (Suggestion.field, query.field),
        (Suggestion.part_id4, part_id4),
        (Suggestion.run_id, query.run),
    ):
        if value is not None:
            conditions.append(column == value)
    if query.confidence_at_least is not None:
        conditions.append(Suggestion.confidence >= query.confidence_at_least)
    if query.confidence_at_most is not None:
        conditions.append(Suggestion.confidence <= query.confidence_at_most)
    return conditions


def _page(session: Session, query: SuggestionQuery, conditions: Conditions) -> Listed:
    ids = select(Suggestion.id).where(*conditions).order_by(Suggestion.id).limit(query.limit + 1)
    if query.after is not None:
        ids = ids.where(Suggestion.id > _number(Cursor.parse(query.after, sort=_OLDEST).key))
    # Chosen by their IDs first, which are in the index; so only the rows that are shown are read.
    found = _rows(session, Suggestion.id.in_(ids.subquery().select()), order=(Suggestion.id,))
    shown, last = cut(found, query.limit)
    return shown, _cursor(_OLDEST, last.suggestion.id) if last else None


def _page_of_parts(session: Session, query: SuggestionQuery, conditions: Conditions) -> Listed:
    parts = select(Suggestion.part_id4).where(*conditions).group_by(Suggestion.part_id4)
    if query.after is not None:
        parts = parts.where(Suggestion.part_id4 > Cursor.parse(query.after, sort=_BY_PART).key)
    shown, last = cut(session.scalars(parts.order_by(Suggestion.part_id4).limit(query.limit + 1)).all(), query.limit)
    these = [Suggestion.part_id4.in_(shown), *conditions]
    found = _rows(session, *these, order=(Suggestion.part_id4, Suggestion.id))
    return found, _cursor(_BY_PART, last) if last else None


def _cursor(sort: str, key: object) -> str:
    return str(Cursor(sort=sort, value=str(key), key=str(key)))


def _rows(
    session: Session, *which: ColumnElement[bool], order: Sequence[InstrumentedAttribute[Any]]
) -> Sequence[ListedSuggestion]:
    photo = PipelineRun.input["photo_sha256"].as_string()
    rows = (
        select(Suggestion, Document.id)
        .join(Suggestion.part)
        .outerjoin(PipelineRun, PipelineRun.id == Suggestion.run_id)
        .outerjoin(Document, and_(Document.part_id4 == Suggestion.part_id4, Document.blob_sha256 == photo))
        .options(contains_eager(Suggestion.part).load_only(*_SHOWN))
        .where(*which)
    )
    return [ListedSuggestion(*row) for row in session.execute(rows.order_by(*order))]


def _number(key: str) -> int:
    if not key.isdecimal() or len(key) > 18:
        raise InvalidInput("after: this is not a cursor of this list; take it from next", field="after")
    return int(key)
