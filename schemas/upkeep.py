"""What is done again and again with parts that are there."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from schemas.base import Dto
from schemas.datasheet import Verdict
from schemas.id4 import PartKey
from schemas.suggestion import SuggestionField

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def _day(value: object) -> object:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("expected a day, such as 2026-11-28")
    return value


Night = Annotated[date, BeforeValidator(_day)]
"A day in UTC; Pydantic alone would take a number of seconds for one."

RETAG: Final = "retag"
"The pipeline that tags again; intakes remember under its name on which basis they tagged."


class UpkeepRequest(Dto):
    """The part to refresh or to tag again."""

    part: PartKey


class DatasheetSourceOut(Dto):
    """An address that was asked for the datasheet of a part, and what became of it the last time."""

    url: str
    source: str
    "what named it: catalogue:NAME, model:NAME, user"
    verdict: Verdict
    detail: str | None
    final_url: str | None
    "where its redirects led when it last sent a file"
    sha256: str | None
    "of the file that it sent last; null when it sent none the last time"
    checked_at: datetime
    changed_at: datetime
    "since when it has sent this file, or this refusal"


class DatasheetSourceList(Dto):
    """The addresses of a part's datasheet, in the order in which they became known."""

    sources: tuple[DatasheetSourceOut, ...]


class Basis(Dto):
    """What the answer about a field rests on; when one of these is another, the part is due to be asked about again."""

    by: str
    "who answered: MODEL/PROMPT, or local/RULES"
    words: str
    "the words to choose from, as a digest"
    text: str
    "what was known of the part, as a digest"


class DriftCause(StrEnum):
    """Why a part was tagged again, the weightiest reason first."""

    MODEL = "model"
    PROMPT = "prompt"
    RULES = "rules"
    VOCABULARY = "vocabulary"
    TEXT = "text"
    FIRST = "first"
    "nobody remembers on which basis it was tagged before"
    ASKED = "asked"
    "nothing has changed, but a person asked"


class DriftKind(StrEnum):
    """How an answer differs from what the part has."""

    UNCHANGED = "unchanged"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class DriftOutcome(StrEnum):
    """What was done about the difference."""

    NONE = "none"
    "there is none"
    SET = "set"
    PROPOSED = "proposed"
    KEPT = "kept"
    "a person decided otherwise before, or the answer is not sure enough, or it waits as a suggestion already"


def kind_of(added: tuple[str, ...], removed: tuple[str, ...]) -> DriftKind:
    """Return the kind of a difference."""
    if added and removed:
        return DriftKind.CHANGED
    if added:
        return DriftKind.ADDED
    return DriftKind.REMOVED if removed else DriftKind.UNCHANGED


def cause_of(before: Basis | None, now: Basis) -> DriftCause:
    """Return why an answer on one basis is not good any more on another."""
    if before is None:
        return DriftCause.FIRST
    if before.by != now.by:
        (was, _, _), (model, _, _) = before.by.partition("/"), now.by.partition("/")
        if was != model:
            return DriftCause.MODEL
        return DriftCause.RULES if model == "local" else DriftCause.PROMPT
    if before.words != now.words:
        return DriftCause.VOCABULARY
    return DriftCause.TEXT if before.text != now.text else DriftCause.ASKED


class DriftCount(Dto):
    """How many fields of a night have the same cause, kind and outcome."""

    field: SuggestionField
    cause: DriftCause
    kind: DriftKind
    outcome: DriftOutcome
    count: int


class DriftNight(Dto):
    """What tagging again found in one night, which is a day in UTC."""

    night: date
    parts: int
    counts: tuple[DriftCount, ...]


class DriftReport(Dto):
    """The nights in which parts were tagged again, newest first."""

    nights: tuple[DriftNight, ...]


class DriftReportQuery(Dto):
    """How many nights to show."""

    limit: Annotated[int, Field(ge=1, le=366)] = 30


class DriftOut(Dto):
    """What tagging again found for a field of a part."""

    id: int
    part: str
    night: date
    field: SuggestionField
    cause: DriftCause
    kind: DriftKind
    outcome: DriftOutcome
    added: tuple[str, ...]
    removed: tuple[str, ...]
    run: str


class DriftPage(Dto):
    """Parts that were tagged again, in the order in which they were; `next` goes into `after`."""

    drifts: tuple[DriftOut, ...]
    next: int | None


class DriftQuery(Dto):
    """Which parts of a night to list."""

    night: Night | None = Field(None, description="Only those of this night, a day in UTC.")
    kind: DriftKind | None = Field(None, description="Only differences of this kind.")
    part: PartKey | None = Field(None, description="Only those of a part.")
    after: Annotated[int, Field(ge=0, lt=2**63)] = Field(0, description="`next` of the page before.")
    limit: Annotated[int, Field(ge=1, le=100)] = 50
