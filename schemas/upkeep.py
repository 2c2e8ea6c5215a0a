"""What is done again and again with parts that are there."""

from datetime import datetime

from schemas.base import Dto
from schemas.datasheet import Verdict
from schemas.id4 import PartKey


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
