"""Requests and answers of POST /ai/suggest: an assistant's suggestions for unsaved text."""

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.assistant import TagGuess
from schemas.base import Dto
from schemas.evidence import Confidence, Evidence
from schemas.text import Code, Line


class AiSuggestRequest(Dto):
    """The known text about a part."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)] = Field(
        description="A description, a line of an order, or a part number alone."
    )
    manufacturer_code: Code | None = None
    manufacturer: Line | None = None


class TypeGuess(Dto):
    """One of the user's types, with the reasons for it."""

    name: str
    confidence: Confidence
    evidence: tuple[Evidence, ...]


class AiSuggestions(Dto):
    """Tags, most confident first, and the type that fits best, if one does; nothing is saved."""

    assistant: str
    "the assistant that answered: local or openai"
    tags: tuple[TagGuess, ...]
    type: TypeGuess | None
