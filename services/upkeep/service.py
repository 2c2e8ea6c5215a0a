"""What is remembered of the upkeep of parts."""

from collections.abc import Sequence

from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from models import Part, PartUpkeep
from models.locks import Lock, hold
from schemas.upkeep import Basis
from services.upkeep.text import TEXT_KEY

_TODAY = func.date_trunc("day", func.now(), "UTC")


class UpkeepService:
    """A part has a row for each pipeline that has come to it."""

    @staticmethod
    def lock(session: Session, pipeline: str) -> None:
        """Let no other transaction choose parts for a pipeline until the caller's ends."""
        hold(session, Lock.UPKEEP, pipeline)

    @staticmethod
    def count_today(session: Session, pipeline: str) -> int:
        """Return for how many parts a run was started today (UTC) because they were due."""
        started = select(func.count()).where(PartUpkeep.pipeline == pipeline, PartUpkeep.started_at >= _TODAY)
        return session.scalar(started) or 0

    @staticmethod
    def mark(session: Session, pipeline: str, parts: Sequence[str]) -> None:
        """Note that runs are started for parts now."""
        new = select(Part.id4, literal(pipeline), func.now()).where(Part.id4.in_(parts))
        rows = insert(PartUpkeep).from_select(["part_id4", "pipeline", "started_at"], new)
        session.execute(
            rows.on_conflict_do_update(
                index_elements=["part_id4", "pipeline"], set_={"started_at": rows.excluded.started_at}
            )
        )

    @staticmethod
    def get_text_key(session: Session, part_id4: str) -> str:
        """Return the digest of what is known of a part in words."""
        return session.execute(select(TEXT_KEY).where(Part.id4 == part_id4)).scalar_one()

    @staticmethod
    def find_basis(session: Session, part_id4: str, pipeline: str, field: str) -> Basis | None:
        """Return what the last answer about a field of a part rests on, or None."""
        found = session.scalar(
            select(PartUpkeep.basis[field]).where(PartUpkeep.part_id4 == part_id4, PartUpkeep.pipeline == pipeline)
        )
        return Basis.model_validate(found) if found else None

    @staticmethod
    def record_basis(session: Session, part_id4: str, pipeline: str, field: str, basis: Basis) -> None:
        """Keep what the last answer about a field of a part rests on."""
        row = insert(PartUpkeep).values(part_id4=part_id4, pipeline=pipeline, basis={field: basis.model_dump()})
        joined = PartUpkeep.basis.op("||")(row.excluded.basis)
        session.execute(row.on_conflict_do_update(index_elements=["part_id4", "pipeline"], set_={"basis": joined}))

    @staticmethod
    def join(session: Session, source: str, target: str) -> None:
        """Forget what is remembered of one part where it is also remembered of another, so that the rest can move."""
        mine = aliased(PartUpkeep)
        known = select(mine.pipeline).where(mine.part_id4 == target)
        session.execute(delete(PartUpkeep).where(PartUpkeep.part_id4 == source, PartUpkeep.pipeline.in_(known)))
