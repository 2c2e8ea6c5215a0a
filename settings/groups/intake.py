"""Settings of the intake pipelines."""

from typing import Annotated, Literal

from pydantic import Field

from settings.groups.base import Count, Group, Seconds


class IntakeSettings(Group):
    """Limits of the intake pipelines, and the decisions that they may take without a person."""

    max_datasheet_candidates: Annotated[int, Field(ge=1, le=20)] = Field(
        5, description="The most datasheet candidates to fetch and judge for each part."
    )
    interactive_photos: Count = Field(
        10, description="The most photos in a request that run with priority; a larger request is bulk work."
    )
    accept_confidence: Annotated[float, Field(ge=0, le=1)] = Field(
        0.85,
        description="The least confidence to set a part number without a person; below it, the value is only "
        "suggested.",
    )
    accept_words_confidence: Annotated[float, Field(ge=0, le=1)] = Field(
        0.6,
        description="The least confidence to set tags and type without a person; below it, they are only suggested.",
    )
    join_same: bool = Field(
        False,
        description="Whether a new part joins, without a person, one that has the same number and a compatible maker.",
    )
    max_tags: Annotated[int, Field(ge=1, le=50)] = Field(
        8, description="The most tags that the machine puts on a part."
    )
    reserve_days: Annotated[float, Field(gt=0, le=10_000)] = Field(
        14, description="Days that a suggested slot is kept for its part; after them, another part may get it."
    )
    prepare_seconds: Seconds = Field(20, description="Seconds between searches for documents without thumbnails.")


class AssistantSettings(Group):
    """The assistant and its budget."""

    kind: Literal["auto", "local", "openai"] = Field(
        "auto", description="auto, local or openai; auto means openai when OPENAI_API_KEY is set, else local."
    )
    max_calls: Count = Field(8, description="The most calls to one model at the same time, by all workers together.")
    daily_budget_usd: Annotated[float, Field(ge=0)] = Field(
        5.0, description="US dollars that models may cost in a day (UTC); over it, steps leave a gap named budget."
    )
    suggest_seconds: Seconds = Field(20, description="Seconds that an answer to /ai/suggest may take.")
