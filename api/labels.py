"""Labels to print."""

from flask import Blueprint, Response

from api.http.openapi import answers, spec
from api.http.transaction import app, db
from clients.labels.printer import print_label, print_sheets
from schemas.label import SHEETS, LabelQuery, LabelSheets, LabelText, PictureQuery, SheetList
from schemas.slot import Slot
from services.label import LabelService

bp = Blueprint("labels", __name__)

_PDF = {200: ["application/pdf"]}
_PNG = {200: ["image/png"]}
_MM_PER_INCH = 25.4


@bp.get("/parts/<id4>/label.pdf")
@spec.validate(resp=answers(404, 422, files=_PDF), tags=["labels"])
def part_pdf(id4: str, query: LabelQuery) -> Response:
    """Print the label of a part: id4 in large letters, number and description."""
    return _pdf(LabelService.get_of_part(db(), id4), query)


@bp.get("/parts/<id4>/label.png")
@spec.validate(resp=answers(404, 422, 429, files=_PNG), tags=["labels"])
def part_png(id4: str, query: PictureQuery) -> Response:
    """Draw the label of a part."""
    return _png(LabelService.get_of_part(db(), id4), query)


@bp.get("/slots/<slot>/label.pdf")
@spec.validate(resp=answers(404, 422, files=_PDF), tags=["labels"])
def slot_pdf(slot: str, query: LabelQuery) -> Response:
    """Print the label of a slot, written as 7-3."""
    return _pdf(LabelService.get_of_slot(db(), Slot.parse(slot)), query)


@bp.get("/slots/<slot>/label.png")
@spec.validate(resp=answers(404, 422, 429, files=_PNG), tags=["labels"])
def slot_png(slot: str, query: PictureQuery) -> Response:
    """Draw the label of a slot, written as 7-3."""
    return _png(LabelService.get_of_slot(db(), Slot.parse(slot)), query)


@bp.get("/labels/sheets")
@spec.validate(resp=answers(HTTP_200=SheetList), tags=["labels"])
def sheets() -> SheetList:
    """List the known sheets of labels."""
    return SheetList(sheets=dict(SHEETS))


@bp.post("/labels")
@spec.validate(resp=answers(404, 413, 415, 422, 429, files=_PDF), tags=["labels"])
def print_all(json: LabelSheets) -> Response:
    """Print sheets of labels of parts and slots, from the first label that is still there."""
    texts = LabelService.list(db(), json.labels)
    return _sent(print_sheets(texts, json.format, start=json.start, code=json.code), "application/pdf")


def _pdf(text: LabelText, query: LabelQuery) -> Response:
    return _sent(print_label(text, width=query.width, height=query.height, code=query.code), "application/pdf")


def _png(text: LabelText, query: PictureQuery) -> Response:
    pdf = print_label(text, width=query.width, height=query.height, code=query.code)
    side = round(max(query.width, query.height) / _MM_PER_INCH * query.dpi)
    return _sent(app().pdf_reader.draw(pdf, side=side, png=True), "image/png")


def _sent(content: bytes, media_type: str) -> Response:
    return Response(content, content_type=media_type, headers={"Content-Disposition": "inline"})
