"""Finding parts by the letters on their bags, and by where they lie."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import PartLocation
from schemas.errors import InvalidInput, NotFound
from schemas.search import HitKind
from schemas.slot import Slot
from services.part import PartService
from services.search.asking import Scope
from services.search.ranking import Match

_LETTERS: Final = 4
_BOX_DIGITS: Final = 6
_MOST: Final = 60


def with_letters(session: Session, scope: Scope, text: str) -> list[Match]:
    """Return the part with these letters, or that into which it was merged."""
    if len(text) != _LETTERS or not (text.isalpha() and text.isascii()):
        return []
    try:
        id4 = PartService.resolve(session, text)
    except NotFound:
        return []
    return [Match(id4, HitKind.ID4)] if id4 in scope.keep([id4]) else []


def in_place(session: Session, scope: Scope, text: str) -> list[Match]:
    """Return what lies in the slot or box that a text names, by location."""
    place = _place(text)
    if place is None:
        return []
    box_no, loc_no = place
    lying = select(PartLocation.part_id4, PartLocation.loc_no).where(PartLocation.box_no == box_no)
    if loc_no is not None:
        lying = lying.where(PartLocation.loc_no == loc_no)
    found = session.execute(lying.order_by(PartLocation.loc_no).limit(_MOST)).all()
    kept = scope.keep(id4 for id4, _ in found)
    return [Match(id4, HitKind.SLOT, closeness=1 / number) for id4, number in found if id4 in kept]


def _place(text: str) -> tuple[int, int | None] | None:
    """Return the box and location that a text names, or a box alone."""
    if text.isascii() and text.isdigit() and len(text) <= _BOX_DIGITS:
        return int(text), None
    try:
        return Slot.parse(text)
    except InvalidInput:
        return None
