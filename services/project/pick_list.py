"""Pick lists: the slots to take the parts of a project from."""

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
    """A quantity of a line to take out of a slot."""

    line: Covered
    slot: Slot
    quantity: int
    left: int
    "the quantity that remains in the slot"


@dataclass(frozen=True)
class Plan:
    """The picks, in walking order, and all lines of the project."""

    picks: Sequence[Pick]
    lines: Sequence[Covered]

    @property
    def short(self) -> Sequence[Covered]:
        """The lines that the stock does not cover."""
        return [line for line in self.lines if line.short]


class PickListService:
    """Plans picks box by box, location by location, from as few slots as possible."""

    @staticmethod
    def plan(session: Session, project: Project, builds: int, *, use_reserved: bool = False) -> Plan:
        """Return the picks for a number of builds; of a short part, all that is available to the project."""
        lines = CoverageService.list(session, project, builds, use_reserved=use_reserved)
        held = PickListService.list_placements(session, [line.requirement.part_id4 or "" for line in lines])
        picks = [pick for line in lines for pick in _picks(line, held.get(line.requirement.part_id4 or "", {}))]
        return Plan(sorted(picks, key=lambda pick: (pick.slot, pick.line.name)), lines)

    @staticmethod
    def list_placements(session: Session, ids: Collection[str]) -> Mapping[str, Quantities]:
        """Return the quantity of each part by slot; a part without stock is left out."""
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
    """Return the quantity to take from each slot; less than needed in all when the stock is short.

    The choice uses as few slots as possible. For the last pick it takes the slot with the fewest pieces that suffice,
    so that small remainders are used up and full slots stay full; equal slots come in walking order.
    """
    taken: dict[Slot, int] = {}
    left = dict(held)
    while needed > 0 and left:
        enough = [slot for slot in left if left[slot] >= needed]
        slot = min(enough, key=lambda each: (left[each], each)) if enough else min(left, key=lambda s: (-left[s], s))
        taken[slot] = min(left.pop(slot), needed)
        needed -= taken[slot]
    return taken
