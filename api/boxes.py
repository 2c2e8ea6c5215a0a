"""Boxes."""

from flask import Blueprint, Response

from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.box import box_content, box_out
from models import Box
from schemas.box import BoxContent, BoxList, BoxOut, BoxPatch, BoxTypes, NewBox
from schemas.slot import Slot
from services.box import BoxService
from services.slot_reservation import SlotReservationService

bp = Blueprint("boxes", __name__, url_prefix="/boxes")

_BOX = "/<int:box_no>"


@bp.get("")
@spec.validate(resp=answers(HTTP_200=BoxList), tags=["boxes"])
def page() -> BoxList:
    """List the boxes by number, with how many of their locations are in use."""
    used = BoxService.count_used(db())
    return BoxList(boxes=tuple(box_out(box, used.get(box.box_no, 0)) for box in BoxService.list(db())))


@bp.post("")
@spec.validate(resp=answers(404, 413, 415, HTTP_201=BoxOut), tags=["boxes"])
def create(json: NewBox) -> tuple[BoxOut, int, dict[str, str]]:
    """Add a box with all its locations, under the next number."""
    box = BoxService.create(db(), description=json.description, capacity=json.capacity, types=json.types)
    shown = box_out(box, used=0)
    return shown, 201, {"Location": shown.links["self"]}


@bp.get(_BOX)
@spec.validate(resp=answers(404, HTTP_200=BoxContent), tags=["boxes"])
def get(box_no: int) -> BoxContent:
    """Show what lies in a box, and for what its free slots are kept, location by location."""
    box = BoxService.get(db(), box_no)
    content = BoxService.list_content(db(), box_no)
    slots = [Slot(box.box_no, loc_no) for loc_no in dict.fromkeys(loc_no for loc_no, *_ in content)]
    return box_content(box, content, SlotReservationService.list(db(), slots))


@bp.patch(_BOX)
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=BoxOut), tags=["boxes"])
def change(box_no: int, json: BoxPatch) -> BoxOut:
    """Change the description or capacity of a box; locations that are in use or kept cannot be removed."""
    return _shown(BoxService.update(db(), box_no, description=json.description, capacity=json.capacity))


@bp.put(f"{_BOX}/types")
@spec.validate(resp=answers(404, 413, 415, HTTP_200=BoxOut), tags=["boxes"])
def designate(box_no: int, json: BoxTypes) -> BoxOut:
    """Say which types a box is for; parts of these types are suggested a slot there."""
    return _shown(BoxService.designate(db(), box_no, json.types))


@bp.delete(_BOX)
@spec.validate(resp=answers(404, 409, HTTP_204=None), tags=["boxes"])
def delete(box_no: int) -> Response:
    """Delete a box in which nothing lies and no slot is kept; its number never comes again."""
    BoxService.delete(db(), box_no)
    return Response(status=204)


def _shown(box: Box) -> BoxOut:
    return box_out(box, BoxService.count_used(db(), box.box_no).get(box.box_no, 0))
