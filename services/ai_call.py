"""The record of calls to models: cost, and answers to use again."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AiCall
from schemas.assistant import Usage


class AiCallService:
    """Every call is recorded as soon as it ends, whatever becomes of the step that made it."""

    @staticmethod
    def cached(session: Session, cache_key: str) -> Any | None:
        """Return the newest answer to the same question, as JSON."""
        return session.scalar(
            select(AiCall.answer)
            .where(AiCall.cache_key == cache_key, AiCall.answer.is_not(None))
            .order_by(AiCall.id.desc())
            .limit(1)
        )

    @staticmethod
    def record(
        session: Session,
        *,
        run_id: UUID,
        job: str,
        usage: Usage,
        cache_key: str,
        answer: Any | None,
        error: str | None = None,
        cached: bool = False,
        seconds: float,
    ) -> None:
        """Keep one call."""
        session.add(
            AiCall(
                run_id=run_id,
                job=job,
                model=usage.model,
                prompt_version=usage.prompt_version,
                cache_key=cache_key,
                answer=answer,
                error=error,
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cost_usd=usage.cost_usd,
                cached=cached,
                seconds=seconds,
            )
        )

    @staticmethod
    def spent_today(session: Session) -> float:
        """Return what models cost since midnight UTC, in US dollars."""
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return float(
            session.scalar(select(func.coalesce(func.sum(AiCall.cost_usd), 0)).where(AiCall.at >= midnight)) or 0
        )
