"""What two people do to a plan, or to its slots, at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text

from benchmarks.stock_invariants import broken
from models.session import session_scope
from schemas.errors import Conflict
from schemas.slot import Slot
from schemas.stock import Receive
from services.reorg import Applied, ReorgApplyService
from services.stock import StockService
from tests.support.layouts import drawn, lay_out, new_plan

ROUNDS = 5


@pytest.fixture(autouse=True)
def _pool(database: str, configure: Callable[..., None]) -> None:
    configure(DATABASE_POOL_SIZE=6)


def at_once[Done](*acts: Callable[[], Done]) -> list[Done]:
    """Do all of it at the same moment."""
    start = threading.Barrier(len(acts))

    def one(act: Callable[[], Done]) -> Done:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def applying(plan: UUID, *numbers: int) -> Callable[[], Applied]:
    def act() -> Applied:
        with session_scope() as session:
            return ReorgApplyService.apply(session, plan, numbers, command_id=uuid4())

    return act


def undoing(plan: UUID, *numbers: int) -> Callable[[], Applied]:
    def act() -> Applied:
        with session_scope() as session:
            return ReorgApplyService.undo(session, plan, numbers, command_id=uuid4())

    return act


def receiving(part: str, slot: str) -> Callable[[], bool]:
    def act() -> bool:
        order = Receive(command_id=uuid4(), quantity=1, slot=Slot.parse(slot))
        try:
            with session_scope() as session:
                StockService.carry_out(session, part, order)
        except Conflict:
            return False
        return True

    return act


def must_be_sound(engine: Engine) -> None:
    with engine.connect() as connection:
        shared = (
            "SELECT count(*) FROM (SELECT 1 FROM part_locations GROUP BY box_no, loc_no HAVING count(*) > 1) AS two"
        )
        assert connection.scalar(text(shared)) == 0
        found = broken(connection)
    assert found == dict.fromkeys(found, 0)


def test_two_people_book_each_move_once(engine: Engine) -> None:
    parts = lay_out("ABCD....", "EF")
    steps = [[(letter, f"1-{at}", f"1-{at + 4}")] for at, letter in enumerate("ABCD", start=1)]
    plan = new_plan(parts, [*steps, [("E", "2-1", "2-2"), ("F", "2-2", "2-1")]])

    done = at_once(applying(plan, 1, 2, 3, 4, 5), applying(plan, 6, 4, 3, 2, 1))

    assert [sorted(each.moves) for each in done] == [[1, 2, 3, 4, 5, 6]] * 2
    assert drawn(engine, parts) == ("....ABCD", "FE")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM stock_commands WHERE kind <> 'receive'")) == 6
    must_be_sound(engine)


def test_plans_that_cross_do_not_deadlock(engine: Engine) -> None:
    parts = lay_out("ABCD", "....")
    for _ in range(ROUNDS):
        there = new_plan(parts, [[("A", "1-1", "2-1")], [("B", "1-2", "2-2")]])
        back = new_plan(parts, [[("C", "1-3", "2-2")], [("D", "1-4", "2-1")]])
        done = at_once(applying(there, 1, 2), applying(back, 1, 2))

        assert sum(len(each.moves) for each in done) == 2
        at_once(undoing(there, 1, 2), undoing(back, 1, 2))
    assert drawn(engine, parts) == ("ABCD", "....")
    must_be_sound(engine)


def test_no_receipt_takes_a_slot_of_a_cycle(engine: Engine) -> None:
    parts = lay_out("ABCX", "...")
    for _ in range(ROUNDS):
        cycle = [("A", "1-1", "1-2"), ("B", "1-2", "1-3"), ("C", "1-3", "1-1")]
        plan = new_plan(parts, [cycle])
        act = applying(plan, 1), *(receiving(parts["X"], f"1-{at}") for at in (1, 2, 3))
        turned, *received = at_once(*act)

        assert isinstance(turned, Applied)
        assert turned.moves == [1, 2, 3]
        assert received == [False] * 3
        undoing(plan, 1)()
        must_be_sound(engine)


def test_receipt_and_move_into_one_slot(engine: Engine) -> None:
    parts = lay_out("AX", "." * ROUNDS)
    for at in range(1, ROUNDS + 1):
        plan = new_plan(parts, [[("A", "1-1", f"2-{at}")]])
        moved, received = at_once(applying(plan, 1), receiving(parts["X"], f"2-{at}"))

        assert isinstance(moved, Applied)
        assert bool(moved.moves) is not received
        undoing(plan, 1)()
    must_be_sound(engine)
