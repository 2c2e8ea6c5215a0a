"""Moves of plans, applied and undone on a real database."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text

from models.session import session_scope
from schemas.errors import Conflict, NotFound
from schemas.slot import Slot
from schemas.stock import Receive
from services.part import PartService
from services.part_merge import PartMergeService
from services.reorg import Applied, ReorgApplyService, ReorgMoveService
from services.slot_reservation import SlotReservationService
from services.stock import StockService
from tests.support.layouts import drawn, is_balanced, lay_out, new_plan


def apply(plan: UUID, *numbers: int, command_id: UUID | None = None) -> Applied:
    with session_scope() as session:
        return ReorgApplyService.apply(session, plan, numbers, command_id=command_id or uuid4())


def undo(plan: UUID, *numbers: int, command_id: UUID | None = None) -> Applied:
    with session_scope() as session:
        return ReorgApplyService.undo(session, plan, numbers, command_id=command_id or uuid4())


def receive(part: str, slot: str, quantity: int = 5) -> None:
    with session_scope() as session:
        StockService.carry_out(session, part, Receive(command_id=uuid4(), quantity=quantity, slot=Slot.parse(slot)))


def states(plan: UUID) -> list[str]:
    with session_scope() as session:
        return [move.state.value for move in ReorgMoveService.list(session, plan, limit=100)]


@pytest.fixture
def parts(database: str) -> dict[str, str]:
    return lay_out("AB.", "CD.")


def test_move_takes_the_whole_bag(parts: dict[str, str], engine: Engine) -> None:
    plan = new_plan(parts, [[("A", "1-1", "2-3")]])

    assert apply(plan, 1).moves == [1]
    assert drawn(engine, parts) == (".B.", "CDA")
    assert states(plan) == ["applied"]
    assert is_balanced(engine)


def test_history_says_which_move_it_was(parts: dict[str, str]) -> None:
    plan = new_plan(parts, [[("A", "1-1", "2-3")]])
    apply(plan, 1)

    with session_scope() as session:
        newest = StockService.list_history(session, parts["A"], limit=2)
        assert {each.reason for each in newest} == {f"reorganisation: move 1 of plan {plan}"}
        assert [each.command.kind for each in newest] == ["move", "move"]


def test_cycle_is_turned_in_one_step(parts: dict[str, str], engine: Engine) -> None:
    plan = new_plan(parts, [[("A", "1-1", "1-2"), ("B", "1-2", "2-1"), ("C", "2-1", "1-1")]])

    assert apply(plan, 2).moves == [1, 2, 3]
    assert drawn(engine, parts) == ("CA.", "BD.")
    assert is_balanced(engine)
    with session_scope() as session:
        kinds = [StockService.list_history(session, parts[each], limit=1)[0].command.kind for each in "ABC"]
    assert kinds == ["turn"] * 3


def test_cycle_turns_two_bags_of_one_part(database: str, engine: Engine) -> None:
    parts = lay_out("AB", "AC")
    plan = new_plan(parts, [[("A", "1-1", "1-2"), ("B", "1-2", "2-1"), ("A", "2-1", "2-2"), ("C", "2-2", "1-1")]])

    assert apply(plan, 1).moves == [1, 2, 3, 4]
    assert drawn(engine, parts) == ("CA", "BA")
    assert is_balanced(engine)


def test_move_is_applied_once(parts: dict[str, str], engine: Engine) -> None:
    plan = new_plan(parts, [[("A", "1-1", "2-3")]])
    apply(plan, 1)

    assert apply(plan, 1).moves == [1]
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM stock_commands WHERE kind = 'move'")) == 1


@pytest.mark.parametrize("steps", [[[("A", "1-1", "2-3")]], [[("A", "1-1", "2-1"), ("C", "2-1", "1-1")]]])
def test_late_repetition_does_not_apply_what_was_undone(
    parts: dict[str, str], engine: Engine, steps: list[list[tuple[str, str, str]]]
) -> None:
    plan, command_id = new_plan(parts, steps), uuid4()
    apply(plan, 1, command_id=command_id)
    undo(plan, 1)

    apply(plan, 1, command_id=command_id)

    assert drawn(engine, parts) == ("AB.", "CD.")
    assert set(states(plan)) == {"undone"}


def test_stale_move_is_refused_and_others_hold(parts: dict[str, str], engine: Engine) -> None:
    plan = new_plan(parts, [[("A", "1-1", "2-3")], [("C", "2-1", "1-3")]])
    receive(parts["B"], "2-3")

    done = apply(plan, 1, 2)

    assert done.moves == [2]
    assert [each.move for each in done.refused] == [1]
    assert done.refused[0].reason == f"{parts['A']} cannot come to 2-3: {parts['B']} lies there; plan the rest again"
    assert states(plan) == ["refused", "applied"]
    assert drawn(engine, parts) == ("ABC", ".DB")


def test_refused_move_may_be_possible_again(parts: dict[str, str]) -> None:
    plan = new_plan(parts, [[("A", "1-1", "1-3")], [("B", "1-2", "1-1")]])

    refused = apply(plan, 2).refused
    assert refused[0].reason.endswith(f"{parts['A']} lies there; apply move 1 first, which takes it away")
    assert apply(plan, 1, 2).moves == [1, 2]
    assert states(plan) == ["applied", "applied"]


def test_bag_that_is_gone_is_refused(parts: dict[str, str]) -> None:
    first, second = (new_plan(parts, [[("A", "1-1", target)]]) for target in ("2-3", "1-3"))
    apply(first, 1)

    assert "does not lie in 1-1 any more" in apply(second, 1).refused[0].reason


def test_slot_that_shares_its_bag_with_a_cycle_refuses_it(parts: dict[str, str], engine: Engine) -> None:
    plan = new_plan(parts, [[("A", "1-1", "2-1"), ("C", "2-1", "1-1")]])
    with session_scope() as session:
        order = Receive(command_id=uuid4(), quantity=1, slot=Slot(2, 1), share=True)
        StockService.carry_out(session, parts["B"], order)

    assert [each.move for each in apply(plan, 1).refused] == [1, 2]
    assert drawn(engine, parts) == ("AB.", "+D.")


def test_receipt_into_the_bag_goes_with_it(parts: dict[str, str], engine: Engine) -> None:
    plan = new_plan(parts, [[("A", "1-1", "2-3")]])
    receive(parts["A"], "1-1")

    assert apply(plan, 1).moves == [1]
    assert is_balanced(engine)


def test_undo_goes_in_reverse(parts: dict[str, str], engine: Engine) -> None:
    plan = new_plan(parts, [[("A", "1-1", "1-3")], [("B", "1-2", "1-1")], [("C", "2-1", "2-2"), ("D", "2-2", "2-1")]])
    apply(plan, 1, 2, 3)

    assert sorted(undo(plan, 1, 2, 3).moves) == [1, 2, 3, 4]
    assert drawn(engine, parts) == ("AB.", "CD.")
    assert set(states(plan)) == {"undone"}
    assert is_balanced(engine)


def test_undo_goes_as_far_as_the_world_allows(parts: dict[str, str], engine: Engine) -> None:
    plan = new_plan(parts, [[("A", "1-1", "1-3")], [("B", "1-2", "1-1")], [("C", "2-1", "2-3")]])
    apply(plan, 1, 2, 3)
    receive(parts["D"], "1-2")

    done = undo(plan, 1, 2, 3)

    assert done.moves == [3]
    assert [each.move for each in done.refused] == [2, 1]
    assert "move it away first" in done.refused[0].reason
    assert "undo move 2 first" in done.refused[1].reason
    assert drawn(engine, parts) == ("BDA", "CD.")
    assert states(plan) == ["applied", "applied", "undone"]


def test_move_that_was_not_applied_cannot_be_undone(parts: dict[str, str]) -> None:
    plan = new_plan(parts, [[("A", "1-1", "2-3")]])

    assert "was not applied" in undo(plan, 1).refused[0].reason
    assert states(plan) == ["proposed"]


def test_undone_move_can_be_applied_again(parts: dict[str, str]) -> None:
    plan = new_plan(parts, [[("A", "1-1", "2-3")]])
    apply(plan, 1)
    undo(plan, 1)

    assert apply(plan, 1).moves == [1]
    assert states(plan) == ["applied"]


def test_expired_plan_is_not_applied_but_undone(parts: dict[str, str], engine: Engine) -> None:
    plan = new_plan(parts, [[("A", "1-1", "2-3")], [("B", "1-2", "1-3")]])
    apply(plan, 1)
    with engine.begin() as connection:
        connection.execute(text("UPDATE reorg_plans SET expires_at = now() - interval '1 second'"))

    with pytest.raises(Conflict, match="has expired; plan the rest again"):
        apply(plan, 2)
    assert undo(plan, 1).moves == [1]


def test_unknown_move_is_not_found(parts: dict[str, str]) -> None:
    with pytest.raises(NotFound, match="no move 2 of this plan"):
        apply(new_plan(parts, [[("A", "1-1", "2-3")]]), 1, 2)


def test_move_follows_a_merged_part(parts: dict[str, str], engine: Engine) -> None:
    plan = new_plan(parts, [[("A", "1-1", "2-3")]])
    with session_scope() as session:
        PartMergeService.merge(session, parts["A"], into=parts["B"], command_id=uuid4())

    assert apply(plan, 1).moves == [1]
    assert drawn(engine, parts) == (".B.", "CDB")


@pytest.mark.parametrize("shares", [1, 2, 3, 8])
def test_shares_are_all_there_is(parts: dict[str, str], shares: int) -> None:
    plan = new_plan(parts, [[("A", "1-1", "1-3")], [("B", "1-2", "1-1")], [("C", "2-1", "2-3")], [("A", "1-3", "1-2")]])
    apply(plan, 3)

    with session_scope() as session:
        left = [ReorgMoveService.list_share(session, plan, "apply", each, of=shares) for each in range(shares)]
        there = [ReorgMoveService.list_share(session, plan, "undo", each, of=shares) for each in range(shares)]
    assert [number for share in left for number in share] == [1, 2, 4]
    assert [number for share in there for number in share] == [3]


def test_sitting_is_listed_in_order(parts: dict[str, str]) -> None:
    plan = new_plan(parts, [[("A", "1-1", "1-3")], [("B", "1-2", "1-1")], [("C", "2-1", "2-3")]])
    apply(plan, 1)

    with session_scope() as session:
        assert ReorgMoveService.list_numbers(session, plan, "apply", sitting=1) == [2]
        assert ReorgMoveService.list_numbers(session, plan, "undo") == [1]
        with pytest.raises(NotFound, match="sitting 9"):
            ReorgMoveService.list_numbers(session, plan, "apply", sitting=9)


def test_slot_that_is_kept_for_another_part_is_refused(parts: dict[str, str]) -> None:
    plan = new_plan(parts, [[("A", "1-1", "2-3")], [("B", "1-2", "1-3")]])
    with session_scope() as session:
        kept = PartService.get(session, parts["C"])
        assert SlotReservationService.create(session, kept, Slot(2, 3), until=None)
        assert SlotReservationService.create(session, PartService.get(session, parts["B"]), Slot(1, 3), until=None)

    done = apply(plan, 1, 2)

    assert done.moves == [2]
    assert f"the slot is kept for {parts['C']}" in done.refused[0].reason
    with session_scope() as session:
        assert [each.slot for each in SlotReservationService.list(session, [Slot(1, 3), Slot(2, 3)])] == [Slot(2, 3)]
