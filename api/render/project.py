"""Projects, coverage, pick lists and builds, as DTOs."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from flask import url_for

from api.render.row import rendered
from models import Project, ProjectBuild, ProjectRequirement
from schemas.build import BuildOut
from schemas.coverage import CoverageLine, CoverageOut, PickBox, PickList, PickOut
from schemas.project import ProjectOut, ProjectSummary, RequirementOut
from services.project import Covered, Pick, Plan


def project_summary(project: Project) -> ProjectSummary:
    """Render a project for a list."""
    return rendered(ProjectSummary, project, links=_links(project))


def project_out(project: Project, requirements: Sequence[ProjectRequirement]) -> ProjectOut:
    """Render a project with what it needs."""
    lines = tuple(requirement_out(each) for each in requirements)
    return ProjectOut(**dict(project_summary(project)), requirements=lines)


def requirement_out(line: ProjectRequirement) -> RequirementOut:
    """Render a line of a project."""
    links = {"self": url_for("projects.requirement", project_id=line.project_id, requirement_id=line.id)}
    if line.part_id4:
        links["part"] = url_for("parts.get", id4=line.part_id4)
    return rendered(RequirementOut, line, part=line.part_id4, **_named(line), links=links)


def coverage_line(covered: Covered) -> CoverageLine:
    """Render what a line needs and what there is."""
    line = covered.requirement
    return rendered(
        CoverageLine,
        covered,
        **_named(line),
        requirement=line.id,
        part=line.part_id4,
        placeholder=line.placeholder,
        designators=line.designators,
        quantity=line.quantity,
    )


def coverage_out(project: Project, builds: int, lines: Sequence[Covered]) -> CoverageOut:
    """Render whether there is enough for a number of builds of a project."""
    enough_for = [line.available // line.requirement.quantity for line in lines]
    return CoverageOut(
        project=project.id,
        builds=builds,
        possible=min([*enough_for, builds]),
        lines=tuple(coverage_line(each) for each in lines),
        links=_links(project),
    )


def pick_list_out(project: Project, builds: int, plan: Plan, boxes: Mapping[int, str]) -> PickList:
    """Render what to take from where."""
    grouped = groupby(plan.picks, key=lambda pick: pick.slot.box_no)
    return PickList(
        project=project.id,
        name=project.name,
        builds=builds,
        boxes=tuple(
            PickBox(box_no=box_no, description=boxes.get(box_no, ""), picks=tuple(_pick_out(pick) for pick in picks))
            for box_no, picks in grouped
        ),
        short=tuple(coverage_line(each) for each in plan.short),
        links=_links(project),
    )


def build_out(build: ProjectBuild) -> BuildOut:
    """Render what a build took when it was done."""
    links = {"project": url_for("projects.get", project_id=build.project_id)}
    return BuildOut.model_validate(
        {**build.result, "command_id": build.id, "project": build.project_id, "at": build.at, "links": links}
    )


def _pick_out(pick: Pick) -> PickOut:
    line = pick.line.requirement
    return rendered(PickOut, pick, **_named(line), part=pick.line.name, designators=line.designators)


def _named(line: ProjectRequirement) -> dict[str, str | None]:
    if line.part is None:
        return {"manufacturer_code": None, "description": None}
    return {"manufacturer_code": line.part.manufacturer_code, "description": line.part.description}


def _links(project: Project) -> dict[str, str]:
    return {
        "self": url_for("projects.get", project_id=project.id),
        "coverage": url_for("projects.coverage", project_id=project.id),
        "pick_list": url_for("picking.pick_list", project_id=project.id),
        "printable": url_for("picking.page", project_id=project.id),
        "builds": url_for("picking.builds", project_id=project.id),
        "shopping": url_for("shopping.page", project=project.id),
    }
