"""Other spellings of a printed number, under which a catalogue may list it."""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final

from schemas.part_number import canonical_key
from services.identification.makers import Maker
from services.identification.tokens import Token


class Spelling(Enum):
    """The relation of a catalogue's number to the printed one, most reliable first."""

    EXACT = 0
    CONFUSED = 1
    FAMILY = 2
    PLACEHOLDER = 3
    PREFIX = 4
    CONFUSED_FAMILY = 5
    GLUED = 6


_LOGIC: Final = re.compile(
    r"(?:SN|DM|MC|CD|HD|MM|TC|HEF|HCF|UT|[MNTUI]D?)?((?:54|74)[A-Z]{1,4}\d{2,5}|40\d{2,3}|45\d{2})"
)
_SUFFIX: Final = re.compile(
    r"[ABCEIQM]?(?:AN|AP|AD|AU|BE|BM|C[JMNPTW]|D[BDTW]?|DBV|DCK|DDA|DG[KNS]|DR[BV]|EN?|F|FN|G|H|JG|J|K|KC|KTT|L|LP|M"
    r"|M[AFLMSUX]|N|NS|OT|P|P[TUW]|PWP|RGE|RGZ|RHB|S[LMNOPSTU]?|T[AOPT]?|U|V|W|Z)?(?:R|T|TR|TG|TL|RL|X)?"
    r"(?:E4|G4|PBF|NOPB|T1G?|T3G?|Q1|G|LF)?"
)
_LOOKALIKES: Final = (("O", "0"), ("I", "1"), ("B", "8"), ("S", "5"), ("Z", "2"), ("G", "6"))


def spellings(token: Token, makers: Sequence[Maker]) -> Iterator[tuple[str, Spelling]]:
    """Yield the keys under which a catalogue may list a number, most reliable first.

    FAMILY removes a known package, grade or reel suffix, never a digit of the number: LM358DR belongs to LM358, but
    LM4811 never to LM481. PLACEHOLDER adds the x that catalogues write for a variant.
    """
    key = token.key
    yield key, Spelling.EXACT
    for other in confused(key):
        yield other, Spelling.CONFUSED
    for base in families(token.text):
        yield base, Spelling.FAMILY
    if key[-1:].isdigit():
        yield key[:-1] + "X", Spelling.PLACEHOLDER
    for maker in makers:
        if maker.dropped and not key.startswith(maker.dropped):
            yield maker.dropped + key, Spelling.PREFIX
    if re.match(r"N[A-Z]{2}", key):
        # The recogniser easily reads the N of "P/N" as the number's first letter.
        yield key[1:], Spelling.GLUED
    for other in confused(key):
        for base in families(other):
            yield base, Spelling.CONFUSED_FAMILY


def families(text: str) -> tuple[str, ...]:
    """Return the keys that remain when a known suffix is removed, longest first."""
    # What a plus stands for belongs to the suffix, or tells parts apart: MAX232CPE+ is a MAX232, CM3+ is not a CM3.
    key, _plus, _rest = canonical_key(text).partition("+")
    bases = [
        key[:end]
        for end in range(len(key) - 1, 3, -1)
        if key[end].isalpha() and any(map(str.isdigit, key[:end])) and _SUFFIX.fullmatch(key[end:])
    ]
    logic = [match[1] for base in (key, *bases) if (match := _LOGIC.fullmatch(base)) and match[1] != key]
    return tuple(dict.fromkeys((*bases, *logic)))


def confused(key: str) -> tuple[str, ...]:
    """Return the keys that differ by one look-alike letter or digit, or by one kind of look-alike throughout."""
    others: list[str] = []
    for pair in _LOOKALIKES:
        for bad, good in (pair, (pair[1], pair[0])):
            places = [place for place, character in enumerate(key) if character == bad]
            others += [key[:place] + good + key[place + 1 :] for place in places]
            others += [key.replace(bad, good)] if len(places) > 1 else []
    return tuple(dict.fromkeys(others))


def folded(key: str) -> str:
    """Return a key with look-alikes replaced by one character each."""
    return key.translate(str.maketrans("OISBZGQD", "01582600"))
