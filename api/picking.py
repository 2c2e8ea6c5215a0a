"""From a project to its parts: pick lists and builds."""

from flask import Blueprint, Response

from api.http.openapi import answers, spec
from api.http.printable import printable
from api.http.transaction import db
from api.render.project import build_out, pick_list_out
from schemas.build import BuildList, BuildOrder, BuildOut, BuildsQuery
from schemas.coverage import PickList, PickQuery
from services.project import BuildService, PickListService, ProjectService, planned

bp = Blueprint("picking", __name__, url_prefix="/projects/<int:project_id>")


@bp.get("/pick-list")
@spec.validate(resp=answers(404, HTTP_200=PickList), tags=["projects"])
def pick_list(project_id: int, query: PickQuery) -> PickList:
    """Show what to take from which slot for a number of builds, box by box; as few slots as possible are visited."""
    return _pick_list(project_id, query)


@bp.get("/pick-list.html")
@spec.validate(resp=answers(404, files={200: ["text/html"]}), tags=["projects"])
def page(project_id: int, query: PickQuery) -> Response:
    """Show the pick list as a page to print, with a place to tick each line."""
    return printable("pick_list.html", plan=_pick_list(project_id, query))


@bp.get("/builds")
@spec.validate(resp=answers(404, HTTP_200=BuildList), tags=["projects"])
def builds(project_id: int, query: BuildsQuery) -> BuildList:
    """List the newest builds of a project, newest first."""
    project = ProjectService.get(db(), project_id)
    return BuildList(builds=tuple(map(build_out, BuildService.list(db(), project.id, limit=query.limit))))


@bp.post("/builds")
@spec.validate(resp=answers(404, 409, 413, 415, 422, HTTP_200=BuildOut), tags=["projects"])
def build(project_id: int, json: BuildOrder) -> BuildOut:
    """Book a number of builds: all parts are taken from the chosen or suggested slots, or none is.

    Each part's stock changes by a command of its own, which can be undone like any other. What is planned goes down.
    """
    return build_out(BuildService.build(db(), project_id, json))


def _pick_list(project_id: int, query: PickQuery) -> PickList:
    project = ProjectService.get(db(), project_id)
    builds = planned(project, query.builds)
    plan = PickListService.plan(db(), project, builds, use_reserved=query.use_reserved)
    return pick_list_out(project, builds, plan, PickListService.list_boxes(db(), plan))
