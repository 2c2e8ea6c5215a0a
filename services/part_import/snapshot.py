"""A snapshot of the inventory that a file refers to, read in a few queries, however many rows the file has."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from models import Location, Part, PartLocation
from schemas.part_import import ImportRow
from schemas.part_number import canonical_key
from schemas.slot import Slot
from services.tag import TagService
from services.type import TypeService


@dataclass(frozen=True)
class Snapshot:
    """The parts, slots, types and tags that rows may mean."""

    by_id4: dict[str, Part]
    "merged parts also by their old id4"
    by_code: dict[str, list[Part]]
    by_description: dict[str, list[Part]]
    "only parts without a number"
    types: dict[str, str]
    "names by lower-case name"
    synonyms: dict[str, str]
    slots: frozenset[Slot]
    lying: dict[Slot, dict[str, None]]
    "the id4s of the parts in each slot, in their order"
    held: dict[str, set[Slot]]
    "the slots of each part"
    free: int
    "the number of empty slots in all boxes"

    @staticmethod
    def take(session: Session, rows: Sequence[ImportRow]) -> "Snapshot":
        """Read the parts, slots, types and tags that rows may mean."""
        parts = _parts(session, rows)
        own = [part for part in parts if part.merged_into is None]
        slots = {row.slot for row in rows if row.slot}
        placements = _placements(session, [part.id4 for part in own], {slot.box_no for slot in slots})
        lying: dict[Slot, dict[str, None]] = defaultdict(dict)
        held = defaultdict(set)
        for id4, slot in placements:
            lying[slot][id4] = None
            held[id4].add(slot)
        return Snapshot(
            by_id4=_resolved(parts),
            by_code=_grouped((part.canonical_key, part) for part in own),
            by_description=_grouped(
                (part.description.lower(), part) for part in own if part.description and not part.canonical_key
            ),
            types={type_.name.lower(): type_.name for type_ in TypeService.list(session)},
            synonyms=TagService.find_synonyms(session, {tag for row in rows for tag in row.tags or ()}),
            slots=_there(session, slots),
            lying=lying,
            held=held,
            free=_free(session),
        )


def _parts(session: Session, rows: Sequence[ImportRow]) -> list[Part]:
    """Return all parts that rows may mean, and the parts that merged ones lead to."""
    named = or_(
        _among(Part.id4, {row.id4 for row in rows if row.id4}),
        _among(Part.canonical_key, {canonical_key(row.manufacturer_code) for row in rows if row.manufacturer_code}),
        Part.canonical_key.is_(None)
        & _among(func.lower(Part.description), {row.description.lower() for row in rows if row.description}),
    )
    parts = {part.id4: part for part in session.scalars(select(Part).where(named).options(joinedload(Part.type)))}
    while missing := {part.merged_into for part in parts.values() if part.merged_into} - parts.keys():
        more = session.scalars(select(Part).where(Part.id4.in_(missing)).options(joinedload(Part.type)))
        parts.update((part.id4, part) for part in more)
    return list(parts.values())


def _resolved(parts: Iterable[Part]) -> dict[str, Part]:
    known = {part.id4: part for part in parts}
    resolved = {}
    for id4, part in known.items():
        now = part
        while now.merged_into:
            now = known[now.merged_into]
        resolved[id4] = now
    return resolved


def _placements(session: Session, ids: list[str], boxes: set[int]) -> Sequence[tuple[str, Slot]]:
    near = or_(_among(PartLocation.part_id4, ids), PartLocation.box_no.in_(boxes))
    placed = select(PartLocation.part_id4, PartLocation.box_no, PartLocation.loc_no).where(near)
    found = session.execute(placed.order_by(PartLocation.part_id4))
    return [(row.part_id4, Slot(row.box_no, row.loc_no)) for row in found]


def _there(session: Session, slots: set[Slot]) -> frozenset[Slot]:
    boxes = {slot.box_no for slot in slots}
    found = session.execute(select(Location.box_no, Location.loc_no).where(Location.box_no.in_(boxes)))
    return frozenset(Slot(*row) for row in found)


def _free(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Location).where(Location.is_free)) or 0


def _grouped(pairs: Iterable[tuple[str | None, Part]]) -> dict[str, list[Part]]:
    groups: dict[str, list[Part]] = defaultdict(list)
    for key, part in pairs:
        if key:
            groups[key].append(part)
    return groups


def _among(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None] | ColumnElement[str],
    values: Iterable[str],
) -> ColumnElement[bool]:
    # This needs one parameter, however many values there are.
    return column == any_(literal(sorted(values), ARRAY(Text)))
