"""Inventories drawn slot by slot, and plans that are written by hand."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from models import ReorgPlan
from models.session import session_scope
from schemas.reorg import NewReorgPlan
from schemas.slot import Slot
from services.box import BoxService
from services.part import PartService
from services.reorg import NewMove, ReorgMoveService, ReorgPlanService
from tests.support.rows import put_stock


def lay_out(*boxes: str) -> dict[str, str]:
    """Make boxes of a letter per slot, such as "AB.C"; a letter is a part, and a dot is a free slot.

    Returns the id4s by letter.
    """
    parts: dict[str, str] = {}
    with session_scope() as session:
        for letters in boxes:
            BoxService.create(session, description=letters, capacity=len(letters))
        for letter in sorted({letter for letters in boxes for letter in letters} - {"."}):
            parts[letter] = PartService.create(session, manufacturer_code=f"NUMBER{letter}").id4
    for box_no, letters in enumerate(boxes, start=1):
        for loc_no, letter in enumerate(letters, start=1):
            if letter != ".":
                put_stock(parts[letter], box_no, loc_no, 10 * box_no + loc_no, uuid4())
    return parts


def drawn(engine: Engine, parts: Mapping[str, str]) -> tuple[str, ...]:
    """Draw the boxes as `lay_out` takes them; two parts in one slot are a plus, and an unknown part is a question."""
    letters = {id4: letter for letter, id4 in parts.items()}
    with engine.connect() as connection:
        sizes = connection.execute(text("SELECT box_no, capacity FROM boxes ORDER BY box_no")).all()
        rows = connection.execute(text("SELECT box_no, loc_no, part_id4 FROM part_locations")).all()
    boxes = {box_no: ["."] * capacity for box_no, capacity in sizes}
    for box_no, loc_no, id4 in rows:
        there = boxes[box_no][loc_no - 1]
        boxes[box_no][loc_no - 1] = letters.get(id4, "?") if there == "." else "+"
    return tuple("".join(each) for each in boxes.values())


def new_plan(parts: Mapping[str, str], steps: Sequence[Sequence[tuple[str, str, str]]], *, days: float = 1) -> UUID:
    """Store a plan of steps, each of moves of a letter from slot to slot; two steps are a sitting."""
    plan_id = uuid4()
    moves = [(number, move) for number, step in enumerate(steps, start=1) for move in step]
    with session_scope() as session:
        plan = ReorgPlan(id=plan_id, asked=NewReorgPlan().model_dump(mode="json", exclude_defaults=True))
        session.add(plan)
        session.flush()
        ReorgMoveService.replace(
            session,
            plan,
            [
                NewMove(number, step, (step + 1) // 2, parts[letter], Slot.parse(origin), Slot.parse(target), 1, 1.0)
                for number, (step, (letter, origin, target)) in enumerate(moves, start=1)
            ],
        )
        ReorgPlanService.finish(session, plan, days=days)
    return plan_id


def is_balanced(engine: Engine) -> bool:
    """Tell whether the sums of the history are the sums of the placements, slot by slot."""
    query = """
        SELECT count(*)
        FROM (SELECT part_id4, box_no, loc_no, sum(delta_qty) AS qty FROM history GROUP BY 1, 2, 3) booked
        FULL JOIN part_locations lying USING (part_id4, box_no, loc_no)
        WHERE coalesce(booked.qty, 0) <> coalesce(lying.qty, 0)
    """
    with engine.connect() as connection:
        differing: int = connection.execute(text(query)).scalar_one()
    return differing == 0
