"""Free slots for a part, best first, and what would help when there are none."""

from typing import Final, NamedTuple

from sqlalchemy import TextClause, func, select, text
from sqlalchemy.orm import Session

from models import Box, BoxType, Part
from schemas.slot import Slot

_LOCKED: Final = "LIMIT :count FOR NO KEY UPDATE OF slot SKIP LOCKED"
_KIN: Final = """
WITH kin AS (
    SELECT sides.* FROM parts AS me, LATERAL (
        SELECT me.id4, 0 AS far, true AS precedes
        UNION ALL
        (SELECT id4, row_number() OVER (ORDER BY kin_order, id4), false FROM parts
        WHERE type_id = me.type_id
            AND (kin_order, id4) > (me.kin_order, me.id4)
        ORDER BY kin_order, id4 LIMIT :kin)
        UNION ALL
        (SELECT id4, row_number() OVER (ORDER BY kin_order DESC, id4 DESC), true FROM parts
        WHERE type_id = me.type_id
            AND (kin_order, id4) < (me.kin_order, me.id4)
        ORDER BY kin_order DESC, id4 DESC LIMIT :kin)
    ) AS sides WHERE me.id4 = :part
), near AS (
    SELECT DISTINCT ON (box_no) box_no, loc_no, id4, far, precedes
    FROM kin, LATERAL (SELECT box_no, loc_no FROM part_locations WHERE part_id4 = kin.id4 OFFSET 0) AS lying
    ORDER BY box_no, far, NOT precedes, loc_no
)
"""
_KIN_ASKED: Final = (8, 64, 512)
"How many kin on either side are asked for a free slot in their boxes, one after the other."


def _beside(kin: int) -> TextClause:
    # The number is written out, because with a parameter PostgreSQL plans the statement each time.
    return text(
        f"""{_KIN.replace(":kin", str(kin))} SELECT slot.box_no, slot.loc_no, near.id4 AS kin, near.loc_no AS beside
        FROM near JOIN locations AS slot USING (box_no) WHERE slot.is_free
        ORDER BY near.far, NOT near.precedes, abs(slot.loc_no - near.loc_no),
            (slot.loc_no > near.loc_no) <> near.precedes {_LOCKED}"""  # noqa: S608 - our own words
    )


def _first(condition: str) -> TextClause:
    return text(
        f"""SELECT slot.box_no, slot.loc_no FROM locations AS slot WHERE slot.is_free {condition}
        ORDER BY slot.box_no, slot.loc_no {_LOCKED}"""  # noqa: S608 - our own words
    )


_FOR_ITS_TYPE: Final = _first(
    "AND EXISTS (SELECT FROM box_types JOIN parts USING (type_id) WHERE box_types.box_id = slot.box_id AND id4 = :part)"
)
_FOR_ANY_TYPE: Final = _first("AND NOT EXISTS (SELECT FROM box_types WHERE box_types.box_id = slot.box_id)")
_ANY: Final = _first("")
_NEAREST: Final = text(f"{_KIN} SELECT box_no FROM near ORDER BY far LIMIT 1")  # noqa: S608 - our own words
_QUESTIONS: Final = (
    *(
        (_beside(kin), "the nearest free slot to {kin} in {beside}, which is of the same type", 0.9)
        for kin in _KIN_ASKED
    ),
    (_FOR_ITS_TYPE, "the first free slot in a box for this type", 0.8),
    (_FOR_ANY_TYPE, "the first free slot in a box for any type", 0.5),
    (_ANY, "the first free slot", 0.4),
)


class SlotChoice(NamedTuple):
    """A slot for a part, why it suits the part, and how well."""

    slot: Slot
    why: str
    confidence: float
    holds_part: bool = False
    "whether the part lies there already"


def find_free(session: Session, part: Part, count: int) -> list[SlotChoice]:
    """Return up to `count` free slots for a part, best first, locked; slots that others have locked are passed over."""
    found: dict[Slot, SlotChoice] = {}
    for query, why, confidence in _QUESTIONS:
        if len(found) >= count:
            break
        for row in session.execute(query, {"part": part.id4, "count": count}).mappings():
            slot = Slot(row["box_no"], row["loc_no"])
            beside = {"kin": row["kin"], "beside": Slot(slot.box_no, row["beside"])} if "kin" in row else {}
            found.setdefault(slot, SlotChoice(slot, why.format(**beside), confidence))
    return list(found.values())[:count]


def explain_full(session: Session, part: Part) -> str:
    """Say that no slot is free for a part, and which box would help."""
    boxes, slots = session.execute(
        select(func.count(), func.coalesce(func.sum(Box.capacity), 0)).select_from(Box)
    ).one()
    if not boxes:
        return "no slot is free: there are no boxes; add a box"
    full = f"no slot is free: all {slots} slots of {boxes} boxes are in use or kept for other parts"
    if (nearest := session.scalar(_NEAREST, {"part": part.id4, "kin": _KIN_ASKED[-1]})) is not None:
        return f"{full}; add a box, or raise the capacity of box {nearest}, where its kin lie"
    designated = select(func.min(Box.box_no)).join(BoxType).where(BoxType.type_id == part.type_id)
    if (box_no := session.scalar(designated)) is not None:
        return f"{full}; add a box, or raise the capacity of box {box_no}, which is for its type"
    return f"{full}; add a box, or raise the capacity of one"
