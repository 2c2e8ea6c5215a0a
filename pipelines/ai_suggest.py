"""Asking the assistant for a person who waits, about text that is not saved."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from threading import BoundedSemaphore, Thread
from typing import Final

from clients.assistant import Job
from models.session import session_scope
from schemas.ai_suggest import AiSuggestions, AiSuggestRequest, TypeGuess
from schemas.assistant import PartText, TagAnswer, TagGuess, TagQuestion, TypeAnswer, TypeQuestion
from schemas.errors import Exhausted, StepError, Unavailable
from schemas.vocabulary import VOCABULARY
from services.tag import TagService
from services.type import TypeService
from settings import get_settings
from tasks.ask import ask
from tasks.clients import assistant

_AT_ONCE: Final = 8
"Questions that wait for an assistant; a slow one must not take every thread of the server."
_SOON: Final = 10.0

_room = BoundedSemaphore(_AT_ONCE)


def ai_suggest(request: AiSuggestRequest) -> AiSuggestions:
    """Return tags and type for text, from the same answers, calls and budget as the pipelines; no transaction is held.

    Raises:
        Exhausted: the day's budget is spent, or the model's service asks to wait.
        Unavailable: the assistant refuses, fails, is too slow, or has too many questions already.
    """
    with session_scope() as session:
        types = tuple(sorted(type_.name for type_ in TypeService.list(session)))
    text = _part_text(request)
    settings = get_settings()
    deadline = time.monotonic() + settings.assistant.suggest_seconds
    about_tags = TagQuestion(part=text, vocabulary=VOCABULARY, limit=settings.intake.max_tags)
    about_type = TypeQuestion(part=text, types=types)
    tags = _start(
        partial(ask, None, Job.SUGGEST_TAGS, about_tags, call=assistant().suggest_tags, answer_type=TagAnswer)
    )
    type_ = _start(
        partial(ask, None, Job.SUGGEST_TYPE, about_type, call=assistant().suggest_type, answer_type=TypeAnswer)
    )
    return _in_the_users_words(_answer(tags, deadline), _answer(type_, deadline))


def _part_text(request: AiSuggestRequest) -> PartText:
    is_one_word = len(request.text.split()) == 1
    code = request.manufacturer_code or (request.text if is_one_word else "")
    return PartText(manufacturer_code=code, manufacturer=request.manufacturer, description=request.text)


def _start[A](question: Callable[[], A]) -> Future[A]:
    """Ask in a thread of its own, which goes on when the request has ended, because its answer is paid for."""
    if not _room.acquire(blocking=False):
        raise Unavailable("the assistant has too many questions already; try again in a moment", retry_after=_SOON)
    future: Future[A] = Future()
    Thread(target=_carry_out, args=(question, future), name="ai-suggest", daemon=True).start()
    return future


def _carry_out[A](question: Callable[[], A], future: Future[A]) -> None:
    try:
        future.set_result(question())
    except BaseException as error:  # noqa: BLE001 - the waiting request raises it
        future.set_exception(error)
    finally:
        _room.release()


def _answer[A](future: Future[A], deadline: float) -> A:
    try:
        return future.result(max(deadline - time.monotonic(), 0))
    except TimeoutError:
        raise Unavailable(
            "the assistant takes longer than PARTFLOW_ASSISTANT_SUGGEST_SECONDS allows; it goes on, so that the same "
            "question is answered at once later",
            retry_after=_SOON,
        ) from None
    except StepError as error:
        raise _refusal(error) from error


def _refusal(error: StepError) -> Exhausted:
    wait = getattr(error, "retry_after", None) or _SOON
    match error.code:
        case "budget":
            return Exhausted(f"{error.detail}; it starts again at midnight UTC", retry_after=_until_midnight())
        case "rate_limited":
            return Exhausted(f"{error.detail}; try again later", retry_after=wait, reason=error.code)
    return Unavailable(f"{error.detail}; set tags and type by hand, or try again", retry_after=wait, reason=error.code)


def _until_midnight() -> float:
    now = datetime.now(UTC)
    return 86_400.0 - (now.hour * 3600 + now.minute * 60 + now.second)


def _in_the_users_words(tags: TagAnswer, type_: TypeAnswer) -> AiSuggestions:
    with session_scope() as session:
        guesses: dict[str, TagGuess] = {}
        users = TagService.find_synonyms(session, [guess.tag for guess in tags.tags])
        for guess in tags.tags:
            tag = users.get(guess.tag, guess.tag)
            guesses.setdefault(tag, guess.model_copy(update={"tag": tag}))
        found = TypeService.find(session, type_.type_name) if type_.type_name else None
        guess_of_type = found and TypeGuess(name=found.name, confidence=type_.confidence, evidence=type_.evidence)
    return AiSuggestions(assistant=assistant().name, tags=tuple(guesses.values()), type=guess_of_type)
