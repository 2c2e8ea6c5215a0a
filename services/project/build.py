"""Builds of projects."""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import BuildCommand, Part, Project, ProjectBuild
from schemas.build import BuildOrder, BuildResult, BuiltPart
from schemas.coverage import CoverageState
from schemas.errors import Conflict, InvalidInput
from schemas.project import ProjectState
from schemas.slot import Slot
from schemas.stock import Build, StockResult, Taken
from services.commands import must_be_repeated, part_command_id, payload_of
from services.part import PartLockService
from services.project.coverage import Covered
from services.project.pick_list import PickListService, Plan
from services.project.requirement import RequirementService
from services.project.service import ProjectService
from services.stock import Quantities, StockService

_NAMED = 10
"The number of shortages that a sentence names; the details name all."

Takes = Mapping[str, Mapping[Slot, int]]


class BuildService:
    """Books a build as one command on the stock of each part, all of them in one transaction or none."""

    @staticmethod
    def build(session: Session, project_id: int, order: BuildOrder) -> ProjectBuild:
        """Deduct the parts for builds, or return the result of the same command before.

        Raises:
            NotFound: the project or a part does not exist.
            InvalidInput: a slot is named twice for a part.
            Conflict: a part is short, a slot does not hold the quantity to take, or the project is archived.
            Unprocessable: the command ID was used before with another payload.
        """
        project = ProjectService.lock(session, project_id)
        before = session.get(ProjectBuild, order.command_id)
        if before is not None:
            now = (project.id, payload_of(order))
            must_be_repeated(before.id, before=(before.project_id, before.payload), now=now, project=before.project_id)
            return before
        if project.state == ProjectState.ARCHIVED:
            raise Conflict(f"project {project.name} is archived; activate it to build it", state=project.state)
        chosen = _locked_choice(session, project, order)
        plan = PickListService.plan(session, project, order.builds, use_reserved=order.use_reserved)
        _must_be_enough(plan, ignore_placeholders=order.ignore_placeholders)
        takes = {**_suggested(plan), **chosen}
        _must_fit(session, plan, chosen)
        if not takes:
            raise Conflict(f"project {project.name} has no line with a part of the inventory; add one", lines=0)
        return _booked(session, project, order, takes)

    @staticmethod
    def list(session: Session, project_id: int, *, limit: int) -> Sequence[ProjectBuild]:
        """Return the newest builds of a project, newest first."""
        query = select(ProjectBuild).where(ProjectBuild.project_id == project_id)
        return session.scalars(query.order_by(ProjectBuild.at.desc(), ProjectBuild.id).limit(limit)).all()


def _locked_choice(session: Session, project: Project, order: BuildOrder) -> Takes:
    """Lock all parts of a locked project, so that their stock and lines do not change, and return the chosen slots."""
    lines = RequirementService.list(session, project.id)
    parts = PartLockService.lock(
        session, {line.part_id4 for line in lines if line.part_id4} | {each.part for each in order.take}
    )
    return _chosen(order, parts)


def _chosen(order: BuildOrder, parts: Mapping[str, Part]) -> Takes:
    chosen: dict[str, dict[Slot, int]] = {}
    for each in order.take:
        slots = chosen.setdefault(parts[each.part].id4, {})
        if each.slot in slots:
            raise InvalidInput(f"{each.slot} is named twice for {each.part}; name each slot once", field="take")
        slots[each.slot] = each.quantity
    return chosen


def _suggested(plan: Plan) -> dict[str, dict[Slot, int]]:
    takes: dict[str, dict[Slot, int]] = {}
    for pick in plan.picks:
        takes.setdefault(pick.line.name, {})[pick.slot] = pick.quantity
    return takes


def _must_be_enough(plan: Plan, *, ignore_placeholders: bool) -> None:
    short = [line for line in plan.short if not (ignore_placeholders and line.state is CoverageState.NOT_IN_INVENTORY)]
    if short:
        named = ", ".join(f"{line.name} ({line.short} of {line.needed})" for line in short[:_NAMED])
        more = f" and {len(short) - _NAMED} more lines" if len(short) > _NAMED else ""
        raise Conflict(
            f"the build is short of {named}{more}; receive more, build fewer, set use_reserved to take what other "
            "projects reserve, or set ignore_placeholders to build without the placeholders",
            shortages=[_shortage(line) for line in short],
        )


def _shortage(line: Covered) -> dict[str, object]:
    return {
        "requirement": line.requirement.id,
        "part": line.requirement.part_id4,
        "placeholder": line.requirement.placeholder,
        "state": line.state,
        "needed": line.needed,
        "on_hand": line.on_hand,
        "reserved": line.reserved,
        "short": line.short,
    }


def _must_fit(session: Session, plan: Plan, chosen: Takes) -> None:
    """Refuse chosen slots that hold too little, or quantities that do not add up to the need; name all of them."""
    needed = {line.name: line.needed for line in plan.lines if line.requirement.part_id4}
    held = PickListService.list_placements(session, chosen.keys())
    wrong = [problem for id4 in chosen for problem in _wrong(id4, chosen[id4], held.get(id4, {}), needed.get(id4, 0))]
    if wrong:
        sentences = ", ".join(str(each["error"]) for each in wrong[:_NAMED])
        raise Conflict(f"{sentences}; choose again, or leave the choice to the pick list", field="take", slots=wrong)


def _wrong(id4: str, taken: Mapping[Slot, int], held: Quantities, needed: int) -> list[dict[str, object]]:
    wrong: list[dict[str, object]] = [
        {
            "error": f"{slot} holds {held.get(slot, 0)} of {id4}, not {quantity}",
            "part": id4,
            "slot": str(slot),
            "quantity": held.get(slot, 0),
        }
        for slot, quantity in taken.items()
        if quantity > held.get(slot, 0)
    ]
    total = sum(taken.values())
    if total != needed:
        wrong.append({"error": f"the build needs {needed} of {id4}, not {total}", "part": id4, "needed": needed})
    return wrong


def _booked(session: Session, project: Project, order: BuildOrder, takes: Takes) -> ProjectBuild:
    parts = tuple(_take(session, project, order, id4=id4, slots=takes[id4]) for id4 in sorted(takes))
    result = BuildResult(builds=order.builds, parts=parts)
    build = ProjectBuild(
        id=order.command_id,
        project_id=project.id,
        payload=payload_of(order),
        result=result.model_dump(mode="json"),
    )
    session.add(build)
    project.builds = max(0, project.builds - order.builds)
    session.flush()
    commands = [{"stock_command_id": part.stock_command, "build_id": build.id} for part in parts]
    session.execute(insert(BuildCommand), commands)
    return build


def _take(session: Session, project: Project, order: BuildOrder, *, id4: str, slots: Mapping[Slot, int]) -> BuiltPart:
    command = StockService.carry_out(
        session,
        id4,
        Build(
            command_id=part_command_id(order.command_id, id4),
            reason=f"build of {order.builds} × {project.name}",
            taken=tuple(Taken(slot=slot, quantity=quantity) for slot, quantity in sorted(slots.items())),
        ),
    )
    result = StockResult.model_validate(command.result)
    return BuiltPart(part=id4, stock_command=command.id, quantity=sum(slots.values()), changes=result.changes)
