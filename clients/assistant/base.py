"""What every assistant can do, whoever answers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from schemas.assistant import (
    DatasheetAnswer,
    DatasheetQuestion,
    IdentifyAnswer,
    IdentifyQuestion,
    TagAnswer,
    TagQuestion,
    TypeAnswer,
    TypeQuestion,
    Usage,
)


class Job(StrEnum):
    """The four jobs, named as the methods are."""

    IDENTIFY = "identify"
    FIND_DATASHEETS = "find_datasheets"
    SUGGEST_TAGS = "suggest_tags"
    SUGGEST_TYPE = "suggest_type"


@dataclass(frozen=True, slots=True)
class Answered[T]:
    """An answer, and what it cost where a model was paid for it."""

    answer: T
    usage: Usage | None = None


class Assistant(Protocol):
    """Four questions about a part; every answer is checked and may be empty.

    Each method raises `Transient` (`rate_limited`, `model_unavailable`, `timeout`, `bad_answer`) or `Permanent`
    (`model_refused`) from `schemas.errors`, and nothing else.
    """

    @property
    def name(self) -> str:
        """Who answers: `local` or `openai`."""
        ...

    def version(self, job: Job) -> str:
        """What answers this job: part of the key of cached answers, changed whenever answers may change."""
        ...

    def identify(self, question: IdentifyQuestion) -> Answered[IdentifyAnswer]:
        """Say which parts the photo shows, best first."""
        ...

    def find_datasheets(self, question: DatasheetQuestion) -> Answered[DatasheetAnswer]:
        """Say where the part's datasheet may be, best first, at most `question.limit` leads."""
        ...

    def suggest_tags(self, question: TagQuestion) -> Answered[TagAnswer]:
        """Choose words of the vocabulary, surest first, at most `question.limit`."""
        ...

    def suggest_type(self, question: TypeQuestion) -> Answered[TypeAnswer]:
        """Choose one of the user's types, or none."""
        ...
