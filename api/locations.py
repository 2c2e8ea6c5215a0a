"""Locations."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint

from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.location import suggested_locations
from schemas.location import SuggestedLocations, SuggestLocations
from services.box import SlotService, explain_full
from services.part import PartService
from services.slot_reservation import SlotReservationService

bp = Blueprint("locations", __name__, url_prefix="/locations")


@bp.post("/suggest")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=SuggestedLocations), tags=["boxes"])
def suggest(json: SuggestLocations) -> SuggestedLocations:
    """Suggest slots for a part, best first, and keep the free ones for it; asked again, it gets the same ones.

    A part that lies somewhere is suggested to stay there, and further slots are beside it or its kin.
    """
    part = PartService.lock(db(), json.part)
    choices = SlotService.suggest_several(db(), part, count=json.count)
    until = datetime.now(UTC) + timedelta(minutes=json.minutes) if json.minutes else None
    for choice in choices:
        if until and not choice.holds_part:
            SlotReservationService.create(db(), part, choice.slot, until=until)
    kept = SlotReservationService.list(db(), [choice.slot for choice in choices])
    full = explain_full(db(), part) if len(choices) < json.count else None
    return suggested_locations(part, choices, kept, full)
