"""Runs of pipelines."""

from uuid import UUID

from flask import Blueprint, Response, request

from api.http.idempotency import RetryHeaders, Started, start_once
from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.run import run_out, run_summary
from engine.cancel import cancel_run
from engine.ledger.run import RunService
from engine.pipeline import PIPELINES
from engine.resume import resume as resume_run
from models import PipelineRun
from pipelines.split import split_run
from schemas.cursor import cut
from schemas.errors import InvalidInput, NotFound
from schemas.run import ResumeRequest, RunOut, RunPage, RunQuery, SplitRun, StartedRuns
from services.datasheet import DatasheetCandidateService
from services.part import PartService
from services.suggestion import SuggestionService

bp = Blueprint("runs", __name__, url_prefix="/pipelines/runs")


@bp.get("")
@spec.validate(resp=answers(404, HTTP_200=RunPage), tags=["runs"])
def page(query: RunQuery) -> RunPage:
    """List runs, newest first; pass `next` as `after` to get the next page."""
    runs = RunService.list(
        db(),
        state=query.state,
        pipeline=_known(query.pipeline) if query.pipeline else None,
        subject=PartService.resolve(db(), query.part) if query.part else None,
        batch_id=query.batch,
        after=query.after,
        limit=query.limit + 1,
    )
    shown, last = cut(runs, query.limit)
    return RunPage(runs=tuple(map(run_summary, shown)), next=str(last.id) if last else None)


@bp.get("/<uuid:run_id>")
@spec.validate(resp=answers(404, HTTP_200=RunOut, HTTP_304=None), tags=["runs"])
def get(run_id: UUID) -> Response | tuple[RunOut, int, dict[str, str]]:
    """Show a run: state, steps, progress, gaps, what it found.

    Poll with If-None-Match and the ETag of the last answer: 304 means that nothing has changed.
    """
    if request.if_none_match:
        version = RunService.find_version(db(), run_id)
        if version is None:
            raise NotFound("run", run_id)
        if request.if_none_match.contains_weak(str(version)):
            return Response(status=304, headers={"ETag": _etag(version)})
    run = RunService.get(db(), run_id)
    return _shown(run), 200, {"ETag": _etag(run.version)}


@bp.post("/<uuid:run_id>/cancel")
@spec.validate(resp=answers(404, 409, HTTP_200=RunOut), tags=["runs"])
def cancel(run_id: UUID) -> RunOut:
    """Ask a run to stop; it does before its next step. Repeating this changes nothing."""
    return _shown(cancel_run(db(), run_id))


@bp.post("/<uuid:run_id>/resume")
@spec.validate(resp=answers(404, 409, 413, 415, 422, HTTP_202=StartedRuns), tags=["runs"])
def resume(run_id: UUID, json: ResumeRequest, headers: RetryHeaders) -> Started:
    """Go on with an ended run: from `from_step`, or from the first step that failed, was cut off or left a gap.

    What was done before that step stays as it is; what a person decided stays in any case.
    """
    return start_once(
        "resume",
        headers.key,
        [str(run_id), json.model_dump_json()],
        start=lambda: [resume_run(db(), run_id, from_step=json.from_step)],
    )


@bp.post("/<uuid:run_id>/split")
@spec.validate(resp=answers(404, 409, 413, 415, 422, HTTP_202=StartedRuns), tags=["runs"])
def split(run_id: UUID, json: SplitRun, headers: RetryHeaders) -> Started:
    """Make a part of each of several numbers on one photo, with a run that goes on from it.

    The first is the run's own part; each other gets new letters and the same photo. Numbers that are not named stay
    open.
    """
    return start_once(
        "split",
        headers.key,
        [str(run_id), json.model_dump_json()],
        start=lambda: split_run(db(), run_id, json),
    )


def _shown(run: PipelineRun) -> RunOut:
    return run_out(run, DatasheetCandidateService.list(db(), run.id), SuggestionService.list_of_run(db(), run.id))


def _known(pipeline: str) -> str:
    if pipeline not in PIPELINES:
        raise InvalidInput(
            f"there is no pipeline {pipeline}; expected {', '.join(sorted(PIPELINES))}", field="pipeline"
        )
    return pipeline


def _etag(version: int) -> str:
    return f'W/"{version}"'
