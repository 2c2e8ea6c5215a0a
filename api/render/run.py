"""Runs, as DTOs."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import url_for

from api.render.row import rendered
from api.render.suggestion import suggestion_out
from engine.ledger.run import gaps_of
from models import DatasheetCandidate, PipelineRun, Suggestion
from schemas.ledger import DONE
from schemas.run import CandidateOut, Progress, RunOut, RunSummary, StepOut
from settings import get_settings


def run_summary(run: PipelineRun) -> RunSummary:
    """Render a run for a list."""
    return rendered(RunSummary, run, batch=run.batch_id, part=run.subject, links=_links(run))


def run_out(run: PipelineRun, candidates: Sequence[DatasheetCandidate], suggestions: Sequence[Suggestion]) -> RunOut:
    """Render a run with its steps and what it found."""
    return rendered(
        RunOut,
        run,
        batch=run.batch_id,
        part=run.subject,
        links=_links(run),
        progress=Progress(done=sum(step.state in DONE for step in run.steps), total=len(run.steps)),
        steps=tuple(StepOut.model_validate(step, from_attributes=True) for step in run.steps),
        gaps=gaps_of(run.steps),
        candidates=tuple(CandidateOut.model_validate(each, from_attributes=True) for each in candidates),
        suggestions=tuple(suggestion_out(each) for each in suggestions),
        seconds=round(((run.finished_at or datetime.now(UTC)) - run.created_at).total_seconds(), 3),
    )


def _links(run: PipelineRun) -> dict[str, str]:
    links = {"self": url_for("runs.get", run_id=run.id)}
    if run.subject:
        links["part"] = url_for("parts.get", id4=run.subject)
    verb = "resume" if run.state.final else "cancel"
    links[verb] = url_for(f"runs.{verb}", run_id=run.id)
    if run.batch_id:
        links["batch"] = url_for("batches.get", batch_id=run.batch_id)
    if flower := get_settings().api.flower_url:
        links["flower"] = f"{str(flower).rstrip('/')}/run/{run.id}"
    return links
