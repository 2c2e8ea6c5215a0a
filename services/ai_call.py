"""The record of calls to models: cost, and answers to use again."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import AiCall
from schemas.assistant import Usage

_AT_ONCE = 500
"Rows that one transaction deletes, so that it holds nobody up for long."


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

    @staticmethod
    def delete_old(session: Session, *, days: int) -> int:
        """Delete calls to models that ended so many days ago, with their answers, and return how many.

        Using an answer again is a call that has it too, so an answer goes only when nothing asked for it since. Calls
        of the last 24 hours stay, because the day's budget counts them.
        """
        old = (
            select(AiCall.id)
            .where(AiCall.at < func.now() - timedelta(days=max(days, 1)))
            .order_by(AiCall.at)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        return len(session.scalars(delete(AiCall).where(AiCall.id.in_(old)).returning(AiCall.id)).all())
