"""The text of the labels of parts and slots."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, selectinload

from models import Box, Location, Part
from schemas.errors import NotFound
from schemas.label import LabelText, SheetLabel
from schemas.slot import Slot
from services.part import PartService


class LabelService:
    """A part's label shows its id4, number and description; a slot's label shows its name and its box."""

    @staticmethod
    def get_of_part(session: Session, id4: str) -> LabelText:
        """Return the text of a part's label.

        Raises:
            NotFound: the part does not exist.
        """
        return _part_text(PartService.get(session, id4))

    @staticmethod
    def get_of_slot(session: Session, slot: Slot) -> LabelText:
        """Return the text of a slot's label.

        Raises:
            NotFound: the slot does not exist.
        """
        found = _slots(session, [slot])
        if slot not in found:
            raise NotFound("slot", slot)
        return found[slot]

    @staticmethod
    def list(session: Session, labels: Sequence[SheetLabel]) -> list[LabelText]:
        """Return the texts of labels, each repeated for its copies.

        Raises:
            NotFound: a part or slot does not exist; the error names the first.
        """
        parts = _parts(session, [label.part for label in labels if label.part])
        slots = _slots(session, [label.slot for label in labels if label.slot])
        texts: list[LabelText] = []
        for label in labels:
            text = parts.get(label.part) if label.part else label.slot and slots.get(label.slot)
            if text is None:
                raise NotFound("part" if label.part else "slot", label.part or label.slot)
            texts += [text] * label.copies
        return texts


def _parts(session: Session, id4s: Sequence[str]) -> dict[str, LabelText]:
    parts = session.scalars(select(Part).where(Part.id4.in_(id4s)).options(selectinload(Part.type))).all()
    # The id4 of a merged part leads to another part, and so does its label.
    return {
        part.id4: _part_text(part if part.merged_into is None else PartService.get(session, part.id4)) for part in parts
    }


def _part_text(part: Part) -> LabelText:
    detail = part.description or (part.type.name if part.type else None)
    return LabelText(key=part.id4, title=part.manufacturer_code, detail=detail)


def _slots(session: Session, slots: Sequence[Slot]) -> dict[Slot, LabelText]:
    rows = session.execute(
        select(Location.box_no, Location.loc_no, Box.description)
        .join(Box, Box.id == Location.box_id)
        .where(tuple_(Location.box_no, Location.loc_no).in_(slots))
    )
    found = {Slot(row.box_no, row.loc_no): row.description for row in rows}
    return {slot: LabelText(key=str(slot), title=description or None) for slot, description in found.items()}
