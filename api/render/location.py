"""Suggested slots, as DTOs."""

from collections.abc import Sequence

from flask import url_for

from models import Part, SlotReservation
from schemas.location import SuggestedLocation, SuggestedLocations
from services.box import SlotChoice


def suggested_locations(
    part: Part, choices: Sequence[SlotChoice], kept: Sequence[SlotReservation], full: str | None
) -> SuggestedLocations:
    """Render the slots that suit a part, and how long they are kept for it."""
    until = {each.slot: each.until for each in kept if each.part_id4 == part.id4}
    return SuggestedLocations(
        part=part.id4,
        locations=tuple(
            SuggestedLocation(
                slot=choice.slot,
                why=choice.why,
                confidence=choice.confidence,
                reserved_until=until.get(choice.slot),
                links={"box": url_for("boxes.get", box_no=choice.slot.box_no)},
            )
            for choice in choices
        ),
        full=full,
    )
