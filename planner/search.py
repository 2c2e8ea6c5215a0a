"""Search in small layouts: simulated annealing from the layout as it is, then changes that pay until there are none.

The number of displaced bags is limited. The lower the limit, the more bags are pulled back: there are far more layouts
with many displaced bags than with few, and the search would freeze at the limit otherwise.
"""

from array import array
from collections.abc import Iterator
from itertools import islice
from math import exp
from random import Random
from typing import Final

from planner.board import NONE, Board
from planner.delta import Changes, at_once, exchange
from planner.groups import propose
from planner.objective import Objective
from planner.score import State

_LEAST: Final = 1e-9
_HOT: Final = 0.3
"The first temperature, as a share of the greatest gain of a move."
_COLD: Final = 0.2
"The last temperature."
_PULL: Final = 2.0
"How much less likely, as a logarithm, a bag is displaced if hardly any may be."
_GROUPS: Final = 0.15
"The share of tries that move several bags at once."


class Search:
    """A layout under way and the best one so far, by its cost: score, and cost of the bags that are displaced."""

    def __init__(self, board: Board, objective: Objective, limit: int, random: Random) -> None:
        self.board, self.objective, self.limit, self.random = board, objective, limit, random
        self.loose = [item for item in range(board.size) if not board.stuck[item]]
        self.usable = [slot for slot in range(board.slots) if not board.closed[slot]]
        most_uses, most_lists = max(board.uses, default=0.0), max(map(len, board.picks_of.values()), default=0)
        terms = (objective.boxes_per_type, objective.gaps, objective.kin)
        self.greatest = max(*terms, objective.front * most_uses, objective.together * most_lists)
        self.alike = not (objective.kin or objective.front or objective.together)
        "whether bags of one type are as good as each other"
        self.pull = _PULL * max(0.0, 1 - limit / max(1, len(self.loose)))
        self.lowest = float("inf")
        self.begin(board.start)

    def begin(self, slot: array[int]) -> None:
        """Go on from a layout."""
        self.state = State(self.board, slot, self.objective)
        self.displaced = sum(map(int.__ne__, slot, self.board.start))
        self.cost = self.state.score + self.objective.moves * self.displaced
        self.heat = 0.0
        self.note()

    def note(self) -> None:
        """Keep the layout if it is the best one so far."""
        if self.displaced <= self.limit and self.cost < self.lowest - _LEAST:
            self.lowest, self.best = self.cost, array("l", self.state.slot)

    def anneal(self, tries: int) -> None:
        """Let the layout cool down from hot to cold, with so many tries."""
        random, loose, usable = self.random.random, self.loose, self.usable
        self.heat = hot = _HOT * self.greatest
        cooling = (min(_COLD, hot) / hot) ** (1 / tries)
        limited = self.limit < len(loose)
        for _ in range(tries):
            self.heat *= cooling
            item = loose[int(random() * len(loose))]
            if random() < _GROUPS:
                self.change(propose(self.state, item, self.random, limited=limited))
                continue
            item, to = self._aim(item, random(), usable[int(random() * len(usable))])
            if to != NONE:
                self.try_exchange(item, to)

    def _aim(self, item: int, way: float, to: int) -> tuple[int, int]:
        """Choose where a bag is to go, or another bag that is; `NONE` if it came to nothing."""
        board, state = self.board, self.state
        if way < 0.3 and self.objective.kin:
            other = board.previous[item] if way < 0.15 else board.next[item]
            if other == NONE:
                return item, NONE
            to = state.slot[other] + (1 if way < 0.15 else -1)
            return item, to if 0 <= to < board.slots and not board.closed[to] else NONE
        if way < 0.6 and state.slot[item] != board.start[item]:
            return item, board.start[item]
        if way > 0.8 and self.objective.gaps:
            box = board.box_of[to]
            if way > 0.9:
                last = state.at[board.first[box] + max(0, state.full[box].bit_length() - 1)]
                if last == NONE or board.stuck[last]:
                    return item, NONE
                item, box = last, board.box_of[state.slot[item]]
            gap = ~state.full[box]
            to = board.first[box] + (gap & -gap).bit_length() - 1
            return item, to if to < board.first[box + 1] and not board.closed[to] else NONE
        return item, to

    def try_exchange(self, item: int, to: int) -> bool:
        """Exchange a bag with what lies at a location, if that is allowed and accepted."""
        board, state, start = self.board, self.state, self.board.start
        here, other = state.slot[item], state.at[to]
        if here == to or (board.only and not self._fit(item, to, other, here)):
            return False
        displaced = self.displaced + (to != start[item]) - (here != start[item])
        if other != NONE:
            displaced += (here != start[other]) - (to != start[other])
        more = displaced - self.displaced
        if displaced > self.limit or (other != NONE and more >= 0 and self._idle(item, other, here, to, more)):
            return False
        change = exchange(state, item, to) + self.objective.moves * more
        if not self._accepts(change, more):
            return False
        state.exchange(item, to)
        self.cost, self.displaced = self.cost + change, displaced
        self.note()
        return True

    def _fit(self, item: int, to: int, other: int, here: int) -> bool:
        board = self.board
        return board.may_enter(board.kind[item], board.box_of[to]) and (
            other == NONE or board.may_enter(board.kind[other], board.box_of[here])
        )

    def _idle(self, item: int, other: int, here: int, to: int, more: int) -> bool:
        """Return whether an exchange changes nothing that counts: between bags that are alike, or within a box."""
        box_of, kind = self.board.box_of, self.board.kind
        if box_of[here] == box_of[to]:
            return not self.objective.kin and (self.alike or more > 0)
        return self.alike and kind[item] == kind[other]

    def _accepts(self, change: float, more: int) -> bool:
        if self.heat:
            bar = change / self.heat + self.pull * more
            return bar <= 0 or self.random.random() < exp(-bar)
        return change < -_LEAST

    def change(self, changes: Changes) -> bool:
        """Carry changes out together, if that is allowed and accepted."""
        board, state, start = self.board, self.state, self.board.start
        displaced = self.displaced
        for item, slot in changes:
            displaced += (slot != start[item]) - (state.slot[item] != start[item])
        if not changes or displaced > self.limit:
            return False
        if board.only and not all(board.may_enter(board.kind[item], board.box_of[slot]) for item, slot in changes):
            return False
        change = at_once(state, changes) + self.objective.moves * (displaced - self.displaced)
        if not self._accepts(change, displaced - self.displaced):
            return False
        for item, slot in changes:
            state.put(item, slot)
        self.cost, self.displaced = self.cost + change, displaced
        self.note()
        return True

    def polish(self, tries: int) -> None:
        """Improve the best layout by exchanges, also after one bag was sent back; at most about so many tries."""
        while tries > 0:
            self.begin(self.best)
            before = self.lowest
            moved = [item for item in self.loose if self.best[item] != self.board.start[item]]
            for item in (NONE, *moved):
                if item != NONE:
                    self.begin(self.best)
                    self.heat = float("inf")
                    self.try_exchange(item, self.board.start[item])
                    self.heat = 0.0
                for one, to in islice(self._exchanges(), max(0, tries)):
                    self.try_exchange(one, to)
                tries -= len(self.loose) * len(self.usable)
                if self.lowest < before - _LEAST or tries <= 0:
                    break
            else:
                return

    def _exchanges(self) -> Iterator[tuple[int, int]]:
        return ((item, to) for item in self.loose for to in self.usable)
