"""Lists of parts, page by page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, false, func, literal, literal_column, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from models import Document, Part, PartLocation, PartSeller, Suggestion
from schemas.company import MANUFACTURERS, SELLERS
from schemas.cursor import Cursor, cut
from schemas.errors import InvalidInput
from schemas.part import PartQuery
from schemas.part_number import canonical_key
from schemas.suggestion import SuggestionState
from services.part.unidentified import unidentified
from services.tag import TagService
from services.type import TypeService

_SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "id4": Part.id4,
    "created": Part.created_at,
    "updated": Part.updated_at,
    "code": Part.code_order,
}


class ListedPart(NamedTuple):
    """A part with its type, and its quantity in all slots."""

    part: Part
    quantity: int


class PartListService:
    """A page begins after the last row of the page before; an index finds it, however deep it is."""

    @staticmethod
    def list(session: Session, query: PartQuery) -> tuple[Sequence[ListedPart], str | None]:
        """Return a page of parts, and the cursor of the next page unless this is the last.

        Raises:
            InvalidInput: the cursor does not belong to this list.
        """
        by, down = query.sort.removeprefix("-"), query.sort.startswith("-")
        column = _SORTS[by]
        parts = select(Part).options(joinedload(Part.type)).where(*_conditions(session, query)).limit(query.limit + 1)
        if query.after is not None:
            here, last = tuple_(column, Part.id4), _position(query.after, sort=query.sort, by=by)
            parts = parts.where(here < last if down else here > last)
        order = (column.desc(), Part.id4.desc()) if down else (column, Part.id4)
        found = session.scalars(parts.order_by(*order)).all()
        shown, last_shown = cut(found, query.limit)
        following = _cursor(last_shown, sort=query.sort, by=by) if last_shown else None
        quantities = PartListService.sum_quantities(session, [part.id4 for part in shown])
        return [ListedPart(part, quantities.get(part.id4, 0)) for part in shown], following

    @staticmethod
    def sum_quantities(session: Session, ids: Sequence[str]) -> dict[str, int]:
        """Return the quantity of each part in all slots; a part without stock is left out."""
        total = select(PartLocation.part_id4, func.sum(PartLocation.qty)).where(PartLocation.part_id4.in_(ids))
        return dict(session.execute(total.group_by(PartLocation.part_id4)).all())


def _conditions(session: Session, query: PartQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Part.merged_into.is_(None),
        Part.retired_at.is_not(None) if query.retired else Part.retired_at.is_(None),
    ]
    if query.type is not None:
        # By the type's key, because the planner knows how common each key is.
        type_ = TypeService.find(session, query.type)
        conditions.append(Part.type_id == type_.id if type_ else false())
    if query.tag is not None:
        conditions.append(Part.tags.contains([TagService.resolve(session, query.tag)]))
    if query.code is not None:
        conditions.append(Part.canonical_key == canonical_key(query.code))
    if query.manufacturer is not None:
        conditions.append(Part.manufacturer_key.in_(MANUFACTURERS.keys(query.manufacturer)))
    if query.seller is not None:
        keys = SELLERS.keys(query.seller)
        sells = exists().where(PartSeller.part_id4 == Part.id4, PartSeller.seller_key.in_(keys))
        conditions.append(Part.seller_key.in_(keys) | sells)
    if query.box is not None:
        conditions.append(exists().where(PartLocation.part_id4 == Part.id4, PartLocation.box_no == query.box))
    if query.filter is not None:
        conditions += unidentified()
    lies, has_datasheet, is_open = _hanging_on()
    for wanted, condition in (
        (query.out_of_stock, ~lies),
        (query.without_datasheet, ~has_datasheet),
        (query.needs_review, is_open),
    ):
        if wanted is not None:
            conditions.append(condition if wanted else ~condition)
    return conditions


def _hanging_on() -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]:
    return (
        exists().where(PartLocation.part_id4 == Part.id4),
        exists().where(Document.part_id4 == Part.id4, Document.is_datasheet),
        exists().where(
            Suggestion.part_id4 == Part.id4, Suggestion.state == literal_column(f"'{SuggestionState.PROPOSED}'")
        ),
    )


def _cursor(part: Part, *, sort: str, by: str) -> str:
    value = getattr(part, _SORTS[by].key)
    return str(Cursor(sort=sort, value=value.isoformat() if isinstance(value, datetime) else value, key=part.id4))


def _position(text: str, *, sort: str, by: str) -> ColumnElement[Any]:
    cursor = Cursor.parse(text, sort=sort)
    if by not in ("created", "updated"):
        return tuple_(literal(cursor.value), literal(cursor.key))
    try:
        return tuple_(literal(datetime.fromisoformat(cursor.value)), literal(cursor.key))
    except ValueError as error:
        raise InvalidInput("after: this is not a cursor of this list; take it from next", field="after") from error
