"""Boxes."""

from flask import Blueprint

from api.openapi import answers, spec
from api.render import box_content, box_out
from api.transaction import db
from schemas.box import BoxContent, BoxList, BoxOut, NewBox
from services.box import BoxService

bp = Blueprint("boxes", __name__, url_prefix="/boxes")


@bp.get("")
@spec.validate(resp=answers(HTTP_200=BoxList), tags=["boxes"])
def page() -> BoxList:
    """List the boxes by number, with how many of their locations are in use."""
    used = BoxService.used(db())
    return BoxList(boxes=tuple(box_out(box, used.get(box.box_no, 0)) for box in BoxService.all(db())))


@bp.post("")
@spec.validate(resp=answers(404, 413, 415, HTTP_201=BoxOut), tags=["boxes"])
def create(json: NewBox) -> tuple[BoxOut, int, dict[str, str]]:
    """Add a box with all its locations, under the next number."""
    box = BoxService.create(db(), description=json.description, capacity=json.capacity, types=json.types)
    shown = box_out(box, used=0)
    return shown, 201, {"Location": shown.links["self"]}


@bp.get("/<int(max=2147483647):box_no>")
@spec.validate(resp=answers(404, HTTP_200=BoxContent), tags=["boxes"])
def get(box_no: int) -> BoxContent:
    """Show what lies in a box, location by location."""
    box = BoxService.get(db(), box_no)
    return box_content(box, BoxService.content(db(), box_no))
