"""Words on a photo that may be part numbers, and the captions before them."""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import batched, pairwise
from typing import Final, NamedTuple

from schemas.markings import TextLine
from schemas.part_number import canonical_key, may_be_number


class Caption(Enum):
    """The meaning that a label gives a word; FOREIGN is a lot, a serial number, or a number of another company."""

    NONE = 0
    PLAIN = 1
    MAKER = 2
    FOREIGN = 3


class Token(NamedTuple):
    """A word, or neighbouring words joined, that may be a part number."""

    text: str
    key: str
    line: TextLine
    caption: Caption = Caption.NONE
    joined: bool = False
    glued: bool = False
    "whether its first letter may be the N of a caption P/N, or is missing because it was taken for that"


_NUMBER_WORD: Final = (
    r"(?:P(?:ART)?\s*[/.]\s*N|(?:PN|P(?:ART)?\s*(?:NO|NUMBER|NUM|NR)|TYPE|MODEL|ITEM)(?![A-Z0-9])|PART\s*#)"
)
_FOREIGN: Final = (
    r"(?:LOT|S\s?/\s?N|SERIAL|MAC|DATE|D/?C|QTY|QUANTITY|CUST\w*|CPN|ORDER|P\.?O|BATCH|INSPECTION|VENDOR|REEL\s?ID"
    r"|T?LPN|L/N|VIC|FCC|\w{0,6}\s?ID|MSL|C[O0]{2}|REV|MO|ASSY|INVOICE|PRODUCT|PAT(?:ENT)?|CODE)\b"
)
_CAPTIONS: Final = (
    (Caption.MAKER, rf"(?:MPN|(?:MFG|MFR|MANUFACTURER|MAKER|SUPPLIER|VENDOR|OUR|MTL)['S.]*\s*{_NUMBER_WORD}|MTL\s*NO)"),
    (Caption.FOREIGN, rf"(?:\w+\s+)*(?:CUST\w*|[A-Z]{{2,}})\s+{_NUMBER_WORD}"),
    (
        Caption.FOREIGN,
        _FOREIGN,
    ),
    (Caption.PLAIN, _NUMBER_WORD),
)
_COMPILED: Final = tuple((kind, re.compile(rf"\W*{pattern}(.*)")) for kind, pattern in _CAPTIONS)
_IDENTIFIER: Final = re.compile(r"[(<\[]\s*(\d{1,2}[A-Z]|[DKLPQSTV])\s*[)>\]]")
"""A data identifier printed in brackets, such as "(1P) Part No.:"; P is the customer's number, 1P the maker's. (C), (M)
and (R) are marks of rights."""

_GLUED: Final = re.compile(r".*P\s*[/.]\s*N")
"""The end of a caption that runs into its number: "P/NE555P" may be E555P or NE555P."""

_NOISE: Final = re.compile(r"[^A-Z0-9+\-/#.,_ ]")
_MAX_WORDS: Final = 400


def tokens_of(lines: Sequence[TextLine]) -> tuple[Token, ...]:
    """Return words that may be part numbers, and joined neighbours, in reading order, each spelling once."""
    found: dict[tuple[str, Caption], Token] = {}
    awaited = Caption.NONE
    before = ""
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else None
        for caption, rest, glued in _captioned(line.text.upper()):
            if caption is Caption.PLAIN and re.fullmatch("MFG|MFR|MANUFACTURER", before):
                caption = Caption.MAKER
            if caption is not Caption.NONE and not may_be_number(rest):
                awaited = caption
                continue
            meant, awaited = (awaited if caption is Caption.NONE else caption), Caption.NONE
            for token in _words(rest, line, meant, following, glued=glued):
                known = found.setdefault((token.key, token.caption), token)
                if token.line.confidence > known.line.confidence:
                    found[token.key, token.caption] = token
        before = canonical_key(line.text)
    return tuple(found.values())[:_MAX_WORDS]


def token_of_code(word: str) -> Token:
    """Return a word that was read off a machine code, in which no letter is unclear."""
    return Token(word, canonical_key(word), TextLine(text=word[:1000], confidence=1.0, height=0.0))


def _captioned(text: str) -> Iterator[tuple[Caption, str, bool]]:
    """Yield the parts of a line, each with its caption, and whether the caption runs into its number."""
    head, *identified = _IDENTIFIER.split(text)
    if head.strip() or not identified:
        yield _caption(head)
    for identifier, value in batched(identified, 2):
        _name, colon, number = value.partition(":")
        yield Caption.MAKER if identifier == "1P" else Caption.FOREIGN, number if colon else value, False


def _caption(text: str) -> tuple[Caption, str, bool]:
    for kind, pattern in _COMPILED:
        if match := pattern.match(text):
            is_glued = match[1][:1].isalnum() and _GLUED.fullmatch(text[: match.start(1)])
            return kind, match[1], bool(is_glued)
    return Caption.NONE, text, False


def _words(text: str, line: TextLine, caption: Caption, following: TextLine | None, *, glued: bool) -> Iterator[Token]:
    words = [word for word in (_NOISE.sub(" ", text)).split() if may_be_number(word)]
    clean = [word.strip(".,/_-#") for word in words]
    alone = caption if len(words) == 1 or caption is Caption.FOREIGN else Caption.NONE
    for place, word in enumerate(clean):
        is_glued = glued and place == 0
        # Numbers with this ending are DigiKey's own.
        meant = Caption.FOREIGN if word.endswith("-ND") else alone
        yield Token(word, canonical_key(word), line, meant, glued=is_glued)
        if is_glued:
            yield Token(f"N{word}", canonical_key(f"N{word}"), line, meant, glued=True)
    if len(words) > 1 and caption in (Caption.MAKER, Caption.PLAIN):
        yield Token("".join(clean), canonical_key(text), line, caption)
    for first, second in pairwise(clean):
        yield Token(f"{first}{second}", canonical_key(first + second), line, caption, joined=True)
    if following and clean:
        # A number may continue in the next line, mostly with its package: "-I/SS" below.
        tail = _NOISE.sub(" ", following.text.upper()).strip()
        if tail and " " not in tail:
            glue = "" if tail[0] in "-/" else "-"
            yield Token(f"{clean[-1]}{glue}{tail}", canonical_key(clean[-1] + tail), line, caption, joined=True)
