"""What refreshing datasheets and tagging again found."""

from flask import Blueprint

from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.row import rendered
from schemas.upkeep import DatasheetSourceList, DatasheetSourceOut
from services.datasheet import DatasheetSourceService
from services.part import PartService

bp = Blueprint("upkeep", __name__)


@bp.get("/parts/<id4>/datasheet-sources")
@spec.validate(resp=answers(404, HTTP_200=DatasheetSourceList), tags=["documents"])
def sources(id4: str) -> DatasheetSourceList:
    """List the addresses that were asked for the datasheet of a part, with what became of each the last time."""
    found = DatasheetSourceService.list(db(), PartService.get(db(), id4).id4)
    return DatasheetSourceList(sources=tuple(rendered(DatasheetSourceOut, each) for each in found))
