"""Carrying out a run in this process, as workers would."""

from uuid import UUID

from sqlalchemy import select

from engine.ledger.dispatch import DispatchService
from models import PipelineStep
from models.session import session_scope
from schemas.ledger import DONE
from tasks import celery_app


def carry_out(run_id: str | UUID) -> None:
    """Carry out all open steps of a run, in order."""
    with session_scope() as session:
        run = DispatchService.raise_epoch(session, UUID(str(run_id)))
        steps = session.scalars(
            select(PipelineStep).where(PipelineStep.run_id == UUID(str(run_id))).order_by(PipelineStep.position)
        )
        left = [(step.name, step.index) for step in steps if step.state not in DONE]
    assert run is not None
    for name, index in left:
        celery_app.tasks[name].apply(args=(str(run_id), index, run.epoch))
