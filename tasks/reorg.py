"""Planning a reorganisation, and applying all of one."""

from dataclasses import dataclass
from itertools import batched
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from models import PipelineRun
from models.session import session_scope
from schemas.errors import Conflict, Permanent
from schemas.ledger import Gap
from schemas.reorg import (
    NewReorgPlan,
    ReorgApplyInput,
    ReorgChecked,
    ReorgMovesMade,
    ReorgRunApplied,
    ReorgSnapshotTaken,
    ReorgStored,
    ReorgSubject,
)
from services.reorg import (
    Applied,
    BadPlan,
    ReorgApplyService,
    ReorgMoveService,
    ReorgPlanService,
    ReorgSnapshot,
    SnapshotService,
    check_moves,
    make_moves,
)
from settings import get_settings

_LONGEST = 1500
SHARES = 8
"Steps of a run that applies all: each is progress, and has attempts of its own, so that the run outlives many deaths."
_AT_ONCE = 10
"Moves in a transaction: their parts are locked until it ends, and each commit waits for the disk."
_NAMED = 10
"How many refused moves a sentence names; the plan has all."


@dataclass(frozen=True)
class _Planned:
    """What the steps that plan are about."""

    plan_id: UUID
    asked: NewReorgPlan


class _PlanningStep[Output: ReorgSubject](Step[_Planned, Output]):
    """A step of a plan that is being made; what it reads and writes is as large as the inventory, so it stays in rows.

    `work` writes in a transaction of its own. It may be carried out twice, and writes the same again.
    """

    queue = Queue.INGEST
    essential = True
    longest = _LONGEST

    def load(self, session: Session, claim: Claim) -> _Planned:
        """Return which plan it is, and what was asked for."""
        plan = ReorgPlanService.get(session, ReorgSubject.model_validate(claim.input).plan_id)
        return _Planned(plan.id, NewReorgPlan.model_validate(plan.asked))


class TakeSnapshot(_PlanningStep[ReorgSnapshotTaken]):
    """Keep the layout of all boxes with the plan."""

    name = "reorg.snapshot"
    output = ReorgSnapshotTaken

    def work(self, given: _Planned) -> ReorgSnapshotTaken:
        """Read one state of the database."""
        with session_scope() as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            taken = SnapshotService.take(session, given.asked)
            plan = ReorgPlanService.get(session, given.plan_id)
            plan.snapshot, plan.layout_version = taken.packed(), taken.version
        return ReorgSnapshotTaken(plan_id=given.plan_id, layout_version=taken.version, bags=len(taken.layout.bags))


class MakeMoves(_PlanningStep[ReorgMovesMade]):
    """Let the planner find moves."""

    name = "reorg.plan"
    output = ReorgMovesMade

    def work(self, given: _Planned) -> ReorgMovesMade:
        """Plan, and store the moves."""
        moves = make_moves(_snapshot(given.plan_id), given.asked)
        with session_scope() as session:
            plan = ReorgPlanService.lock(session, given.plan_id)
            ReorgMoveService.replace(session, plan, moves)
        sittings = moves[-1].sitting if moves else 0
        return ReorgMovesMade(plan_id=given.plan_id, moves=len(moves), sittings=sittings)


class CheckMoves(_PlanningStep[ReorgChecked]):
    """Check that each move is possible when its turn comes, and that they do what was asked for."""

    name = "reorg.check"
    output = ReorgChecked

    def work(self, given: _Planned) -> ReorgChecked:
        """Carry the stored moves out on the snapshot."""
        with session_scope() as session:
            moves = ReorgMoveService.list_new(session, given.plan_id)
        try:
            before, after = check_moves(_snapshot(given.plan_id), given.asked, moves)
        except BadPlan as reason:
            raise Permanent("bad_plan", str(reason)) from reason
        return ReorgChecked(plan_id=given.plan_id, moves=len(moves), before=before, after=after)

    def record(self, session: Session, claim: Claim, output: ReorgChecked) -> Gap | None:
        """Keep the figures with the plan."""
        plan = ReorgPlanService.lock(session, output.plan_id)
        plan.before, plan.after = output.before.model_dump(), output.after.model_dump()
        session.flush()
        return None


class StorePlan(_PlanningStep[ReorgStored]):
    """Let the plan be applied until it expires."""

    name = "reorg.store"
    output = ReorgStored

    def work(self, given: _Planned) -> ReorgStored:
        """Do it in one transaction; a second time leaves the plan as it is."""
        with session_scope() as session:
            plan = ReorgPlanService.lock(session, given.plan_id)
            expires_at = plan.expires_at or ReorgPlanService.finish(session, plan, days=get_settings().reorg.plan_days)
        return ReorgStored(plan_id=given.plan_id, expires_at=expires_at)


def _snapshot(plan_id: UUID) -> ReorgSnapshot:
    with session_scope() as session:
        packed = ReorgPlanService.get(session, plan_id).snapshot
    if packed is None:
        raise Permanent("no_snapshot", "the plan has no snapshot; make another")
    return ReorgSnapshot.unpacked(packed)


@dataclass(frozen=True)
class _ToApply:
    """The plan whose moves are applied or undone, the run that does it, and which share of them."""

    run_id: UUID
    asked: ReorgApplyInput
    share: int


class ApplyMoves(Step[_ToApply, ReorgRunApplied]):
    """Apply or undo a share of the moves of a plan that are left; their states say what is done, whatever dies."""

    name = "reorg.apply"
    queue = Queue.INGEST
    essential = True
    longest = _LONGEST
    output = ReorgRunApplied

    def load(self, session: Session, claim: Claim) -> _ToApply:
        """Return what is to be done."""
        return _ToApply(claim.run_id, ReorgApplyInput.model_validate(claim.input), claim.index)

    def work(self, given: _ToApply) -> ReorgRunApplied:
        """Carry out a few moves in each transaction, in order."""
        asked = given.asked
        with session_scope() as session:
            numbers = ReorgMoveService.list_share(session, asked.plan_id, asked.way, given.share, of=SHARES)
        done = Applied()
        for some in batched(numbers, _AT_ONCE):
            done.add(_carried_out(given, some))
        return ReorgRunApplied(plan_id=asked.plan_id, moves=len(set(done.moves)), refused=done.refused_moves)

    def record(self, session: Session, claim: Claim, output: ReorgRunApplied) -> Gap | None:
        """Say which moves were refused."""
        if not output.refused:
            return None
        named = ", ".join(map(str, output.refused[:_NAMED]))
        more = f" and {len(output.refused) - _NAMED} more" if len(output.refused) > _NAMED else ""
        detail = f"moves were refused: {named}{more}; the plan says why, and the rest can be planned again"
        return Gap(step=self.name, reason="moves_refused", detail=detail)


def _carried_out(given: _ToApply, numbers: tuple[int, ...]) -> Applied:
    carry_out = ReorgApplyService.undo if given.asked.undo else ReorgApplyService.apply
    with session_scope() as session:
        if session.scalar(select(PipelineRun.cancel_requested_at).where(PipelineRun.id == given.run_id)):
            raise NotNeeded("the run was cancelled; what it has applied stays")
        try:
            return carry_out(session, given.asked.plan_id, numbers, command_id=given.run_id)
        except Conflict as refusal:
            raise Permanent("not_ready", refusal.message) from refusal


take_snapshot = as_task(TakeSnapshot())
make_the_moves = as_task(MakeMoves())
check_the_moves = as_task(CheckMoves())
store_plan = as_task(StorePlan())
apply_moves = as_task(ApplyMoves())
