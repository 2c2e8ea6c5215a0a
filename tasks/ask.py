"""Asking the assistant: answers are used again, calls recorded, and the day's budget kept."""

import hashlib
import time
from collections.abc import Callable
from functools import partial
from uuid import UUID

from clients.assistant import Answered, Job, LocalAssistant
from engine.step.permits import permit
from models.session import session_scope
from observability.metrics import MODEL_CALLS, MODEL_COST, MODEL_TOKENS
from observability.redaction import redacted
from schemas.assistant import Usage
from schemas.base import Dto
from schemas.errors import Permanent, StepError
from services.ai_call import AiCallService
from settings import get_settings
from tasks.clients import assistant


def ask[Q: Dto, A: Dto](
    run_id: UUID | None, job: Job, question: Q, *, call: Callable[[Q], Answered[A]], answer_type: type[A]
) -> A:
    """Return the assistant's answer to a question, which a run asks or a person.

    Raises:
        Busy: all permits for the model are taken.
        Transient: the model is out of reach or overloaded, or its answer breaks the schema.
        Permanent: the model refuses, or the budget of the day is used up.
    """
    if isinstance(assistant(), LocalAssistant):
        return call(question).answer
    version = assistant().version(job)
    model, settings = version.partition("/")[0], get_settings()
    key = hashlib.sha256(f"{job} {version} {question.model_dump()!r}".encode()).hexdigest()
    record = partial(AiCallService.record, run_id=run_id, job=job, version=version, cache_key=key)
    with session_scope() as session:
        known = AiCallService.find_answer(session, key)
        if known is not None:
            record(session, answer=known, cached=True)
            MODEL_CALLS.labels(model, "cached").inc()
            return answer_type.model_validate(known)
        if AiCallService.sum_cost_of_today(session) >= settings.assistant.daily_budget_usd:
            raise Permanent("budget", "the budget of the day is used up (PARTFLOW_ASSISTANT_DAILY_BUDGET_USD)")
    with permit(f"model:{model}", limit=settings.assistant.max_calls, seconds=2 * settings.openai.timeout_seconds):
        return _ask_now(model, question, call=call, record=record)


def _ask_now[Q: Dto, A: Dto](
    model: str, question: Q, *, call: Callable[[Q], Answered[A]], record: Callable[..., None]
) -> A:
    """Ask, and record the call in a transaction of its own: it is paid for, whatever becomes of the step."""
    started = time.monotonic()
    try:
        answered = call(question)
    except StepError as error:
        MODEL_CALLS.labels(model, "failed").inc()
        with session_scope() as session:
            record(session, error=redacted(str(error)), seconds=time.monotonic() - started)
        raise
    _count(model, answered.usage)
    with session_scope() as session:
        answer = answered.answer.model_dump(mode="json")
        record(session, answer=answer, usage=answered.usage, seconds=time.monotonic() - started)
    return answered.answer


def _count(model: str, usage: Usage | None) -> None:
    MODEL_CALLS.labels(model, "answered").inc()
    if usage is None:
        return
    MODEL_TOKENS.labels(model, "in").inc(usage.input_tokens)
    MODEL_TOKENS.labels(model, "out").inc(usage.output_tokens)
    MODEL_COST.labels(model).inc(float(usage.cost_usd))
