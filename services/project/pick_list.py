"""What to take from where, to build a project."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Box, PartLocation, Project
from schemas.slot import Slot
from services.project.coverage import CoverageService, Covered
from services.stock import Quantities


@dataclass(frozen=True)
class Pick:
    """So many of a line come out of a slot."""

    line: Covered
    slot: Slot
    quantity: int
    left: int
    "in the slot"


@dataclass(frozen=True)
class Plan:
    """What is taken, in walking order, and all lines that it is for."""

    picks: Sequence[Pick]
    lines: Sequence[Covered]

    @property
    def short(self) -> Sequence[Covered]:
        """The lines that there is not enough of."""
        return [line for line in self.lines if line.short]


class PickListService:
    """Box by box, location by location, in as few slots as possible."""

    @staticmethod
    def plan(session: Session, project: Project, builds: int, *, use_reserved: bool = False) -> Plan:
        """Return what to take for so many builds; of what is short, all that there is for the project."""
        lines = CoverageService.list(session, project, builds, use_reserved=use_reserved)
        held = PickListService.list_placements(session, [line.requirement.part_id4 or "" for line in lines])
        picks = [pick for line in lines for pick in _picks(line, held.get(line.requirement.part_id4 or "", {}))]
        return Plan(sorted(picks, key=lambda pick: (pick.slot, pick.line.name)), lines)

    @staticmethod
    def list_placements(session: Session, ids: Collection[str]) -> Mapping[str, Quantities]:
        """Return how many of each part lie in which slot; a part without stock is left out."""
        query = select(PartLocation.part_id4, PartLocation.box_no, PartLocation.loc_no, PartLocation.qty)
        held: dict[str, dict[Slot, int]] = {}
        for id4, box_no, loc_no, quantity in session.execute(query.where(PartLocation.part_id4.in_(ids))):
            held.setdefault(id4, {})[Slot(box_no, loc_no)] = quantity
        return held

    @staticmethod
    def list_boxes(session: Session, plan: Plan) -> Mapping[int, str]:
        """Return the descriptions of the boxes of a plan, by number."""
        numbers = {pick.slot.box_no for pick in plan.picks}
        return dict(session.execute(select(Box.box_no, Box.description).where(Box.box_no.in_(numbers))).all())


def _picks(line: Covered, held: Quantities) -> list[Pick]:
    taken = chosen_slots(held, min(line.needed, line.available))
    return [Pick(line, slot, quantity, left=held[slot] - quantity) for slot, quantity in taken.items()]


def chosen_slots(held: Quantities, needed: int) -> dict[Slot, int]:
    """Return how many to take from each slot; fewer in all when there are not enough.

    As few slots as possible are visited. Among those that would do for the last step the one with the fewest pieces is
    taken, so that small remainders are used up and full slots stay full; equals in walking order.
    """
    taken: dict[Slot, int] = {}
    left = dict(held)
    while needed > 0 and left:
        enough = [slot for slot in left if left[slot] >= needed]
        slot = min(enough, key=lambda each: (left[each], each)) if enough else min(left, key=lambda s: (-left[s], s))
        taken[slot] = min(left.pop(slot), needed)
        needed -= taken[slot]
    return taken
