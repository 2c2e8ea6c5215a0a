"""Reorganisation plans."""

from uuid import UUID

from flask import Blueprint, Response, render_template

from api.http.idempotency import RetryHeaders, Started, once
from api.http.openapi import answers, spec
from api.http.printable import printable
from api.http.transaction import db, publish_after_commit
from api.render.reorg import applied_out, nothing_applied, plan_out, plan_summary, printed_sittings
from api.render.run import run_summary
from clients.drawing import draw_png
from models import PipelineRun, ReorgPlan
from pipelines.reorg import replan, start_apply, start_plan
from schemas.cursor import cut
from schemas.problem import Problem
from schemas.reorg import (
    NewReorgPlan,
    ReorgApplied,
    ReorgApplyInput,
    ReorgMovesQuery,
    ReorgOrder,
    ReorgPlanOut,
    ReorgPlanPage,
    ReorgPlansQuery,
    ReorgPlanSummary,
)
from schemas.run import StartedRuns
from services.reorg import ReorgApplyService, ReorgMoveService, ReorgPictureService, ReorgPlanService, Way

bp = Blueprint("reorg", __name__, url_prefix="/reorg/plans")

_PLAN = "/<uuid:plan_id>"

NewPlan = tuple[ReorgPlanSummary, int, dict[str, str]]
Done = tuple[ReorgApplied | Problem, int] | Started


@bp.get("")
@spec.validate(resp=answers(HTTP_200=ReorgPlanPage), tags=["reorganisation"])
def page(query: ReorgPlansQuery) -> ReorgPlanPage:
    """List plans, newest first; pass `next` as `after` to get the next page."""
    plans, last = cut(ReorgPlanService.list(db(), after=query.after, limit=query.limit + 1), query.limit)
    counts = ReorgMoveService.count(db(), [plan.id for plan in plans])
    shown = tuple(plan_summary(plan, counts[plan.id]) for plan in plans)
    return ReorgPlanPage(plans=shown, next=last and last.id)


@bp.post("")
@spec.validate(resp=answers(404, 409, 413, 415, 422, HTTP_202=ReorgPlanSummary), tags=["reorganisation"])
def create(json: NewReorgPlan, headers: RetryHeaders) -> NewPlan:
    """Start planning: which bags to move where, for an objective. A tidy layout gets a plan without moves."""
    payload = [json.model_dump_json()]
    return _accepted(*once("reorg", headers.key, payload, do=lambda: _started(*start_plan(db(), json))))


@bp.get(_PLAN)
@spec.validate(resp=answers(404, HTTP_200=ReorgPlanOut), tags=["reorganisation"])
def get(plan_id: UUID, query: ReorgMovesQuery) -> ReorgPlanOut:
    """Show a plan: its state, the figures before and after, and its moves in order, with what became of each."""
    return _shown(plan_id, query)


@bp.post(f"{_PLAN}/apply")
@spec.validate(
    resp=answers(404, 409, 413, 415, 422, HTTP_200=ReorgApplied, HTTP_202=StartedRuns), tags=["reorganisation"]
)
def apply(plan_id: UUID, json: ReorgOrder) -> Done:
    """Book moves that a person has done; each is an ordinary command on stock, and is booked once.

    Moves that are not possible any more are refused, with the reason, and the others are booked; when all are refused,
    the answer is 409. `all` starts a run, and the moves' states are its progress.
    """
    return _done(plan_id, json, "apply")


@bp.post(f"{_PLAN}/undo")
@spec.validate(
    resp=answers(404, 409, 413, 415, 422, HTTP_200=ReorgApplied, HTTP_202=StartedRuns), tags=["reorganisation"]
)
def undo(plan_id: UUID, json: ReorgOrder) -> Done:
    """Put the bags of applied moves back, in reverse order, as far as nothing else lies there by now."""
    return _done(plan_id, json, "undo")


@bp.post(f"{_PLAN}/replan")
@spec.validate(resp=answers(404, 409, 422, HTTP_202=ReorgPlanSummary), tags=["reorganisation"])
def replan_rest(plan_id: UUID, headers: RetryHeaders) -> NewPlan:
    """Plan the rest again on today's layout; this plan can only be undone from then on."""
    return _accepted(*once("replan", headers.key, [str(plan_id)], do=lambda: _started(*replan(db(), plan_id))))


@bp.get(f"{_PLAN}/picture.svg")
@spec.validate(resp=answers(404, 409, files={200: ["image/svg+xml"]}), tags=["reorganisation"])
def picture_svg(plan_id: UUID) -> Response:
    """Draw the boxes that a plan changes, before and after."""
    drawn = render_template("drawing.svg", drawing=ReorgPictureService.get(db(), plan_id))
    return Response(drawn, mimetype="image/svg+xml", headers={"Content-Security-Policy": "default-src 'none'"})


@bp.get(f"{_PLAN}/picture.png")
@spec.validate(resp=answers(404, 409, files={200: ["image/png"]}), tags=["reorganisation"])
def picture_png(plan_id: UUID) -> Response:
    """Draw the boxes that a plan changes, before and after."""
    return Response(draw_png(ReorgPictureService.get(db(), plan_id)), content_type="image/png")


@bp.get(f"{_PLAN}/moves.html")
@spec.validate(resp=answers(404, files={200: ["text/html"]}), tags=["reorganisation"])
def page_to_print(plan_id: UUID, query: ReorgMovesQuery) -> Response:
    """Show the moves as a page to print, sitting by sitting, with a place to tick each."""
    shown = _shown(plan_id, query)
    return printable("reorg_moves.html", plan=shown, sittings=printed_sittings(shown.moves))


def _started(plan: ReorgPlan, run: PipelineRun) -> str:
    publish_after_commit([run])
    return str(plan.id)


def _accepted(plan_id: str, replayed: dict[str, str]) -> NewPlan:
    plan = ReorgPlanService.get(db(), UUID(plan_id))
    shown = plan_summary(plan, ReorgMoveService.count(db(), [plan.id])[plan.id])
    return shown, 202, {"Location": shown.links["self"], **replayed}


def _shown(plan_id: UUID, query: ReorgMovesQuery) -> ReorgPlanOut:
    plan = ReorgPlanService.get(db(), plan_id)
    found = ReorgMoveService.list(db(), plan_id, after=query.after, limit=query.limit + 1)
    moves, last = cut(found, query.limit)
    counts = ReorgMoveService.count(db(), [plan_id])[plan_id]
    has_changed = ReorgPlanService.find_change(db(), plan) is not None
    return plan_out(plan, counts, moves, has_changed=has_changed, after=last.number if last else None)


def _done(plan_id: UUID, order: ReorgOrder, way: Way) -> Done:
    if order.all:
        given = ReorgApplyInput(plan_id=plan_id, undo=way == "undo")
        run = start_apply(db(), given, command_id=order.command_id)
        publish_after_commit([run])
        summary = run_summary(run)
        return StartedRuns(batch=None, runs=(summary,)), 202, {"Location": summary.links["self"]}
    numbers = order.moves or ReorgMoveService.list_numbers(db(), plan_id, way, sitting=order.sitting)
    carry_out = ReorgApplyService.apply if way == "apply" else ReorgApplyService.undo
    done = carry_out(db(), plan_id, numbers, command_id=order.command_id)
    if done.refused and not done.moves:
        # Not raised: what was found out about the moves is kept.
        return nothing_applied(done), 409
    return applied_out(ReorgPlanService.get(db(), plan_id), done), 200
