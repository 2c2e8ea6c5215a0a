"""What refreshing datasheets and tagging again found."""

from flask import Blueprint

from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.row import rendered
from schemas.cursor import cut
from schemas.upkeep import (
    DatasheetSourceList,
    DatasheetSourceOut,
    DriftOut,
    DriftPage,
    DriftQuery,
    DriftReport,
    DriftReportQuery,
)
from services.datasheet import DatasheetSourceService
from services.part import PartService
from services.upkeep import DriftService

bp = Blueprint("upkeep", __name__)


@bp.get("/parts/<id4>/datasheet-sources")
@spec.validate(resp=answers(404, HTTP_200=DatasheetSourceList), tags=["documents"])
def sources(id4: str) -> DatasheetSourceList:
    """List the addresses that were asked for the datasheet of a part, with what became of each the last time."""
    found = DatasheetSourceService.list(db(), PartService.get(db(), id4).id4)
    return DatasheetSourceList(sources=tuple(rendered(DatasheetSourceOut, each) for each in found))


@bp.get("/drift")
@spec.validate(resp=answers(HTTP_200=DriftReport), tags=["parts"])
def report(query: DriftReportQuery) -> DriftReport:
    """Count what tagging again found, night by night, by cause: how many fields changed, and what was done about it."""
    return DriftReport(nights=tuple(DriftService.list_nights(db(), limit=query.limit)))


@bp.get("/drift/parts")
@spec.validate(resp=answers(404, HTTP_200=DriftPage), tags=["parts"])
def drifts(query: DriftQuery) -> DriftPage:
    """List what tagging again found, part by part; pass `next` as `after` to get the next page."""
    part = PartService.resolve(db(), query.part) if query.part else None
    shown, last = cut(DriftService.list(db(), query, part_id4=part), query.limit)
    return DriftPage(
        drifts=tuple(rendered(DriftOut, each, part=each.part_id4, run=str(each.run_id)) for each in shown),
        next=last.id if last else None,
    )
