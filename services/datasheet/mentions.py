"""Mentions of a part number in a document: their places, forms and prominence."""

import re
from collections import Counter
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from services.datasheet import numbers
from services.datasheet.covering import Covering
from services.datasheet.numbers import Form
from services.datasheet.pages import Page
from services.datasheet.words import is_word

_MAX_MENTIONS: Final = 400
_QUOTE_SIDE: Final = 60

_ORDERING: Final = re.compile(
    r"ORDER(?:ING|ABLE|\s+(?:CODE|NUMBER|NO|INFO))|HOW\s+TO\s+ORDER|PART\s+(?:NUMBER|NO)|TYPE\s+(?:NUMBER|NO)|MODEL\b"
    r"|DEVICE\s+MARKING|DEVICE\s+SUMMARY|SELECTION\s+TABLE|产品目录|型号|订购|订货|ЗАКАЗ"
)
_ORDERING_LENGTH: Final = 2500
_PASSING: Final = re.compile(
    r"(?:COMPATIB|EQUIVALENT|REPLAC|SIMILAR|COMPLEMENT|SECOND SOURCE|SUBSTITUT|SUPERSED|INSTEAD|COMPANION|ALTERNATIVE"
    r"|UPGRADE|REFER TO|\bSEE\b|TOGETHER WITH|\bUSING\b|SUCH AS|DRIVEN? BY|\bE\.G\.|COMPARED|\bUNLIKE\b)[^\n.;]{0,60}$"
)
_STATES: Final = re.compile(
    r"^[A-Z0-9/-]{0,8}(?:®|™)?,?\s+(?:IS|ARE|SERIES|FAMILY|FEATURES?|PROVIDES?|INTEGRATES?|COMBINES?|OFFERS?|DATA\s?SHEET)\b"
)
_HEAD: Final = re.compile(r"[A-Z]{2,6}(?=[x0-9X-])")
_GOES_ON: Final = re.compile(r"[A-Z0-9]|[.,][0-9]")
_LONGER: Final = {True: re.compile(r"[A-Z][A-Z0-9]{0,6}(?![A-Z0-9])"), False: re.compile(r"[A-Z]{1,3}(?![A-Z0-9])")}
_FAMILY: Final = re.compile(r"(?<![A-Z0-9.])(?:[A-Z]{1,6}-?[0-9]{2,6}|[0-9][A-Z]{1,3}[0-9]{2,5})(?![0-9])")
_HEADLINE: Final = 600
_SHORT_LINE: Final = 70
_FIRST_TEXT: Final = 40


class Fit(IntEnum):
    """How well a printed name fits the requested number, best first."""

    EXACT = 0
    STEM = 1
    COVERED = 2
    CODED = 3
    LONGER = 4


class Mention(NamedTuple):
    """One place in a document that names the part."""

    fit: Fit
    page: int
    start: int
    end: int
    printed: str


def find(code: str, pages: tuple[Page, ...]) -> list[Mention]:
    """Return the places that name the part itself, not a compatible one in passing."""
    forms = numbers.forms(code)
    covering = Covering(forms)
    found: list[Mention] = []
    for page in pages:
        on_page = islice(_on_page(forms, covering, page), _MAX_MENTIONS)
        found += [mention for mention in on_page if not _in_passing(page, mention)]
        if len(found) > _MAX_MENTIONS:
            break
    return found


def _on_page(forms: tuple[Form, ...], covering: Covering, page: Page) -> Iterator[Mention]:
    for form in forms:
        yield from _written_out(form, page)
    yield from (_mention(Fit.COVERED, page, *place) for place in covering.places(page))


def _written_out(form: Form, page: Page) -> Iterator[Mention]:
    for match in _compiled(form).finditer(page.folded):
        rest = page.folded[match.end() : match.end() + 10]
        if not _GOES_ON.match(rest):
            if not form.stem or not _is_other_variant(form, rest):
                yield _mention(_fit(form), page, match.start(), match.end())
        elif not form.stem and (longer := _LONGER[form.key[-1].isdigit()].match(rest)):
            yield _mention(Fit.LONGER, page, match.start(), match.end() + longer.end())


def _is_other_variant(form: Form, rest: str) -> bool:
    """Tell whether a stem continues as another number than the requested one: BC56-12 instead of BC56-11."""
    return re.match(r"-[A-Z0-9]", rest) is not None and not rest[1:].startswith(form.key[:2])


@lru_cache(maxsize=512)
def _compiled(form: Form) -> re.Pattern[str]:
    return re.compile(numbers.pattern(form))


def _fit(form: Form) -> Fit:
    if not form.stem:
        return Fit.EXACT
    return Fit.CODED if form.coded else Fit.STEM


def _mention(fit: Fit, page: Page, start: int, end: int) -> Mention:
    return Mention(fit, page.number, start, end, page.text[start:end])


def _in_passing(page: Page, mention: Mention) -> bool:
    return _PASSING.search(page.folded, max(0, mention.start - 90), mention.start) is not None


class Prominence(NamedTuple):
    """The evidence that a document is about the part, and its best mention."""

    mention: Mention
    headline: bool
    running: bool
    stated: bool
    ordering: bool
    share: float
    "the number of mentions of the part, as a share of those of the most mentioned part"


def weigh(mentions: list[Mention], pages: tuple[Page, ...]) -> Prominence:
    """Return the prominence of mentions, of which there is at least one."""
    first = next((page.number for page in pages if len(page.text.strip()) >= _FIRST_TEXT), 1)
    by_number = {page.number: page for page in pages}
    headline = [m for m in mentions if m.page == first and _is_headline(by_number[m.page], m)]
    stated = [m for m in mentions if m.page <= first + 1 and _STATES.match(by_number[m.page].folded[m.end :])]
    ordering = [m for m in mentions if _is_in_ordering(by_number[m.page], m)]
    named_pages = {m.page for m in mentions}
    best = min([*(headline or stated or ordering or mentions)], key=lambda m: (m.fit, m.page, m.start))
    return Prominence(
        mention=best,
        headline=bool(headline),
        running=len(named_pages) >= 2 and len(named_pages) * 5 >= len(pages) * 2,
        stated=bool(stated),
        ordering=bool(ordering),
        share=_share(mentions, pages),
    )


def _is_headline(page: Page, mention: Mention) -> bool:
    if mention.start < _HEADLINE:
        return True
    line_start = page.text.rfind("\n", 0, mention.start) + 1
    line_end = page.text.find("\n", mention.end)
    return (line_end if line_end >= 0 else len(page.text)) - line_start <= _SHORT_LINE


def _is_in_ordering(page: Page, mention: Mention) -> bool:
    return _ORDERING.search(page.folded, max(0, mention.start - _ORDERING_LENGTH), mention.end) is not None


def _share(mentions: list[Mention], pages: tuple[Page, ...]) -> float:
    taken = {(m.page, place) for m in mentions for place in range(m.start, m.end)}
    own = {family[0].replace("-", "") for m in mentions for family in _FAMILY.finditer(numbers.folded(m.printed))}
    siblings = tuple(match[0] for m in mentions if m.fit is Fit.COVERED and (match := _HEAD.match(m.printed)))
    others: Counter[str] = Counter()
    for page in pages[:8]:
        for match in _FAMILY.finditer(page.folded):
            name = match[0].replace("-", "")
            if (page.number, match.start()) not in taken and name not in own and not name.startswith(siblings):
                others[name] += 1
    most = max((times for name, times in others.items() if not is_word(name)), default=0)
    count = len({(m.page, m.start) for m in mentions if m.page <= 8})
    return count / max(count, most, 1)


def quote(page: Page, mention: Mention) -> str:
    """Return the words around a mention, on one line."""
    start, end = max(0, mention.start - _QUOTE_SIDE), mention.end + _QUOTE_SIDE
    return " ".join(page.text[start:end].split())
