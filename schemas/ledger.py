"""The terms of the ledger: lanes, states and gaps of runs and their steps."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import StringConstraints

from schemas.base import Dto

PAYLOAD_VERSION: Final = 2
"""Raised when older code cannot continue from the records of newer code: a new step that others depend on, or a field
that they must not ignore. While old and new workers run side by side, the old ones leave such runs to the new ones."""

PIPELINE_PATTERN: Final = r"^[a-z][a-z0-9_]{0,62}$"

REQUEST_ID_PATTERN: Final = r"^[A-Za-z0-9._:-]{1,128}$"
"The id of a request to the API, which the runs that it starts keep."

TRACEPARENT_PATTERN: Final = r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"
"A span of a trace, as W3C writes it."

PipelineName = Annotated[str, StringConstraints(pattern=PIPELINE_PATTERN)]
"The name of a pipeline, such as photo_intake."


class Lane(StrEnum):
    """The priority of a run: a person waits for it, or it is bulk work; each lane has its own queues."""

    INTERACTIVE = "interactive"
    BULK = "bulk"


class WaitingFor(StrEnum):
    """The reason why a run is not with the workers yet."""

    BROKER = "broker"
    "the broker is down; the run is sent as soon as it is back"
    BATCH = "batch"
    "other runs of the batch are sent first"


class RunState(StrEnum):
    """The state of a run; the last four are final."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether the run will not change any more."""
        return self not in (RunState.PENDING, RunState.RUNNING)


class StepState(StrEnum):
    """The state of a step; `gap` means that the step gave up without failing the run."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    GAP = "gap"
    FAILED = "failed"
    SKIPPED = "skipped"


DONE = (StepState.SUCCEEDED, StepState.GAP, StepState.FAILED, StepState.SKIPPED)
"Steps in these states are not executed again."


class Gap(Dto):
    """The reason why a run is partial: the step that gave up, a stable reason code and a sentence."""

    step: str
    reason: str
    detail: str
    transient: bool = False
    "a later try may succeed, so the system retries the run"


class Nothing(Dto):
    """The output of a step that returns nothing."""
