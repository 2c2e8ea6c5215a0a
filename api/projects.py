"""Projects and what they need."""

from flask import Blueprint, Response

from api.http.etag import MatchHeaders, etag, is_known, must_match
from api.http.idempotency import RetryHeaders, once
from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.project import coverage_out, project_out, project_summary, requirement_out
from api.render.shopping import line_list
from models import Project
from schemas.coverage import CoverageOut, CoverageQuery
from schemas.cursor import cut
from schemas.project import (
    NewProject,
    NewRequirements,
    ProjectOut,
    ProjectPage,
    ProjectPatch,
    ProjectQuery,
    RequirementList,
    RequirementOut,
    RequirementPatch,
)
from schemas.shopping import LineList, ShortageOrder
from services.project import CoverageService, ProjectService, RequirementService, planned
from services.shopping import ShortageService

bp = Blueprint("projects", __name__, url_prefix="/projects")

_PROJECT = "/<int:project_id>"
_REQUIREMENT = f"{_PROJECT}/requirements/<int:requirement_id>"
_KEPT = ("name", "state", "builds", "part", "placeholder", "quantity")
"Fields that null does not clear."

Shown = tuple[ProjectOut, int, dict[str, str]]


@bp.get("")
@spec.validate(resp=answers(HTTP_200=ProjectPage), tags=["projects"])
def page(query: ProjectQuery) -> ProjectPage:
    """List projects, oldest first; pass `next` as `after` to get the next page."""
    found = ProjectService.list(db(), state=query.state, after=query.after, limit=query.limit + 1)
    shown, last = cut(found, query.limit)
    return ProjectPage(projects=tuple(map(project_summary, shown)), next=last and last.id)


@bp.post("")
@spec.validate(resp=answers(409, 413, 415, 422, HTTP_201=ProjectOut), tags=["projects"])
def create(json: NewProject, headers: RetryHeaders) -> Shown:
    """Add a project."""
    added, replayed = once(
        "projects", headers.key, [json.model_dump_json()], do=lambda: ProjectService.create(db(), **dict(json)).id
    )
    shown = _shown(ProjectService.get(db(), added))
    return shown, 201, {"Location": shown.links["self"], "ETag": etag(shown), **replayed}


@bp.get(_PROJECT)
@spec.validate(resp=answers(404, HTTP_200=ProjectOut, HTTP_304=None), tags=["projects"])
def get(project_id: int) -> Shown | Response:
    """Show a project with what one build of it needs."""
    shown = _shown(ProjectService.get(db(), project_id))
    headers = {"ETag": etag(shown)}
    return Response(status=304, headers=headers) if is_known(shown) else (shown, 200, headers)


@bp.patch(_PROJECT)
@spec.validate(resp=answers(404, 409, 412, 413, 415, HTTP_200=ProjectOut), tags=["projects"])
def change(project_id: int, json: ProjectPatch, headers: MatchHeaders) -> Shown:  # noqa: ARG001 - documents If-Match
    """Change a project; an archived one reserves nothing and cannot be built until it is active again."""
    project = ProjectService.lock(db(), project_id)
    must_match(_shown(project))
    ProjectService.update(db(), project, _changes(json))
    shown = _shown(project)
    return shown, 200, {"ETag": etag(shown)}


@bp.delete(_PROJECT)
@spec.validate(resp=answers(404, 409, HTTP_204=None), tags=["projects"])
def delete(project_id: int) -> Response:
    """Delete a project that was never built; its lines on the shopping list stay."""
    ProjectService.delete(db(), project_id)
    return Response(status=204)


@bp.post(f"{_PROJECT}/requirements")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_201=RequirementList), tags=["projects"])
def add_requirements(project_id: int, json: NewRequirements) -> tuple[RequirementList, int]:
    """Add lines to a project, all of them or none."""
    project = ProjectService.lock(db(), project_id)
    added = RequirementService.create(db(), project, json.requirements)
    return RequirementList(requirements=tuple(requirement_out(each) for each in added)), 201


@bp.get(_REQUIREMENT)
@spec.validate(resp=answers(404, HTTP_200=RequirementOut), tags=["projects"])
def requirement(project_id: int, requirement_id: int) -> RequirementOut:
    """Show a line of a project."""
    return requirement_out(RequirementService.get(db(), project_id, requirement_id))


@bp.patch(_REQUIREMENT)
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=RequirementOut), tags=["projects"])
def change_requirement(project_id: int, requirement_id: int, json: RequirementPatch) -> RequirementOut:
    """Change a line, or replace its placeholder with a part, on the shopping list too.

    When the project has a line for that part already, the two are added up there, and this is the line that is shown.
    """
    project = ProjectService.lock(db(), project_id)
    return requirement_out(RequirementService.update(db(), project, requirement_id, _changes(json)))


@bp.delete(_REQUIREMENT)
@spec.validate(resp=answers(404, HTTP_204=None), tags=["projects"])
def delete_requirement(project_id: int, requirement_id: int) -> Response:
    """Delete a line of a project."""
    RequirementService.delete(db(), ProjectService.lock(db(), project_id), requirement_id)
    return Response(status=204)


@bp.get(f"{_PROJECT}/coverage")
@spec.validate(resp=answers(404, HTTP_200=CoverageOut), tags=["projects"])
def coverage(project_id: int, query: CoverageQuery) -> CoverageOut:
    """Show for each line whether there is enough; what other active projects reserve is not available."""
    project = ProjectService.get(db(), project_id)
    builds = planned(project, query.builds)
    return coverage_out(project, builds, CoverageService.list(db(), project, builds))


@bp.post(f"{_PROJECT}/shortage")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=LineList), tags=["projects"])
def shortage(project_id: int, json: ShortageOrder) -> LineList:
    """Put the shortages of a project on the shopping list, and show the lines that are new or larger now.

    What is wanted or ordered for the project already counts, so that again adds nothing.
    """
    project = ProjectService.lock(db(), project_id)
    return line_list(ShortageService.create(db(), project, planned(project, json.builds)))


def _shown(project: Project) -> ProjectOut:
    return project_out(project, RequirementService.list(db(), project.id))


def _changes(patch: ProjectPatch | RequirementPatch) -> dict[str, object]:
    given = patch.model_dump(exclude_unset=True)
    return {field: value for field, value in given.items() if value is not None or field not in _KEPT}
