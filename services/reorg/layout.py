"""The layout that a plan starts from: taken from the database, and kept with the plan."""

import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import Box, BoxType, History, Part, PartLocation, SlotReservation, Type
from planner import Bag, Layout, Place
from planner import Box as PlannedBox
from schemas.reorg import NewReorgPlan
from schemas.slot import Slot
from services.part import PartService
from services.reorg.uses import UseService


@dataclass(frozen=True)
class ReorgSnapshot:
    """A layout as the planner takes it, and what the moves say beside it."""

    layout: Layout
    quantities: Mapping[str, int]
    "the pieces in each bag, by its key"
    kinds: Mapping[int, str]
    "the names of the types"
    version: int
    "the last change of stock that it has seen"

    def packed(self) -> bytes:
        """Return the snapshot as bytes that are small enough for a row."""
        layout = self.layout
        plain = {
            "boxes": [(box.number, box.capacity, box.kept, sorted(box.kinds)) for box in layout.boxes],
            "bags": [
                (bag.part, bag.kind, bag.rank, bag.uses, *bag.place, bag.pinned, self.quantities[bag.key])
                for bag in layout.bags
            ],
            "picks": [sorted(each) for each in layout.picks],
            "reserved": sorted(layout.reserved),
            "kinds": list(self.kinds.items()),
            "version": self.version,
        }
        return zlib.compress(json.dumps(plain, separators=(",", ":")).encode())

    @classmethod
    def unpacked(cls, packed: bytes) -> "ReorgSnapshot":
        """Return the snapshot that `packed` has packed."""
        plain = json.loads(zlib.decompress(packed))
        bags: list[Bag] = []
        quantities: dict[str, int] = {}
        for part, kind, rank, uses, box_no, loc_no, pinned, quantity in plain["bags"]:
            place = Place(box_no, loc_no)
            bags.append(Bag(_key(part, place), part, kind, rank, uses, place, pinned))
            quantities[bags[-1].key] = quantity
        boxes = [PlannedBox(no, capacity, kept, frozenset(kinds)) for no, capacity, kept, kinds in plain["boxes"]]
        picks = [frozenset(each) for each in plain["picks"]]
        reserved = frozenset(Place(*each) for each in plain["reserved"])
        return cls(Layout(boxes, bags, picks, reserved), quantities, dict(plain["kinds"]), plain["version"])


class SnapshotService:
    """Takes snapshots; the caller's transaction must see one state of the database throughout."""

    @staticmethod
    def take(session: Session, asked: NewReorgPlan) -> ReorgSnapshot:
        """Return the layout of all boxes, with what is to be left alone."""
        uses = UseService.list(session)
        pinned = _targets(session, asked.pinned)
        rows = session.execute(_placements()).all()
        ranks = {id4: rank for rank, (_, id4) in enumerate(sorted({(row.kin_order, row.id4) for row in rows}))}
        bags, quantities = [], {}
        for row in rows:
            place = Place(row.box_no, row.loc_no)
            bag = Bag(
                _key(row.id4, place),
                row.id4,
                row.type_id,
                ranks[row.id4],
                uses.get(row.id4, 0.0),
                place,
                row.id4 in pinned,
            )
            bags.append(bag)
            quantities[bag.key] = row.qty
        layout = Layout(
            _boxes(session, frozenset(asked.leave)),
            bags,
            UseService.list_picks(session),
            frozenset(Place(*row) for row in session.execute(select(SlotReservation.box_no, SlotReservation.loc_no))),
        )
        kinds = dict(session.execute(select(Type.id, Type.name).order_by(Type.id)).all())
        version = session.scalar(select(func.coalesce(func.max(History.id), 0))) or 0
        return ReorgSnapshot(layout, quantities, kinds, version)


def _key(part: str, place: Place) -> str:
    return f"{part} {Slot(*place)}"


def _placements() -> Select[str, int | None, str, int, int, int]:
    return (
        select(
            Part.id4,
            Part.type_id,
            Part.kin_order,
            PartLocation.box_no,
            PartLocation.loc_no,
            PartLocation.qty,
        )
        .join(PartLocation, PartLocation.part_id4 == Part.id4)
        .order_by(PartLocation.box_no, PartLocation.loc_no, Part.id4)
    )


def _boxes(session: Session, kept: Collection[int]) -> list[PlannedBox]:
    kinds: dict[int, set[int]] = {}
    for box_id, type_id in session.execute(select(BoxType.box_id, BoxType.type_id)):
        kinds.setdefault(box_id, set()).add(type_id)
    rows = session.execute(select(Box.id, Box.box_no, Box.capacity).order_by(Box.box_no)).all()
    return [
        PlannedBox(box_no, capacity, box_no in kept, frozenset(kinds.get(box_id, ())))
        for box_id, box_no, capacity in rows
    ]


def _targets(session: Session, pinned: Collection[str]) -> set[str]:
    """Return the parts that pinned id4s lead to; merged ones lead to another."""
    return {PartService.resolve(session, id4) for id4 in pinned}
