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
    def find_answer(session: Session, cache_key: str) -> Any | None:
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
        run_id: UUID | None,
        job: str,
        version: str,
        cache_key: str,
        usage: Usage | None = None,
        answer: Any | None = None,
        error: str | None = None,
        cached: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Keep one call, of a run or none; `version` names model and prompt where the call came back without usage."""
        model, _, prompt_version = version.rpartition("/")
        usage = usage or Usage(model=model, prompt_version=prompt_version)
        session.add(
            AiCall(
                run_id=run_id,
                job=job,
                cache_key=cache_key,
                answer=answer,
                error=error,
                cached=cached,
                seconds=seconds,
                **usage.model_dump(),
            )
        )

    @staticmethod
    def sum_cost_of_today(session: Session) -> float:
        """Return what models cost since midnight UTC, in US dollars."""
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return float(
            session.scalar(select(func.coalesce(func.sum(AiCall.cost_usd), 0)).where(AiCall.at >= midnight)) or 0
        )
