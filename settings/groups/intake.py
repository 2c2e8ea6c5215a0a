"""Settings of the intake pipelines."""

from typing import Annotated, Literal

from pydantic import Field

from settings.groups.base import Count, Group, Seconds


class IntakeSettings(Group):
    """What the intake pipelines look for, and what they may decide by themselves."""

    max_datasheet_candidates: Annotated[int, Field(ge=1, le=20)] = Field(
        5, description="Datasheet candidates that are fetched and judged per part."
    )
    interactive_photos: Count = Field(
        10, description="Most photos in one request that run with priority; a larger batch is bulk work."
    )
    accept_confidence: Annotated[float, Field(ge=0, le=1)] = Field(
        0.85, description="Confidence from which the machine sets a part number itself; below, it only proposes."
    )
    accept_words_confidence: Annotated[float, Field(ge=0, le=1)] = Field(
        0.6, description="Confidence from which the machine sets tags and type itself; below, it only proposes."
    )
    max_tags: Annotated[int, Field(ge=1, le=50)] = Field(8, description="Most tags that the machine puts on a part.")
    prepare_seconds: Seconds = Field(20, description="Seconds between searches for documents without thumbnails.")


class AssistantSettings(Group):
    """Which assistant answers."""

    kind: Literal["auto", "local", "openai"] = Field(
        "auto", description="auto takes openai when OPENAI_API_KEY is set, else local."
    )
    max_calls: Count = Field(8, description="Questions to one model at a time, by all workers together.")
    daily_budget_usd: Annotated[float, Field(ge=0)] = Field(
        5.0, description="What models may cost a day; over it, steps leave a gap named budget."
    )
    suggest_seconds: Seconds = Field(20, description="How long a person waits for an answer to /ai/suggest.")
