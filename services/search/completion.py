"""Completing what is typed in the search box."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Box, Part, Project, SearchNumber, SearchWord, Type
from schemas.part_number import loose_key
from schemas.search import WordKind
from services.search.filters import HAS, IN, NAMES
from services.search.text import begins, readable

_MOST: Final = 8
_SHORTEST: Final = 2


class Completed(NamedTuple):
    """A whole query, and what its last word was completed to."""

    text: str
    kind: str


class SearchCompletionService:
    """Completes the last word: to a number, a maker, a tag, a type, a word of descriptions, or a filter."""

    @staticmethod
    def list(session: Session, query: str, *, limit: int) -> list[Completed]:
        """Return ways to go on, the likeliest first."""
        text = readable(query)
        before, _, last = text.rpartition(" ")
        name, colon, value = last.partition(":")
        ways: Iterator[tuple[str, str]] = iter(())
        if colon and name.lower() in NAMES:
            ways = ((f"{name.lower()}:{_quoted(each)}", "filter") for each in _values(session, name.lower(), value))
        elif len(last) >= _SHORTEST:
            ways = _words(session, last)
        completed: dict[str, str] = {}
        for way, kind in ways:
            completed.setdefault(f"{before} {way}".strip(), kind)
        return [Completed(text, kind) for text, kind in islice(completed.items(), limit)]


def _words(session: Session, last: str) -> Iterator[tuple[str, str]]:
    yield from ((f"{name}:", "filter") for name in NAMES if name.startswith(last.lower()))
    yield from ((code, "number") for code in _numbers(session, last))
    for kind in (WordKind.TAG, WordKind.MAKER):
        yield from ((word, kind.value) for word in _known(session, kind, last))
    yield from ((name, "type") for name in _named(session, Type.name, last))
    yield from ((word, WordKind.WORD.value) for word in _known(session, WordKind.WORD, last))


def _numbers(session: Session, last: str) -> Iterable[str]:
    key = loose_key(last)
    if len(key) < _SHORTEST:
        return ()
    begun = begins(SearchNumber.key, key)
    numbers = select(Part.manufacturer_code).join(SearchNumber, SearchNumber.id4 == Part.id4).where(begun)
    found = session.scalars(numbers.order_by(SearchNumber.key, SearchNumber.id4).limit(_MOST))
    return [code for code in found if code]


def _known(session: Session, kind: WordKind, last: str) -> Iterable[str]:
    begun = last.lower()
    # Makers are few, and are known as people write them.
    begun_so = (
        func.starts_with(func.lower(SearchWord.word), begun)
        if kind is WordKind.MAKER
        else begins(SearchWord.word, begun)
    )
    known = select(SearchWord.word).where(SearchWord.kind == kind, begun_so)
    return session.scalars(known.order_by(SearchWord.parts.desc(), SearchWord.word).limit(_MOST)).all()


def _named(session: Session, column: object, last: str) -> Iterable[str]:
    begun = func.starts_with(func.lower(column), last.lower())
    return session.scalars(select(column).where(begun).order_by(column).limit(_MOST)).all()  # type: ignore[call-overload]


def _values(session: Session, name: str, begun: str) -> Iterable[str]:
    """Return the values that a filter may have, of those that begin so."""
    begun = begun.strip('"')
    match name:
        case "type":
            return _named(session, Type.name, begun)
        case "project":
            return _named(session, Project.name, begun)
        case "tag":
            return _known(session, WordKind.TAG, begun)
        case "maker":
            return _known(session, WordKind.MAKER, begun)
        case "box":
            numbers = map(str, session.scalars(select(Box.box_no).order_by(Box.box_no)))
            return list(islice((number for number in numbers if number.startswith(begun)), _MOST))
        case "has":
            return [word for word in HAS if word.startswith(begun.lower())]
        case "in":
            return [word for word in IN if word.startswith(begun.lower())]
        case _:
            return ()


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
