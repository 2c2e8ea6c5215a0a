"""Settings of what is deleted in time."""

from typing import Annotated

from pydantic import Field

from settings.groups.base import Count, Group, Seconds


class RetentionSettings(Group):
    """How long things are kept that are not part of the inventory."""

    runs_days: Count = Field(180, description="Days that ended runs are kept; what they found is kept for ever.")
    keys_days: Count = Field(30, description="Days that an Idempotency-Key is remembered.")
    ai_calls_days: Count = Field(
        180, description="Days that a call to a model is kept with its cached answer, unless the answer is used again."
    )
    garbage_seconds: Seconds = Field(3600, description="Seconds between sweeps for unreferenced objects.")
    garbage_grace_hours: Annotated[float, Field(gt=0, le=10_000)] = Field(
        168, description="Hours that an unreferenced object is kept; a run refers to its own objects for as long."
    )
    garbage_batch: Count = Field(1000, description="Most objects that one sweep deletes.")
