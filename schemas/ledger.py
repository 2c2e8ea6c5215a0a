"""The words of the ledger: lanes, states and gaps of runs and their steps."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import StringConstraints

from schemas.base import Dto

PAYLOAD_VERSION: Final = 2
"""Raised when older code could not go on from what newer code records: a new step that others build on, a field that
they must not ignore. While old and new workers run side by side, the old ones leave such runs to the new ones."""

PIPELINE_PATTERN: Final = r"^[a-z][a-z0-9_]{0,62}$"

PipelineName = Annotated[str, StringConstraints(pattern=PIPELINE_PATTERN)]
"The name of a pipeline, such as photo_intake."


class Lane(StrEnum):
    """Who waits for a run: a person, or nobody in particular; each lane has queues of its own."""

    INTERACTIVE = "interactive"
    BULK = "bulk"


class WaitingFor(StrEnum):
    """Why a run is not sent to the workers yet."""

    BROKER = "broker"
    "it is down; the run is sent as soon as it is back"
    BATCH = "batch"
    "others of the batch are before it"


class RunState(StrEnum):
    """Where a run is; the last four are final."""

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
    """Where a step is; `gap` is given up without failing the run."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    GAP = "gap"
    FAILED = "failed"
    SKIPPED = "skipped"


DONE = (StepState.SUCCEEDED, StepState.GAP, StepState.FAILED, StepState.SKIPPED)
"Steps in these states are not carried out again."


class Gap(Dto):
    """Why a run is partial: the step that gave up, a stable reason code and a sentence."""

    step: str
    reason: str
    detail: str
    transient: bool = False
    "it may go better later, so the run is tried again by itself"


class Nothing(Dto):
    """The output of a step that only records."""
