"""Plans that the pipeline makes, and all of one applied by a run."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text

from engine.ledger.dispatch import DispatchService
from engine.ledger.ledger import Claim
from engine.ledger.run import RunService
from engine.step.step import NotNeeded
from engine.step.task import STEPS
from models.session import session_scope
from pipelines.reorg import replan, start_apply, start_plan
from schemas.errors import Conflict, InvalidInput, NotFound
from schemas.ledger import RunState
from schemas.reorg import NewReorgPlan, ReorgApplyInput, ReorgCounts, ReorgFigures, ReorgPlanState
from schemas.slot import Slot
from schemas.stock import Receive
from services.part import PartService
from services.reorg import ReorgApplyService, ReorgMoveService, ReorgPlanService, SnapshotService, plan_state
from services.slot_reservation import SlotReservationService
from services.stock import StockService
from tests.support.carrying import carry_out
from tests.support.layouts import drawn, is_balanced, lay_out
from tests.support.rows import new_part


@pytest.fixture
def parts(database: str, engine: Engine) -> dict[str, str]:
    """Three boxes in which parts of two types lie pell-mell, a bag of each part."""
    parts = lay_out("aAbBc", "CdDeE", ".....")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO types (name) VALUES ('Upper'), ('Lower') ON CONFLICT DO NOTHING"))
        for letter, id4 in parts.items():
            name = "Upper" if letter.isupper() else "Lower"
            connection.execute(
                text("UPDATE parts SET type_id = (SELECT id FROM types WHERE name = :name) WHERE id4 = :id4"),
                {"name": name, "id4": id4},
            )
    return parts


def planned(asked: NewReorgPlan | None = None) -> UUID:
    with session_scope() as session:
        plan, run = start_plan(session, asked or NewReorgPlan())
        plan_id, run_id = plan.id, run.id
    carry_out(run_id)
    return plan_id


def all_of(plan_id: UUID, *, undo: bool = False) -> UUID:
    command_id = uuid4()
    with session_scope() as session:
        start_apply(session, ReorgApplyInput(plan_id=plan_id, undo=undo), command_id=command_id)
    carry_out(command_id)
    return command_id


def state_of(plan_id: UUID) -> tuple[ReorgPlanState, ReorgCounts]:
    with session_scope() as session:
        plan = ReorgPlanService.get(session, plan_id)
        return plan_state(plan), ReorgMoveService.count(session, [plan_id])[plan_id]


def is_sorted(engine: Engine, parts: dict[str, str]) -> bool:
    return all(box.replace(".", "").isupper() or box.replace(".", "").islower() for box in drawn(engine, parts)[:2])


def test_plan_is_stored_with_expiry_and_figures(parts: dict[str, str]) -> None:
    plan_id = planned()

    with session_scope() as session:
        plan = ReorgPlanService.get(session, plan_id)
        assert plan_state(plan) is ReorgPlanState.READY
        assert plan.expires_at is not None
        assert plan.layout_version == session.scalar(text("SELECT max(id) FROM history"))
        before, after = map(ReorgFigures.model_validate, (plan.before, plan.after))
        assert after.score < before.score
        assert after.spare_boxes == 0
        moves = ReorgMoveService.list(session, plan_id, limit=100)
        assert sum(move.gain for move in moves) == pytest.approx(before.score - after.score)


def test_outputs_of_steps_hold_no_layout(parts: dict[str, str]) -> None:
    plan_id = planned()

    with session_scope() as session:
        run_id = ReorgPlanService.get(session, plan_id).run_id
    assert run_id is not None
    with session_scope() as session:
        outputs = [step.output for step in RunService.get(session, run_id).steps]
    assert all(len(str(output)) < 1000 for output in outputs)


def test_same_layout_and_seed_give_the_same_moves(parts: dict[str, str]) -> None:
    first, second = planned(), planned()

    with session_scope() as session:
        assert ReorgMoveService.list_new(session, first) == ReorgMoveService.list_new(session, second)


def test_all_is_applied_and_undone_by_runs(parts: dict[str, str], engine: Engine) -> None:
    before = drawn(engine, parts)
    plan_id = planned()

    all_of(plan_id)
    assert state_of(plan_id)[1].total == state_of(plan_id)[1].applied > 0
    assert is_balanced(engine)
    all_of(plan_id, undo=True)

    assert drawn(engine, parts) == before
    assert state_of(plan_id)[1].undone == state_of(plan_id)[1].total
    assert is_balanced(engine)


def test_tidy_layout_gets_no_moves(parts: dict[str, str]) -> None:
    all_of(planned())

    assert state_of(planned()) == (ReorgPlanState.READY, ReorgCounts())


def test_at_most_so_many_moves(parts: dict[str, str]) -> None:
    assert 0 < state_of(planned(NewReorgPlan(max_moves=5)))[1].total <= 5
    assert state_of(planned(NewReorgPlan(max_moves=0)))[1].total == 0


def test_boxes_and_parts_are_left_alone(parts: dict[str, str]) -> None:
    plan_id = planned(NewReorgPlan(leave=(1,), pinned=(parts["C"],)))

    with session_scope() as session:
        moves = ReorgMoveService.list(session, plan_id, limit=100)
        assert {1}.isdisjoint(slot.box_no for move in moves for slot in (move.origin, move.target))
        assert parts["C"] not in {move.part_id4 for move in moves}


def test_what_to_leave_alone_must_exist(database: str) -> None:
    with session_scope() as session:
        with pytest.raises(NotFound, match="box 9"):
            start_plan(session, NewReorgPlan(leave=(9,)))
        with pytest.raises(NotFound, match="part ZZZZ"):
            start_plan(session, NewReorgPlan(pinned=("ZZZZ",)))
        with pytest.raises(InvalidInput, match="objective pretty is unknown; expected fewest_moves, "):
            start_plan(session, NewReorgPlan(objective="pretty"))
        with pytest.raises(InvalidInput, match="weight beauty is unknown; expected boxes_per_type, "):
            start_plan(session, NewReorgPlan(objective={"beauty": 1.0}))


def test_run_says_which_moves_were_refused(parts: dict[str, str]) -> None:
    plan_id, other = planned(), new_part()
    with session_scope() as session:
        move = ReorgMoveService.list(session, plan_id, limit=1)[0]
        order = Receive(command_id=uuid4(), quantity=1, slot=move.target, share=True)
        StockService.carry_out(session, other, order)

    run_id = all_of(plan_id)

    with session_scope() as session:
        run = RunService.get(session, run_id)
        assert run.state == RunState.PARTIAL
        gap = next(step for step in run.steps if step.reason)
        assert gap.reason == "moves_refused"
        assert "moves were refused: 1" in (gap.detail or "")
    assert state_of(plan_id)[1].refused >= 1


def test_cancelled_run_stops_between_moves(parts: dict[str, str]) -> None:
    plan_id, command_id = planned(), uuid4()
    step = STEPS["reorg.apply"]
    with session_scope() as session:
        start_apply(session, ReorgApplyInput(plan_id=plan_id), command_id=command_id)
        DispatchService.raise_epoch(session, command_id)
        session.execute(text("UPDATE pipeline_runs SET cancel_requested_at = now()"))
        given = step.load(session, Claim(command_id, step.name, 7, 1, 0, None, {"plan_id": str(plan_id)}))
    with pytest.raises(NotNeeded, match="was cancelled; what it has applied stays"):
        step.work(given)

    assert state_of(plan_id)[1].applied == 0


def test_command_starts_one_run(parts: dict[str, str]) -> None:
    plan_id, command_id = planned(), uuid4()
    with session_scope() as session:
        first = start_apply(session, ReorgApplyInput(plan_id=plan_id), command_id=command_id)
        assert start_apply(session, ReorgApplyInput(plan_id=plan_id), command_id=command_id) is first


def test_rest_is_planned_again(parts: dict[str, str], engine: Engine) -> None:
    plan_id = planned(NewReorgPlan(max_moves=5))
    with session_scope() as session:
        ReorgApplyService.apply(session, plan_id, [1], command_id=uuid4())
    applied = state_of(plan_id)[1].applied
    with session_scope() as session:
        rest, run = replan(session, plan_id)
        rest_id, run_id = rest.id, run.id
        assert rest.asked["max_moves"] == 5 - applied
    carry_out(run_id)

    assert state_of(plan_id)[0] is ReorgPlanState.REPLACED
    with pytest.raises(Conflict, match=f"was replaced by {rest_id}"), session_scope() as session:
        ReorgApplyService.apply(session, plan_id, [2], command_id=uuid4())
    all_of(rest_id)
    assert is_sorted(engine, parts) or state_of(rest_id)[1].total == 5 - applied


def test_plan_that_is_being_made_cannot_be_applied(parts: dict[str, str]) -> None:
    with session_scope() as session:
        plan, _run = start_plan(session, NewReorgPlan())
        assert plan_state(ReorgPlanService.get(session, plan.id)) is ReorgPlanState.PLANNING
        with pytest.raises(Conflict, match="is still being made; wait for its run"):
            start_apply(session, ReorgApplyInput(plan_id=plan.id), command_id=uuid4())


def test_change_of_stock_is_noticed(parts: dict[str, str]) -> None:
    plan_id = planned()
    all_of(plan_id)
    with session_scope() as session:
        assert ReorgPlanService.find_change(session, ReorgPlanService.get(session, plan_id)) is None
        order = Receive(command_id=uuid4(), quantity=1, slot=Slot(3, 5))
        StockService.carry_out(session, parts["a"], order)
        assert ReorgPlanService.find_change(session, ReorgPlanService.get(session, plan_id)) is not None


def test_old_plans_are_forgotten_once_they_expire(parts: dict[str, str], configure: Callable[..., None]) -> None:
    planned()
    configure(REORG_PLAN_DAYS=100)
    kept = planned()
    with session_scope() as session:
        session.execute(text("UPDATE reorg_plans SET created_at = now() - interval '95 days'"))
        session.execute(
            text("UPDATE reorg_plans SET expires_at = now() - interval '1 day' WHERE id <> :kept"), {"kept": kept}
        )
        assert ReorgPlanService.delete_old(session, days=90) == 1
        assert [plan.id for plan in ReorgPlanService.list(session, limit=9)] == [kept]


def test_slots_that_are_kept_stay_free(parts: dict[str, str]) -> None:
    with session_scope() as session:
        part = PartService.get(session, parts["a"])
        assert all(SlotReservationService.create(session, part, Slot(3, at), until=None) for at in range(1, 6))

    with session_scope() as session:
        moves = ReorgMoveService.list(session, planned(), limit=100)
        assert 3 not in {move.to_box for move in moves}


def test_kin_stand_in_the_order_of_their_numbers(parts: dict[str, str]) -> None:
    with session_scope() as session:
        layout = SnapshotService.take(session, NewReorgPlan()).layout

    ranked = sorted((bag for bag in layout.bags if bag.kind == layout.bags[0].kind), key=lambda bag: bag.rank)
    assert [bag.part for bag in ranked] == [parts[letter] for letter in "abcde"]
