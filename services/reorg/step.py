"""One step of a plan, booked: a move, or a cycle that is turned through the hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from models import ReorgMove, ReorgPlan, StockCommand
from schemas.errors import Conflict, DomainError, NotFound
from schemas.reorg import ReorgMoveState, ReorgRefusal
from schemas.slot import Slot
from schemas.stock import Move, Turn, TurnedBag
from services.commands import part_command_id
from services.reorg.moves import Way
from services.reorg.obstacles import must_be_free
from services.stock import StockService, TurnService


@dataclass
class Applied:
    """The moves that are in the wanted state now, and those that were refused."""

    moves: list[int] = field(default_factory=list)
    refused: list[ReorgRefusal] = field(default_factory=list)

    @property
    def refused_moves(self) -> tuple[int, ...]:
        """The numbers of the moves that were refused."""
        return tuple(sorted({each.move for each in self.refused}))

    def add(self, other: "Applied") -> None:
        """Count what another part of the work has done."""
        self.moves += other.moves
        self.refused += other.refused


@dataclass(frozen=True)
class MoveStep:
    """The moves of a step, whose parts and slots are locked, and the request that is about them."""

    session: Session
    plan: ReorgPlan
    moves: Sequence[ReorgMove]
    way: Way
    command_id: UUID

    def carry_out(self) -> Applied:
        """Book the step unless that is done, or refuse all of its moves."""
        numbers = [move.number for move in self.moves]
        if self._is_done() or self._was_done():
            return Applied(moves=numbers)
        try:
            with self.session.begin_nested():
                self._must_be_possible()
                self._book()
        except (Conflict, NotFound) as refusal:
            return Applied(refused=self._refused(refusal))
        return Applied(moves=numbers)

    @property
    def _id(self) -> UUID:
        return uuid5(self.command_id, f"{self.way} {self.plan.id} {self.moves[0].step}")

    def _is_done(self) -> bool:
        wanted = ReorgMoveState.APPLIED if self.way == "apply" else ReorgMoveState.UNDONE
        return self.moves[0].state is wanted

    def _was_done(self) -> bool:
        """Tell whether this very request was carried out before, whatever others have done since."""
        return self.session.get(StockCommand, self._commands()[0]) is not None

    def _commands(self) -> Sequence[UUID]:
        if len(self.moves) == 1:
            return [self._id]
        return [part_command_id(self._id, move.part_id4) for move in self.moves]

    def _must_be_possible(self) -> None:
        if self.way == "undo" and self.moves[0].state is not ReorgMoveState.APPLIED:
            raise Conflict(f"move {self.moves[0].number} was not applied, so that there is nothing to undo")
        must_be_free(self.session, self.moves, [self._slots(move) for move in self.moves], way=self.way)

    def _slots(self, move: ReorgMove) -> tuple[Slot, Slot]:
        return (move.origin, move.target) if self.way == "apply" else (move.target, move.origin)

    def _book(self) -> None:
        what = "undo of a reorganisation" if self.way == "undo" else "reorganisation"
        reason = f"{what}: move {self.moves[0].number} of plan {self.plan.id}"
        if len(self.moves) == 1:
            (move,) = self.moves
            origin, target = self._slots(move)
            order = Move(command_id=self._id, reason=reason, from_slot=origin, to_slot=target)
            StockService.carry_out(self.session, move.part_id4, order)
        else:
            bags = [(move.part_id4, *self._slots(move)) for move in self.moves]
            turned = tuple(TurnedBag(part=part, from_slot=origin, to_slot=target) for part, origin, target in bags)
            TurnService.carry_out(self.session, Turn(command_id=self._id, reason=reason, bags=turned))
        for move, command_id in zip(self.moves, self._commands(), strict=True):
            self._mark(move, command_id)

    def _mark(self, move: ReorgMove, command_id: UUID) -> None:
        if self.way == "apply":
            move.state, move.command_id = ReorgMoveState.APPLIED, command_id
        else:
            move.state, move.undo_command_id = ReorgMoveState.UNDONE, command_id
        move.reason, move.changed_at = None, datetime.now(UTC)

    def _refused(self, refusal: DomainError) -> list[ReorgRefusal]:
        for move in self.moves:
            move.reason, move.changed_at = refusal.message, datetime.now(UTC)
            if self.way == "apply":
                move.state = ReorgMoveState.REFUSED
        return [ReorgRefusal(move=move.number, reason=refusal.message) for move in self.moves]
