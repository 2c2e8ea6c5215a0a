"""Objectives by name, as the planner takes them."""

from dataclasses import fields

from planner import PRESETS, Objective
from schemas.errors import InvalidInput
from schemas.reorg import NewReorgPlan

WEIGHTS = tuple(each.name for each in fields(Objective))


def objective_of(asked: NewReorgPlan) -> Objective:
    """Return the objective that was asked for: a preset, or weights by name.

    Raises:
        InvalidInput: the preset or a weight is unknown.
    """
    if isinstance(asked.objective, str):
        if asked.objective not in PRESETS:
            raise InvalidInput(
                f"objective {asked.objective} is unknown; expected {', '.join(PRESETS)}, or weights by name",
                field="objective",
            )
        return PRESETS[asked.objective]
    for name in asked.objective:
        if name not in WEIGHTS:
            raise InvalidInput(f"weight {name} is unknown; expected {', '.join(WEIGHTS)}", field="objective")
    return Objective(**asked.objective)
