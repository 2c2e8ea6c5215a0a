"""Enqueuing runs: their rows are written in the caller's transaction, and are the outbox until they are dispatched."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.canvas import steps_of
from engine.ledger.run import RunService
from engine.pipeline import Pipeline
from models.batch import Batch
from models.pipeline_run import PipelineRun
from observability.logs import current
from observability.traces import traceparent
from schemas.base import Dto
from schemas.errors import Unprocessable
from schemas.ledger import Lane
from settings import get_settings


def enqueue(
    session: Session,
    pipeline: Pipeline[Any],
    given: Dto,
    *,
    subject: str | None = None,
    run_id: UUID | None = None,
    batch: Batch | None = None,
    lane: Lane = Lane.INTERACTIVE,
) -> PipelineRun:
    """Insert a run with all its steps; call `engine.dispatch.publish` after the commit."""
    return RunService.create(
        session,
        pipeline.name,
        given,
        subject=subject,
        steps=steps_of(pipeline),
        deadline=get_settings().engine.deadline_seconds,
        run_id=run_id,
        batch=batch,
        lane=lane,
        request_id=current("request"),
        traceparent=traceparent(),
    )


def start[Request: Dto](session: Session, pipeline: Pipeline[Request], request: Request) -> PipelineRun:
    """Insert the run that a request to a pipeline asks for.

    Raises:
        Unprocessable: the pipeline takes no requests.
        DomainError: as the pipeline's own `start` says.
    """
    if pipeline.takes is None:
        raise Unprocessable(f"runs of {pipeline.name} are not started by a request", field="pipeline")
    if pipeline.start is None:
        return enqueue(session, pipeline, request)
    return pipeline.start(session, request)
