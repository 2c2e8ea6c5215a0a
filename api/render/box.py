"""Boxes and what lies in them, as DTOs."""

from collections.abc import Sequence

from flask import url_for

from api.render.row import rendered
from models import Box, Part, PartLocation, SlotReservation
from schemas.box import BoxContent, BoxOut, BoxPart, BoxReservation, LocationOut
from schemas.slot import Slot


def box_out(box: Box, used: int) -> BoxOut:
    """Render a box for a list."""
    return rendered(
        BoxOut,
        box,
        used=used,
        free=box.capacity - used,
        types=tuple(type_.name for type_ in box.types),
        links={"self": url_for("boxes.get", box_no=box.box_no)},
    )


def box_content(
    box: Box,
    content: Sequence[tuple[int, PartLocation | None, Part | None]],
    reservations: Sequence[SlotReservation],
) -> BoxContent:
    """Render a box with its locations in order, and what they are kept for."""
    locations: dict[int, list[BoxPart]] = {}
    for loc_no, placement, part in content:
        lying = locations.setdefault(loc_no, [])
        if placement and part:
            lying.append(_box_part(part, placement.qty))
    return BoxContent(
        **dict(box_out(box, sum(bool(parts) for parts in locations.values()))),
        locations=tuple(
            LocationOut(
                slot=Slot(box.box_no, loc_no),
                loc_no=loc_no,
                parts=tuple(parts),
                reserved=tuple(_box_reservation(each) for each in reservations if each.loc_no == loc_no),
            )
            for loc_no, parts in locations.items()
        ),
    )


def _box_part(part: Part, quantity: int) -> BoxPart:
    return rendered(
        BoxPart,
        part,
        quantity=quantity,
        thumbnail=url_for("documents.thumbnail", document_id=part.image_id, size=128) if part.image_id else None,
        links={"self": url_for("parts.get", id4=part.id4)},
    )


def _box_reservation(kept: SlotReservation) -> BoxReservation:
    suggestion = kept.suggestion
    links = {"self": url_for("parts.get", id4=kept.part_id4)}
    if suggestion:
        links["suggestion"] = url_for("suggestions.get", suggestion_id=suggestion.id)
    return rendered(
        BoxReservation,
        kept.part,
        suggestion=suggestion and suggestion.id,
        quantity=suggestion and suggestion.value.get("quantity"),
        until=kept.until,
        links=links,
    )
