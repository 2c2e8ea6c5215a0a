"""The places of a document at which a range, a list or a pattern covers the requested number."""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from services.datasheet.numbers import Form
from services.datasheet.pages import Page
from services.datasheet.shorthand import in_list, in_range, stands_for

MOST_NAMES: Final = 2_000
"The number of different names in one document that are compared; pages full of patterns cost no more."
_MOST_PLACEHOLDERS: Final = 60
_PLACEHOLDER_PAGES: Final = 8

_NAME: Final = r"(?=[A-Z0-9.]{0,20}[A-Z])(?=[A-Z0-9.]{0,20}[0-9])[A-Z0-9][A-Z0-9.]{2,24}"
_RANGE: Final = re.compile(
    rf"(?<![A-Z0-9])({_NAME})\s*(-|~|\.\.\.?|…|∼|\bTO\b|\bTHRU\b|\bTHROUGH\b)\s*({_NAME}|[0-9]{{3,}})(?![A-Z0-9])"
)
_LIST: Final = re.compile(
    r"(?<![A-Z0-9-])(?=[A-Z0-9]{0,20}[A-Z])([A-Z0-9][A-Z0-9-]{1,24}(?:/[A-Z0-9-]{1,12}){1,8})(?![A-Z0-9])"
)
_PIECE: Final = r"[A-Za-z0-9][A-Za-z0-9.]{0,24}"
_PLACEHOLDER: Final = re.compile(
    rf"(?:(?<![A-Za-z0-9])(?:{_PIECE}[-_/ ]){{0,3}})?(?<![a-z])"
    rf"[A-Z0-9]{{0,16}}(?:x{{1,4}}|X{{2,4}})[A-Z0-9]{{0,16}}(?![a-z])"
    rf"(?:[-_/ ]{{1,3}}{_PIECE}){{0,6}}"
)

type Span = tuple[int, int]


class Covering:
    """The comparison of one number, in all its forms, with the names of one document, each of them once."""

    def __init__(self, forms: tuple[Form, ...]) -> None:
        self._forms = forms
        self._compared: dict[tuple[str, ...], bool] = {}

    def places(self, page: Page) -> Iterator[Span]:
        """Return the places of a page at which a name covers the number."""
        for match in _RANGE.finditer(page.folded):
            low, sign, high = match.groups()
            if self._covers(in_range, low, high, dashed=sign == "-"):
                yield match.span()
        for match in _LIST.finditer(page.folded):
            head, *pieces = match[1].split("/")
            if any(self._covers(in_list, head, piece) for piece in pieces):
                yield match.span()
        if page.number <= _PLACEHOLDER_PAGES:
            yield from self._placeholders(page)

    def _placeholders(self, page: Page) -> Iterator[Span]:
        for match in islice(_PLACEHOLDER.finditer(page.text), _MOST_PLACEHOLDERS):
            pieces = list(re.finditer(_PIECE, match[0]))
            for first in range(len(pieces)):
                for last in range(first, len(pieces)):
                    if last > first and _is_apart(match[0], pieces[last - 1], pieces[last]):
                        break
                    start, end = pieces[first].start(), pieces[last].end()
                    if self._covers(stands_for, match[0][start:end]):
                        yield match.start() + start, match.start() + end

    def _covers(self, compare: Callable[..., bool], *names: str, **how: bool) -> bool:
        name = (compare.__name__, *names, *map(str, how.values()))
        if name not in self._compared and len(self._compared) < MOST_NAMES:
            self._compared[name] = compare(self._forms, *names, **how)
        return self._compared.get(name, False)


def _is_apart(text: str, before: re.Match[str], after: re.Match[str]) -> bool:
    """Tell whether a number after a space does not belong to the name, like the footnote in LM78XX 1."""
    return after[0].isdigit() and text[before.end() : after.start()].isspace()
