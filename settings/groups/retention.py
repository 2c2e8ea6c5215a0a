"""Settings of retention."""

from typing import Annotated

from pydantic import Field

from settings.groups.base import Count, Group, Seconds


class RetentionSettings(Group):
    """Retention: the time after which objects that are not part of the inventory are deleted."""

    runs_days: Count = Field(180, description="Days that ended runs are kept; their findings are kept for ever.")
    keys_days: Count = Field(30, description="Days that an Idempotency-Key is kept.")
    ai_calls_days: Count = Field(
        180,
        description="Days that a call to a model is kept with its cached answer; each use of the answer renews them.",
    )
    reorg_plans_days: Count = Field(
        90,
        description="Days that an expired reorganisation plan is kept; its commands on stock stay for ever.",
    )
    firings_days: Count = Field(14, description="Days that the firings of schedules are kept.")
    unidentified_days: Annotated[float, Field(ge=0, le=10_000)] = Field(
        30,
        description="Days until a part is retired by itself whose runs ended without knowing what it is, on which "
        "nothing hangs but photos, and which no person touched; 0 retires none.",
    )
    garbage_seconds: Seconds = Field(3600, description="Seconds between sweeps for unreferenced objects.")
    garbage_grace_hours: Annotated[float, Field(gt=0, le=10_000)] = Field(
        168, description="Hours that an unreferenced object is kept; a run refers to its own objects for as long."
    )
    garbage_batch: Count = Field(1000, description="The most objects that one sweep deletes.")
