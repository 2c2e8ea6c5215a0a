"""Settings of the engine."""

from typing import Annotated

from pydantic import Field

from settings.groups.base import Count, Group, Seconds


class EngineSettings(Group):
    """Execution of runs and their steps."""

    lease_seconds: Seconds = Field(30, description="Seconds that a worker's lease on a step lasts without a heartbeat.")
    max_attempts: Annotated[int, Field(ge=1, le=20)] = Field(
        4, description="Attempts of a step before the step gives up."
    )
    reconcile_seconds: Seconds = Field(10, description="Seconds between searches for lost work.")
    reconcile_batch: Count = Field(200, description="The most runs that one search sends again.")
    stall_seconds: Seconds = Field(45, description="Seconds without progress after which a run is sent again.")
    deadline_seconds: Seconds = Field(
        3600, description="Seconds of work after which a run fails; time spent waiting for workers does not count."
    )
    stop_seconds: Seconds = Field(
        5, description="Seconds that a stopping worker continues its steps before it hands them back."
    )
    heal_seconds: Seconds = Field(
        900,
        description="Seconds until the engine retries a run that left a transient gap; each wait is four times as "
        "long as the one before.",
    )
    heal_times: Annotated[int, Field(ge=0, le=10)] = Field(
        4, description="The number of times that the engine retries a run that left a transient gap."
    )
    bulk_window: Count = Field(24, description="The most runs of batches that are with the workers at the same time.")
