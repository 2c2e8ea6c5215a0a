"""The best layout within so many moves, proven by CP-SAT; needs ortools, of requirements/benchmark.txt."""

from typing import Any, Final, NamedTuple

from benchmarks.reorg_layouts import Instance
from planner.board import NONE, Board

_UNIT: Final = 10_000
"The solver counts in whole numbers: the score in ten-thousandths."


class Exact(NamedTuple):
    """What the solver found: the least score with the cost of moves, and a bound; proven if they are the same."""

    cost: float
    bound: float
    proven: bool


def solve(instance: Instance, seconds: float) -> Exact:
    """Return the least cost of an instance, proven in at most so many seconds of the solver's own clock."""
    from ortools.sat.python import cp_model  # type: ignore[import-not-found, unused-ignore]  # only where it is installed

    model = _Model(cp_model.CpModel(), instance)
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    status = solver.solve(model.model)
    return Exact(
        solver.objective_value / _UNIT + model.constant,
        solver.best_objective_bound / _UNIT + model.constant,
        status == cp_model.OPTIMAL,
    )


class _Model:
    """A bag stays or goes to a box; locations are variables only where kin need them, so that more is proven."""

    def __init__(self, model: Any, instance: Instance) -> None:
        self.model, self.board, self.objective = model, Board(instance.layout), instance.objective
        board = self.board
        self.boxes, self.items = range(len(board.boxes)), range(board.size)
        self.terms: list[Any] = []
        self.constant = -self.objective.boxes_per_type * sum(board.need)
        self.stays = [model.new_bool_var("") for _ in self.items]
        self.inside = [[model.new_bool_var("") for _ in self.boxes] for _ in self.items]
        self.full = [model.new_bool_var("") for _ in range(board.slots)]
        for item in self.items:
            model.add_exactly_one(self.inside[item])
            model.add_implication(self.stays[item], self.inside[item][board.box_of[board.start[item]]])
            model.add_implication(self.stays[item], self.full[board.start[item]])
        for box in self.boxes:
            slots = range(board.first[box], board.first[box + 1])
            model.add(sum(self.full[slot] for slot in slots) == sum(self.inside[item][box] for item in self.items))
        moved = board.size - sum(self.stays)
        model.add(moved <= instance.max_moves)
        self._cost(self.objective.moves, moved)
        self._types()
        self._gaps()
        self._front()
        self._together()
        if self.objective.kin:
            self._kin()
        model.minimize(sum(self.terms))

    def _cost(self, weight: float, variable: Any) -> None:
        if weight:
            self.terms.append(round(weight * _UNIT) * variable)

    def _any(self, weight: float, items: list[int]) -> None:
        """Cost so much for each box in which one of these bags lies."""
        for box in self.boxes:
            used = self.model.new_bool_var("")
            for item in items:
                self.model.add_implication(self.inside[item][box], used)
            self._cost(weight, used)

    def _types(self) -> None:
        if self.objective.boxes_per_type:
            for items in self.board.kin:
                self._any(self.objective.boxes_per_type, items)

    def _together(self) -> None:
        if self.objective.together:
            for pick in range(self.board.picks):
                lists = self.board.picks_of.items()
                self._any(self.objective.together, [item for item, picks in lists if pick in picks])

    def _front(self) -> None:
        for item in self.items:
            for box in self.boxes:
                if self.board.behind[box]:
                    self._cost(self.objective.front * self.board.uses[item], self.inside[item][box])

    def _gaps(self) -> None:
        for box in self.boxes if self.objective.gaps else ():
            later = None
            for slot in reversed(range(self.board.first[box], self.board.first[box + 1])):
                reaches = self.model.new_bool_var("")
                self.model.add_implication(self.full[slot], reaches)
                if later is not None:
                    self.model.add_implication(later, reaches)
                    gap = self.model.new_bool_var("")
                    self.model.add(gap >= later - self.full[slot])
                    self._cost(self.objective.gaps, gap)
                later = reaches

    def _kin(self) -> None:
        board, model, weight = self.board, self.model, self.objective.kin
        slots = range(board.slots)
        lies = [[model.new_bool_var("") for _ in slots] for _ in self.items]
        for item in self.items:
            model.add_exactly_one(lies[item])
            model.add(self.stays[item] == lies[item][board.start[item]])
            for box in self.boxes:
                inside = range(board.first[box], board.first[box + 1])
                model.add(sum(lies[item][slot] for slot in inside) == self.inside[item][box])
        for slot in slots:
            model.add(sum(lies[item][slot] for item in self.items) == self.full[slot])
        for one, other in enumerate(board.next):
            if other == NONE:
                continue
            self.constant += weight
            for box in self.boxes:
                both = model.new_bool_var("")
                model.add_implication(both, self.inside[one][box])
                model.add_implication(both, self.inside[other][box])
                self._cost(-0.75 * weight, both)
            beside = []
            for slot in slots[:-1]:
                both = model.new_bool_var("")
                model.add_implication(both, lies[one][slot])
                model.add_implication(both, lies[other][slot + 1])
                self._cost(-weight * (0.25 if board.box_of[slot] == board.box_of[slot + 1] else 1), both)
                beside.append(both)
            model.add_at_most_one(beside)
