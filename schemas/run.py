"""Runs of pipelines and their steps."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, JsonValue

from schemas.base import Dto, PartKey
from schemas.datasheet import Verdict
from schemas.suggestion import SuggestionOut


class Pipeline(StrEnum):
    """The pipelines there are."""

    PHOTO_INTAKE = "photo_intake"
    PART_INTAKE = "part_intake"
    CSV_IMPORT = "csv_import"


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


class PhotoIntakeInput(Dto):
    """What photo_intake starts from: the stored photo."""

    photo_sha256: str
    filename: str | None = None


class PartIntakeInput(Dto):
    """What part_intake starts from: a typed or scanned number."""

    manufacturer_code: str
    manufacturer: str | None = None
    quantity: int | None = None
    "as the scanned label says; a proposal"


class PartIntakeRequest(Dto):
    """The body that starts part_intake; the code may be a part number or all that a scanner read off a label."""

    manufacturer_code: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"[A-Za-z0-9]")]
    manufacturer: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    part: PartKey | None = None


class Gap(Dto):
    """Why a run is partial: the step that gave up, a stable reason code and a sentence."""

    step: str
    reason: str
    detail: str
    transient: bool = False
    "it may go better later, so the run is tried again by itself"


class Progress(Dto):
    """How far a run is."""

    done: int
    total: int


class StepOut(Dto):
    """A step as the API shows it."""

    name: str
    slot: int
    state: StepState
    attempt: int
    reason: str | None
    detail: str | None
    not_before: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class CandidateOut(Dto):
    """A datasheet candidate as the API shows it."""

    url: str
    source: str
    verdict: Verdict | None
    detail: str | None
    chosen: bool


class RunSummary(Dto):
    """A run in a list."""

    id: UUID
    pipeline: Pipeline
    state: RunState
    lane: Lane
    batch: UUID | None
    part: str | None
    waiting_for: WaitingFor | None
    "why it is not with the workers yet, if it is not"
    heal_at: datetime | None
    "when it is tried again by itself, because what it lacks may be there by then"
    created_at: datetime
    finished_at: datetime | None
    links: dict[str, str]


class RunOut(RunSummary):
    """A run with everything a poller wants to know."""

    input: JsonValue
    progress: Progress
    steps: tuple[StepOut, ...]
    gaps: tuple[Gap, ...]
    candidates: tuple[CandidateOut, ...]
    suggestions: tuple[SuggestionOut, ...]
    error: str | None
    seconds: float


class RunPage(Dto):
    """A page of runs, newest first; `next` is the cursor of the page after it."""

    runs: tuple[RunSummary, ...]
    next: str | None


class ResumeRequest(Dto):
    """Where an ended run goes on: at a step, or else at the first that failed, was cut off or left a gap."""

    from_step: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class BatchOut(Dto):
    """How far a batch is: its runs by state, and where to see them."""

    id: UUID
    total: int
    progress: Progress
    states: dict[RunState, int]
    created_at: datetime
    links: dict[str, str]


class StartedRuns(Dto):
    """The runs a request started, in the order of its photos; several are a batch."""

    batch: UUID | None = None
    runs: tuple[RunSummary, ...]


class RunQuery(Dto):
    """Which runs to list."""

    state: RunState | None = None
    pipeline: Pipeline | None = None
    part: PartKey | None = None
    batch: UUID | None = None
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
