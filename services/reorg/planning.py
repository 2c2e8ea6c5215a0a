"""From a snapshot to moves, and the check of moves: pure functions around the planner."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from planner import Impossible, Layout, Move, Objective, Picture, Place, Step, picture, plan, replay, sittings
from planner.board import Board
from planner.score import State
from schemas.reorg import NewReorgPlan, ReorgFigures
from schemas.slot import Slot
from services.reorg.layout import ReorgSnapshot
from services.reorg.moves import NewMove
from services.reorg.objective import objective_of
from settings.errors import PartflowError


class BadPlan(PartflowError):
    """A plan cannot be carried out, or does not do what was asked for; the message says where."""


def make_moves(snapshot: ReorgSnapshot, asked: NewReorgPlan) -> list[NewMove]:
    """Return the moves that lower the objective the most, sitting by sitting; the same for the same input."""
    made = plan(
        snapshot.layout,
        objective_of(asked),
        max_moves=asked.max_moves,
        open_boxes=asked.open_boxes,
        seed=asked.seed,
    )
    grouped = sittings(made.steps, open_boxes=asked.open_boxes)
    gains = _gains(snapshot.layout, objective_of(asked), [step for sitting in grouped for step in sitting.steps])
    moves: list[NewMove] = []
    step_number = 0
    for sitting, group in enumerate(grouped, start=1):
        for step in group.steps:
            step_number += 1
            gain = gains[step_number - 1] / len(step.moves)
            for move in step.moves:
                moves.append(
                    NewMove(
                        number=len(moves) + 1,
                        step=step_number,
                        sitting=sitting,
                        part=move.part,
                        origin=Slot(*move.origin),
                        target=Slot(*move.target),
                        quantity=snapshot.quantities[move.key],
                        gain=gain,
                    )
                )
    return moves


def _gains(layout: Layout, objective: Objective, steps: Sequence[Step]) -> list[float]:
    """Return by how much each step lowers the objective in this order, which is not the one of the planner."""
    board = Board(layout)
    state = State(board, board.start, objective)
    items = {bag.key: item for item, bag in enumerate(layout.bags)}
    scores = [state.score]
    for step in steps:
        for move in step.moves:
            state.put(items[move.key], board.slot(move.target))
        scores.append(state.score)
    return [before - after for before, after in pairwise(scores)]


Figures = tuple[ReorgFigures, ReorgFigures]
"Before and after."


def check_moves(snapshot: ReorgSnapshot, asked: NewReorgPlan, moves: Sequence[NewMove]) -> Figures:
    """Carry moves out on the snapshot, each checked when its turn comes, and return the figures before and after.

    Raises:
        BadPlan: a move is not possible, moves what is to be left alone, or there are too many; or nothing is gained.
    """
    if asked.max_moves is not None and len(moves) > asked.max_moves:
        raise BadPlan(f"the plan has {len(moves)} moves, and {asked.max_moves} were allowed")
    objective = objective_of(asked)
    before, after = (picture(layout, objective) for layout in (snapshot.layout, _layout_after(snapshot, moves)))
    if moves and after.score >= before.score:
        raise BadPlan(f"the plan gains nothing: the objective goes from {before.score} to {after.score}")
    return _figures(before), _figures(after)


def _layout_after(snapshot: ReorgSnapshot, moves: Iterable[NewMove]) -> Layout:
    """Return the layout once moves are carried out.

    Raises:
        BadPlan: one of them is not possible.
    """
    try:
        return replay(snapshot.layout, _steps(snapshot.layout, moves))
    except Impossible as reason:
        raise BadPlan(str(reason)) from reason


def _steps(layout: Layout, moves: Iterable[NewMove]) -> Iterator[Step]:
    keys = {(bag.part, bag.place): bag.key for bag in layout.bags}
    for _, group in groupby(moves, key=lambda move: move.step):
        step = list(group)
        moved: list[Move] = []
        for move in step:
            origin, target = Place(*move.origin), Place(*move.target)
            key = keys.pop((move.part, origin), f"{move.part} {move.origin}")
            moved.append(Move(key, move.part, origin, target))
        keys.update({(each.part, each.target): each.key for each in moved})
        yield Step(tuple(moved), sum(move.gain for move in step))


def _figures(drawn: Picture) -> ReorgFigures:
    return ReorgFigures.model_validate(drawn._asdict())
