"""Asking the assistant: answers are used again, calls recorded, and the day's budget kept."""

import hashlib
import time
from collections.abc import Callable
from uuid import UUID

from clients.assistant import Answered, LocalAssistant
from models.session import session_scope
from schemas.assistant import Usage
from schemas.base import Dto
from schemas.errors import Permanent, StepError
from services.ai_call import AiCallService
from settings import get_settings
from tasks.clients import assistant


def ask[Q: Dto, A: Dto](
    run_id: UUID, job: str, question: Q, *, call: Callable[[Q], Answered[A]], answer_type: type[A]
) -> A:
    """Return the assistant's answer to a question of a run.

    Raises:
        Transient: the model is out of reach or busy, or its answer breaks the schema.
        Permanent: the model refuses, or the day's budget is spent.
    """
    if isinstance(assistant(), LocalAssistant):
        return call(question).answer
    usage = assistant().version(job)
    key = hashlib.sha256(f"{job} {usage.model} {usage.prompt_version} {question.model_dump()!r}".encode()).hexdigest()
    with session_scope() as session:
        cached = AiCallService.cached(session, key)
        if cached is not None:
            AiCallService.record(
                session, run_id=run_id, job=job, usage=usage, cache_key=key, answer=cached, cached=True, seconds=0
            )
            return answer_type.model_validate(cached)
        if AiCallService.spent_today(session) >= get_settings().assistant.daily_budget_usd:
            raise Permanent("budget", "the day's budget for models is spent (PARTFLOW_ASSISTANT_DAILY_BUDGET_USD)")
    return _call(run_id, job, question, call=call, usage=usage, key=key)


def _call[Q: Dto, A: Dto](
    run_id: UUID, job: str, question: Q, *, call: Callable[[Q], Answered[A]], usage: Usage, key: str
) -> A:
    started = time.monotonic()
    answer: A | None = None
    error: str | None = None
    try:
        answered = call(question)
        answer, usage = answered.answer, answered.usage or usage
        return answer
    except StepError as failure:
        error = str(failure)
        raise
    finally:
        # In a transaction of its own: the call is paid for, whatever becomes of the step.
        with session_scope() as session:
            AiCallService.record(
                session,
                run_id=run_id,
                job=job,
                usage=usage,
                cache_key=key,
                answer=answer.model_dump(mode="json") if answer else None,
                error=error,
                seconds=time.monotonic() - started,
            )
