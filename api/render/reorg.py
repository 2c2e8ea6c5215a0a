"""Reorganisation plans and moves, as DTOs."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from flask import url_for

from api.render.row import rendered
from models import ReorgMove, ReorgPlan
from schemas.errors import Conflict
from schemas.problem import Problem
from schemas.reorg import (
    ReorgApplied,
    ReorgCounts,
    ReorgFigures,
    ReorgMoveOut,
    ReorgPlanOut,
    ReorgPlanSummary,
)
from services.reorg import Applied, plan_state

_NAMED = 3
"The number of refusals that a sentence names; the details name all."


class PrintedSitting(NamedTuple):
    """A sitting on paper: the boxes to open, and what is done at once."""

    number: int
    boxes: Sequence[int]
    steps: Sequence[Sequence[ReorgMoveOut]]


def plan_summary(plan: ReorgPlan, counts: ReorgCounts) -> ReorgPlanSummary:
    """Render a plan without its moves."""
    return rendered(ReorgPlanSummary, plan, state=plan_state(plan), counts=counts, links=_links(plan))


def plan_out(
    plan: ReorgPlan, counts: ReorgCounts, moves: Sequence[ReorgMove], *, has_changed: bool, after: int | None
) -> ReorgPlanOut:
    """Render a plan with a page of its moves; the next page comes after a move."""
    figures = {
        name: None if each is None else ReorgFigures.model_validate(each)
        for name, each in (("before", plan.before), ("after", plan.after))
    }
    return rendered(
        ReorgPlanOut,
        plan,
        state=plan_state(plan),
        counts=counts,
        has_changed=has_changed,
        error=plan.run.error if plan.run else None,
        moves=tuple(map(move_out, moves)),
        next=after,
        links=_links(plan),
        **figures,
    )


def move_out(move: ReorgMove) -> ReorgMoveOut:
    """Render a move with its part."""
    return rendered(
        ReorgMoveOut,
        move,
        part=move.part_id4,
        manufacturer_code=move.part.manufacturer_code,
        description=move.part.description,
        from_slot=move.origin,
        to_slot=move.target,
    )


def applied_out(plan: ReorgPlan, done: Applied) -> ReorgApplied:
    """Render what a request has done."""
    return ReorgApplied(
        plan=plan.id, moves=tuple(sorted(set(done.moves))), refused=tuple(done.refused), links=_links(plan)
    )


def nothing_applied(done: Applied) -> Problem:
    """Render that every move of a request was refused."""
    named = "; ".join(f"move {each.move}: {each.reason}" for each in done.refused[:_NAMED])
    more = f"; and {len(done.refused) - _NAMED} more" if len(done.refused) > _NAMED else ""
    refused = [each.model_dump() for each in done.refused]
    return Problem(error=f"{named}{more}", details={"refused": refused}, code=Conflict.code)


def printed_sittings(moves: Iterable[ReorgMoveOut]) -> list[PrintedSitting]:
    """Group moves for paper."""
    sittings = []
    for number, group in groupby(moves, key=lambda move: move.sitting):
        steps = [list(step) for _, step in groupby(group, key=lambda move: move.step)]
        boxes = {slot.box_no for step in steps for move in step for slot in (move.from_slot, move.to_slot)}
        sittings.append(PrintedSitting(number, sorted(boxes), steps))
    return sittings


def _links(plan: ReorgPlan) -> dict[str, str]:
    links = {
        name: url_for(f"reorg.{view}", plan_id=plan.id)
        for name, view in (
            ("self", "get"),
            ("apply", "apply"),
            ("undo", "undo"),
            ("replan", "replan_rest"),
            ("picture_svg", "picture_svg"),
            ("picture_png", "picture_png"),
            ("printable", "page_to_print"),
        )
    }
    if plan.run_id is not None:
        links["run"] = url_for("runs.get", run_id=plan.run_id)
    return links
