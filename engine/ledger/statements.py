"""The ledger's statements, compiled once, because compiling them takes longer than executing them.

Their parameters are not called as columns are, because SQLAlchemy would take them for values to set.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Row,
    Text,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from models.base import Base
from schemas.ledger import DONE, PAYLOAD_VERSION, RunState, StepState

_runs, _steps = Base.metadata.tables["pipeline_runs"], Base.metadata.tables["pipeline_steps"]
_run, _step = _runs.c, _steps.c

_DIALECT = make_url("postgresql+psycopg://").get_dialect()()

_is_step = and_(
    _step.run_id == bindparam("its_run_id"), _step.name == bindparam("its_name"), _step.index == bindparam("its_index")
)
_is_mine = and_(_is_step, _step.state == StepState.RUNNING, _step.attempt == bindparam("its_attempt"))
_is_due = or_(
    _step.state == StepState.PENDING,
    and_(_step.state == StepState.WAITING, _step.not_before <= func.now()),
    and_(_step.state == StepState.RUNNING, _step.lease_until < func.now()),
)


def _seconds_from_now() -> ColumnElement[Any]:
    return func.now() + func.make_interval(0, 0, 0, 0, 0, 0, bindparam("seconds", type_=Float))


def _open_before() -> ColumnElement[bool]:
    """Whether a step that comes before is open: no message, whoever sent it, may skip one or end the run without it.

    The parts of a chord's header have one name, and do not wait for each other.
    """
    before = _steps.alias("before")
    mine = select(_step.position).where(_is_step).scalar_subquery()
    return exists().where(
        before.c.run_id == bindparam("its_run_id"),
        before.c.position < mine,
        before.c.name != bindparam("its_name"),
        *(before.c.state != done for done in DONE),
    )


def _claimed_run() -> CTE:
    """Take the run's row first, so that claims, cancels and re-dispatches of one run come one after another."""
    return (
        update(_runs)
        .where(
            _run.id == bindparam("its_run_id"),
            _run.epoch == bindparam("its_epoch"),
            _run.payload_version <= PAYLOAD_VERSION,
            _run.finished_at.is_(None),
            _run.cancel_requested_at.is_(None),
            # Messages that come in vain change nothing, not even the time of the last progress.
            exists().where(_is_step, _is_due),
            ~_open_before(),
        )
        .values(
            state=RunState.RUNNING,
            version=_run.version + 1,
            payload_version=PAYLOAD_VERSION,
            progress_at=func.now(),
            working_since=func.coalesce(_run.working_since, func.now()),
        )
        .returning(
            _run.id, _run.pipeline, _run.part_id4.label("subject"), _run.input, _run.request_id, _run.traceparent
        )
        .cte("run")
    )


def _claim() -> ReturningUpdate[Any]:
    run = _claimed_run()
    return (
        update(_steps)
        .where(_is_step, _step.run_id == run.c.id, _is_due)
        .values(
            state=StepState.RUNNING,
            attempt=_step.attempt + 1,
            lease_until=_seconds_from_now(),
            not_before=None,
            worker=bindparam("by", type_=Text),
            started_at=func.coalesce(_step.started_at, func.now()),
        )
        .returning(
            _step.attempt,
            _step.postponed,
            run.c.subject,
            run.c.input,
            run.c.pipeline,
            run.c.request_id,
            run.c.traceparent,
        )
    )


def _change(**values: Any) -> ReturningUpdate[Any]:
    run = (
        update(_runs)
        .where(_run.id == bindparam("its_run_id"))
        .values(version=_run.version + 1, progress_at=func.now())
        .returning(_run.id)
        .cte("run")
    )
    return (
        update(_steps)
        .where(_is_mine, _step.run_id == run.c.id)
        .values(
            state=bindparam("new_state", type_=Text),
            reason=bindparam("new_reason", type_=Text),
            detail=bindparam("new_detail", type_=Text),
            lease_until=None,
            **values,
        )
        .returning(_step.attempt)
    )


class Compiled:
    """A statement as the driver takes it, past the types of the columns: JSON and states go into it as text."""

    def __init__(self, statement: ReturningUpdate[Any]) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self._sql, self._fixed = str(compiled), compiled.params

    def row(self, executor: Session | Connection, values: Mapping[str, Any]) -> Row[Any] | None:
        """Carry it out, and return the row that was changed, if one was."""
        connection = executor.connection() if isinstance(executor, Session) else executor
        return connection.exec_driver_sql(self._sql, {**self._fixed, **values}).one_or_none()


CLAIM = Compiled(_claim())
EXTEND = Compiled(update(_steps).where(_is_mine).values(lease_until=_seconds_from_now()).returning(_step.attempt))
END = Compiled(
    _change(
        output=bindparam("new_output", type_=JSONB),
        transient=bindparam("new_transient"),
        finished_at=func.now(),
    )
)
WAIT = Compiled(
    _change(postponed=_step.postponed + bindparam("new_postponed", type_=Integer), not_before=_seconds_from_now())
)
