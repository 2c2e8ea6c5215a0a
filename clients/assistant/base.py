"""The protocol that every assistant implements."""

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
    """The four jobs of an assistant, named like its methods."""

    IDENTIFY = "identify"
    FIND_DATASHEETS = "find_datasheets"
    SUGGEST_TAGS = "suggest_tags"
    SUGGEST_TYPE = "suggest_type"


@dataclass(frozen=True, slots=True)
class Answered[T]:
    """An answer, with its cost if it came from a paid model."""

    answer: T
    usage: Usage | None = None


class Assistant(Protocol):
    """Four questions about a part; every answer is checked and may be empty.

    Each method raises `Transient` (`rate_limited`, `model_unavailable`, `timeout`, `bad_answer`) or `Permanent`
    (`model_refused`) from `schemas.errors`, and nothing else.
    """

    @property
    def name(self) -> str:
        """The assistant's name: `local` or `openai`."""
        ...

    def version(self, job: Job) -> str:
        """The version of answers to this job: part of their cache key, and changed whenever answers may change."""
        ...

    def identify(self, question: IdentifyQuestion) -> Answered[IdentifyAnswer]:
        """Return the parts that the photo shows, best first."""
        ...

    def find_datasheets(self, question: DatasheetQuestion) -> Answered[DatasheetAnswer]:
        """Return at most `question.limit` leads to the part's datasheet, best first."""
        ...

    def suggest_tags(self, question: TagQuestion) -> Answered[TagAnswer]:
        """Choose at most `question.limit` tags of the vocabulary, most confident first."""
        ...

    def suggest_type(self, question: TypeQuestion) -> Answered[TypeAnswer]:
        """Choose one of the user's types, or none."""
        ...
