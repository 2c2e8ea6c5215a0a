"""What there is of runs and chords, counted for those who watch over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.ledger.backlog import Backlog, BacklogService
from engine.ledger.beat import LEASE
from models.beat import Beat
from models.pipeline_run import PipelineRun
from pgchords.tables import chords

_LONGEST_MS: Final = 2000
"A statement that takes longer is given up: watching must not slow down what is watched."
_HOUR: Final = func.make_interval(0, 0, 0, 0, 1)


@dataclass(frozen=True)
class Census:
    """What is open, what ended within the last hour, and how many beats are alive.

    `open` counts runs by pipeline, lane and state, `ended` by pipeline and state; `oldest_chord` is its age in seconds.
    """

    backlog: Sequence[Backlog]
    open: Mapping[tuple[str, ...], int]
    ended: Mapping[tuple[str, ...], int]
    chords: int
    oldest_chord: float
    beats: int


def take_census(session: Session) -> Census:
    """Count; what it costs depends on how much is open, not on how much there is.

    Raises:
        OperationalError: a statement took too long.
    """
    session.execute(select(func.set_config("statement_timeout", str(_LONGEST_MS), true())))
    age = func.extract("epoch", func.now() - func.min(chords.c.created_at))
    count, oldest = session.execute(select(func.count(), age).where(chords.c.finished_at.is_(None))).one()
    is_open, ended_lately = PipelineRun.finished_at.is_(None), PipelineRun.finished_at > func.now() - _HOUR
    return Census(
        backlog=BacklogService.list(session),
        open=_counted(session, is_open, PipelineRun.pipeline, PipelineRun.lane, PipelineRun.state),
        ended=_counted(session, ended_lately, PipelineRun.pipeline, PipelineRun.state),
        chords=count,
        oldest_chord=float(oldest or 0.0),
        beats=session.scalar(select(func.count()).select_from(Beat).where(Beat.seen_at > func.now() - LEASE)) or 0,
    )


def _counted(
    session: Session, condition: ColumnElement[bool], *kinds: InstrumentedAttribute[str]
) -> dict[tuple[str, ...], int]:
    rows = session.execute(select(*kinds, func.count()).where(condition).group_by(*kinds))
    return {tuple(kind): runs for *kind, runs in rows}
