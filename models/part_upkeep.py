"""Upkeep of parts: when each was last refreshed or tagged again, and on which basis."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id4, Json
from schemas.ledger import PIPELINE_PATTERN


class PartUpkeep(Base):
    """What a pipeline that comes back to parts remembers of one; no row means that it never came."""

    __tablename__ = "part_upkeep"
    __table_args__ = (
        CheckConstraint(f"pipeline ~ '{PIPELINE_PATTERN}'", name="pipeline_format"),
        Index(None, "pipeline", "started_at"),
    )

    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"), primary_key=True)
    pipeline: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime | None]
    "when a run was last started because the part was due; whatever became of it, the part is not due at once again"
    basis: Mapped[Json] = mapped_column(server_default="{}")
    "field → what its last answer rests on, as schemas.upkeep.Basis"
