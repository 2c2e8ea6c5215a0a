"""The picture of the boxes before and after a plan."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from planner import Bag, Box, Layout, Place
from schemas.drawing import Drawing, DrawnRect, DrawnText
from schemas.errors import Conflict
from schemas.reorg import ReorgFigures
from schemas.slot import Slot
from services.reorg.layout import ReorgSnapshot
from services.reorg.moves import NewMove, ReorgMoveService
from services.reorg.planning import Figures
from services.reorg.service import ReorgPlanService, plan_state

MOST_BOXES: Final = 40
"A picture of more is too long to look at."
_COLOURS: Final = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#8da0cb", "#d55e00", "#cc79a7", "#b2df8a", "#cab2d6")
"Colours that colour-blind people can tell apart come first, for the types with the most bags."
_OTHER, _EMPTY, _LINE, _MOVED = "#bbbbbb", "#ffffff", "#888888", "#000000"
_COLUMNS, _CELL, _ROW = 10, 34, 16
_MARGIN, _HEAD, _GAP = 12, 92, 40
_NAMED_TYPES = 9
_LEAST_WIDTH = 640

Bags = Mapping[Place, Sequence[Bag]]
"What lies in each place."


class ReorgPictureService:
    """Draws plans."""

    @staticmethod
    def get(session: Session, plan_id: UUID) -> Drawing:
        """Return the picture of a plan.

        Raises:
            NotFound: the plan does not exist.
            Conflict: it is still being made, or could not be made.
        """
        plan = ReorgPlanService.get(session, plan_id)
        if plan.snapshot is None or plan.before is None or plan.after is None:
            raise Conflict(f"plan {plan_id} has no picture yet; wait for its run", state=plan_state(plan))
        figures = ReorgFigures.model_validate(plan.before), ReorgFigures.model_validate(plan.after)
        moves = ReorgMoveService.list_new(session, plan_id)
        return picture_of(ReorgSnapshot.unpacked(plan.snapshot), moves, figures)


def picture_of(snapshot: ReorgSnapshot, moves: Sequence[NewMove], figures: Figures) -> Drawing:
    """Draw the boxes that a plan changes, as they were and as they will be, with the types in colours."""
    touched = {slot.box_no for move in moves for slot in (move.origin, move.target)}
    boxes = [box for box in snapshot.layout.boxes if box.number in touched]
    before = _by_place(snapshot.layout)
    sheet = _Sheet(snapshot.kinds, _colours(snapshot), before, _moved(before, moves))
    return sheet.draw(boxes, figures, len(moves))


def _colours(snapshot: ReorgSnapshot) -> Mapping[int, str]:
    counted = Counter(bag.kind for bag in snapshot.layout.bags if bag.kind is not None)
    most = sorted(counted, key=lambda kind: (-counted[kind], kind))
    return dict(zip(most, _COLOURS, strict=False))


@dataclass
class _Sheet:
    kinds: Mapping[int, str]
    colours: Mapping[int, str]
    before: Bags
    after: Bags
    rects: list[DrawnRect] = field(default_factory=list)
    texts: list[DrawnText] = field(default_factory=list)

    def draw(self, boxes: Sequence[Box], figures: Figures, moves: int) -> Drawing:
        side = _CELL * max([min(_COLUMNS, box.capacity) for box in boxes[:MOST_BOXES]], default=_COLUMNS)
        self._head(figures, moves, len(boxes))
        y = _HEAD
        for box in boxes[:MOST_BOXES]:
            self.texts.append(DrawnText(_MARGIN, y + 14, 12, f"box {box.number}"))
            for x, lying, others in (
                (_MARGIN, self.before, self.after),
                (_MARGIN + side + _GAP, self.after, self.before),
            ):
                for loc in range(1, box.capacity + 1):
                    self._cell(x, y + 20, Place(box.number, loc), lying, others)
            y += 20 + _ROW * -(-box.capacity // _COLUMNS) + 12
        width = max(2 * _MARGIN + 2 * side + _GAP, _LEAST_WIDTH)
        return Drawing(width, y + _MARGIN, tuple(self.rects), tuple(self.texts))

    def _head(self, figures: Figures, moves: int, boxes: int) -> None:
        more = f"; {boxes - MOST_BOXES} more boxes change" if boxes > MOST_BOXES else ""
        lines = (
            f"Left before, right after {moves} moves in {boxes} boxes{more}. Thick lines are bags that move.",
            "; ".join(_compared(*figures)),
        )
        for number, line in enumerate(lines):
            self.texts.append(DrawnText(_MARGIN, 20 + 18 * number, 12, line))
        x = _MARGIN
        for kind, colour in list(self.colours.items())[:_NAMED_TYPES]:
            name = self.kinds.get(kind, "?")[:20]
            self.rects.append(DrawnRect(x, 54, 10, 10, colour, _LINE))
            self.texts.append(DrawnText(x + 14, 63, 10, name))
            x += 24 + 6 * len(name)

    def _cell(self, x: int, y: int, place: Place, lying: Bags, others: Bags) -> None:
        row, column = divmod(place.loc - 1, _COLUMNS)
        left, top = x + column * _CELL, y + row * _ROW
        bags = lying.get(place, ())
        title = f"{Slot(*place)}: {', '.join(map(self._named, bags)) or 'free'}"
        colour = self.colours.get(bags[0].kind or 0, _OTHER) if bags else _EMPTY
        is_moved = bags and {bag.key for bag in bags} != {bag.key for bag in others.get(place, ())}
        stroke = (_MOVED, 2) if is_moved else (_LINE, 1)
        self.rects.append(DrawnRect(left, top, _CELL, _ROW, colour, *stroke, title))
        if bags:
            more = "+" if len(bags) > 1 else ""
            self.texts.append(DrawnText(left + _CELL // 2, top + 12, 9, bags[0].part + more, centred=True))

    def _named(self, bag: Bag) -> str:
        kind = self.kinds.get(bag.kind or 0)
        return f"{bag.part} ({kind})" if kind else bag.part


def _compared(before: ReorgFigures, after: ReorgFigures) -> Iterator[str]:
    yield f"boxes per type {before.boxes_per_type:.2f} to {after.boxes_per_type:.2f}"
    yield f"gaps {before.gaps} to {after.gaps}"
    yield f"kin {before.kin:.2f} to {after.kin:.2f} apart"
    yield f"boxes per pick list {before.boxes_per_pick:.1f} to {after.boxes_per_pick:.1f}"


def _moved(lying: Bags, moves: Sequence[NewMove]) -> Bags:
    """Carry moves out by their slots alone, which hold when a part was merged since and has another name in them."""
    after = dict(lying)
    for _, group in groupby(moves, key=lambda move: move.step):
        step = [(Place(*move.origin), Place(*move.target)) for move in group]
        lifted = [after.pop(origin, ()) for origin, _ in step]
        after.update({target: bags for (_, target), bags in zip(step, lifted, strict=True)})
    return after


def _by_place(layout: Layout) -> Bags:
    found: dict[Place, list[Bag]] = {}
    for bag in layout.bags:
        found.setdefault(bag.place, []).append(bag)
    return found
