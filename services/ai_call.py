"""The record of calls to models: their cost, and their cached answers."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import AiCall
from schemas.assistant import Usage

_AT_ONCE = 500
"Rows that one transaction deletes, so that it does not block others for long."


class AiCallService:
    """Records every call as soon as it ends, even if the step that made it fails."""

    @staticmethod
    def find_answer(session: Session, cache_key: str) -> Any | None:
        """Return the newest cached answer to a question, as JSON."""
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
        """Record a call; `version` names the model and the prompt of a call that returned no usage."""
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
        """Return the cost of all calls since midnight UTC, in US dollars."""
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return float(
            session.scalar(select(func.coalesce(func.sum(AiCall.cost_usd), 0)).where(AiCall.at >= midnight)) or 0
        )

    @staticmethod
    def delete_old(session: Session, *, days: int) -> int:
        """Delete calls that ended at least `days` days ago, with their answers, and return their number.

        Each use of a cached answer is a new call that holds it, so an answer is deleted only after it went unused for
        that long. Calls of the last 24 hours stay, because the day's budget counts them.
        """
        old = (
            select(AiCall.id)
            .where(AiCall.at < func.now() - timedelta(days=max(days, 1)))
            .order_by(AiCall.at)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        return len(session.scalars(delete(AiCall).where(AiCall.id.in_(old)).returning(AiCall.id)).all())
