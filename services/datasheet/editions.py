"""What a datasheet says of its own version: a revision and a date, near the words that announce them."""

import re
from collections.abc import Sequence
from typing import Final

from schemas.datasheet import Edition

_LOOKED_AT: Final = 20_000
"Characters of a page."
_ANNOUNCED: Final = re.compile(r"\b(?:rev(?:ision|ised|\.)?|version|ver\.|issued?|edition|updated?)\b", re.IGNORECASE)
_REVISION: Final = re.compile(
    r"\b(?i:rev(?:ision)?|version|ver|issue|edition)\b\.?:?[ \t]{0,3}(?i:no\.?[ \t]{0,2})?"
    r"(?P<revision>\d{1,3}(?:\.\d{1,3}){0,2}[A-Za-z]?|[A-Z]{1,2}\d{0,2})(?![\w.]*\w)"
)
_WORDS: Final = frozenset({"AS", "AT", "BY", "IF", "IN", "IS", "NO", "OF", "ON", "OR", "TO"})
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_DATE: Final = re.compile(
    r"\b(?:(?P<first>\d{1,2})(?:st|nd|rd|th)?\.?[ -])?"
    r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,?[ -]"
    r"(?:(?P<second>\d{1,2}),?[ ])?(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_NUMERIC_DATE: Final = re.compile(
    r"\b(?P<year>(?:19|20)\d\d)[-./](?P<month>0[1-9]|1[0-2])(?:[-./](?P<day>0[1-9]|[12]\d|3[01]))?\b"
)


def edition_of(pages: Sequence[str], page_count: int) -> Edition:
    """Return the revision and the date that a file's first, second or last page states, the first that does."""
    looked_at = [page[:_LOOKED_AT] for page in dict.fromkeys((*pages[:2], *pages[-1:]))]
    revisions = filter(None, map(_revision, looked_at))
    dates = filter(None, map(_date, looked_at))
    return Edition(revision=next(revisions, None), date=next(dates, None), pages=page_count)


def _revision(page: str) -> str | None:
    found = (match["revision"] for match in _REVISION.finditer(page))
    return next((revision for revision in found if revision not in _WORDS), None)


def _date(page: str) -> str | None:
    """Return the latest date beside a word that announces a version, else the latest on the page."""
    announced = [line for line in page.splitlines() if _ANNOUNCED.search(line)]
    return max(_dates("\n".join(announced)), default=None) or max(_dates(page), default=None)


def _dates(text: str) -> list[str]:
    named = [
        _written(match["year"], _MONTHS.index(match["month"].lower()) + 1, match["first"] or match["second"])
        for match in _NAMED_DATE.finditer(text)
    ]
    return named + [
        _written(match["year"], int(match["month"]), match["day"]) for match in _NUMERIC_DATE.finditer(text)
    ]


def _written(year: str, month: int, day: str | None) -> str:
    return f"{year}-{month:02}" + (f"-{int(day):02}" if day and 1 <= int(day) <= 31 else "")
