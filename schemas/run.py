"""Runs, steps and batches as the API shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, JsonValue

from schemas.base import Dto
from schemas.datasheet import Verdict
from schemas.id4 import PartKey
from schemas.ledger import Gap, Lane, PipelineName, RunState, StepState, WaitingFor
from schemas.stock import Quantity
from schemas.suggestion import SuggestionOut


class Progress(Dto):
    """The progress of a run or a batch."""

    done: int
    total: int


class StepOut(Dto):
    """A step as the API shows it."""

    name: str
    index: int
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
    confidence: float | None
    page: int | None
    "on which the quoted words stand, from 1"
    quote: str | None
    "the words that the verdict rests on"
    final_url: str | None
    "where redirects have led"
    chosen: bool


class RunSummary(Dto):
    """A run in a list."""

    id: UUID
    pipeline: str
    state: RunState
    lane: Lane
    batch: UUID | None
    part: str | None
    waiting_for: WaitingFor | None
    "the reason why the run is not with the workers yet, if it is not"
    heal_at: datetime | None
    "when the system retries the run, because the missing result may be available by then"
    created_at: datetime
    finished_at: datetime | None
    links: dict[str, str]


class RunOut(RunSummary):
    """A run with all that a poller needs."""

    input: JsonValue
    request_id: str | None = None
    "the X-Request-ID of the request that started it"
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
    """The step at which an ended run resumes; by default the first that failed, was cut off or left a gap."""

    from_step: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class SplitPart(Dto):
    """One of the parts on a photo: the part number that was proposed for it, and its quantity."""

    suggestion: Annotated[int, Field(ge=1, le=2**63 - 1)]
    quantity: Quantity | None = Field(None, description="What the bag holds; by default what its label says.")


class SplitRun(Dto):
    """The parts on a photo, the run's own part first."""

    parts: Annotated[tuple[SplitPart, ...], Field(min_length=1, max_length=20)]


class BatchOut(Dto):
    """The progress of a batch: its runs by state, and links to them."""

    id: UUID
    total: int
    progress: Progress
    states: dict[RunState, int]
    created_at: datetime
    links: dict[str, str]


class StartedRuns(Dto):
    """The runs that a request started, in the order of its photos; several form a batch."""

    batch: UUID | None = None
    runs: tuple[RunSummary, ...]


class RunQuery(Dto):
    """The runs to list."""

    state: RunState | None = None
    pipeline: PipelineName | None = None
    part: PartKey | None = None
    batch: UUID | None = None
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
