"""Calls to models: their question, their cost, and the cached answer."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Json, SurrogateKey


class AiCall(Base):
    """One call; `cache_key` is the sha256 of model, prompt version and input."""

    __tablename__ = "ai_calls"
    __table_args__ = (
        CheckConstraint("input_tokens >= 0 AND output_tokens >= 0 AND cost_usd >= 0", name="usage_not_negative"),
        Index(None, "cache_key", postgresql_where="answer IS NOT NULL"),
        Index(None, "run_id"),
        Index(None, "at"),
    )

    id: Mapped[SurrogateKey]
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("pipeline_runs.id", ondelete="SET NULL"))
    job: Mapped[str]
    model: Mapped[str]
    prompt_version: Mapped[str]
    cache_key: Mapped[str]
    answer: Mapped[Json | None]
    error: Mapped[str | None]
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    cost_usd: Mapped[Decimal] = mapped_column(Numeric(12, 6))
    cached: Mapped[bool]
    seconds: Mapped[float]
    at: Mapped[CreatedAt]
