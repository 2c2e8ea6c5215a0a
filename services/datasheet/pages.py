"""The pages of a document as the gate reads them."""

from typing import Final, NamedTuple

from services.datasheet.numbers import folded

_LOOKED_AT_PAGES: Final = 40
_LOOKED_AT_CHARACTERS: Final = 20_000
_LOOKED_AT_IN_ALL: Final = 300_000


class Page(NamedTuple):
    """The text of a page, as printed and folded; both have the same length."""

    number: int
    text: str
    folded: str


def pages_of(texts: tuple[str, ...]) -> tuple[Page, ...]:
    """Return the pages to search, numbered from 1; what is over a page's or the document's limit is left out."""
    pages: list[Page] = []
    left = _LOOKED_AT_IN_ALL
    for number, text in enumerate(texts[:_LOOKED_AT_PAGES], 1):
        looked_at = text[: min(_LOOKED_AT_CHARACTERS, left)]
        left -= len(looked_at)
        pages.append(Page(number, looked_at, folded(looked_at)))
    return tuple(pages)
