"""Words on a photo that may be part numbers, and their other spellings in a catalogue."""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import pairwise
from typing import Final, NamedTuple

from schemas.markings import TextLine
from schemas.part_number import code_key
from services.identification.makers import Maker


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


class Spelling(Enum):
    """The relation of a catalogue's number to the printed one, most reliable first."""

    EXACT = 0
    CONFUSED = 1
    FAMILY = 2
    PLACEHOLDER = 3
    PREFIX = 4
    CONFUSED_FAMILY = 5


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
_IDENTIFIER: Final = re.compile(r"[(<\[]\s*(\d{0,2}[A-Z])\s*[)>\]](?:[^:]*:)?(.*)")
"""A data identifier printed in brackets, such as "(1P) Part No.:"; P is the customer's number, 1P the maker's."""

_NOISE: Final = re.compile(r"[^A-Z0-9+\-/#.,_ ]")
_DESIGNATOR: Final = re.compile(
    r"(?:[A-Z]\d{1,3}|[CR]\d{4}|(?:TP|SW|CN|CON|FB|LED|JP|IC|R[NPV]|C[BERT]|VR|FL|Z?D|TR|BT|AN|ANT|NT|MH|I?CT|SPK|USB|HDR)\d{1,3})[A-Z]?"
)
_VALUE: Final = re.compile(
    r"\d+(?:\d|[.,])*(?:[KMGUNP]?(?:HZ|OHMS?|F|H|A|V|W|VAC|VDC)|[KMR]\d{0,2}|PPM|PCS|MM|MIL|%|MIN|BIT|DPI|[KMGT]B?)"
)
_DATE_OR_LOT: Final = re.compile(
    r"\d{4}[A-Z]{0,2}\d?|[A-Z]?\d{6,8}[A-Z]?|(?:19|20)\d{2}[01]\d[0-3]\d|[A-F0-9]{12}|94V\d?"
)
_DIGITS_FIRST: Final = re.compile(
    r"(?:54|74)[A-Z]|[1246][NP]\d|2S[A-DJK]\d|2[3-9][A-Z]|[12]8[BFSV]|[78][08]C|93[CL]|\d{4}[A-Z]{3}"
)
_LOGIC: Final = re.compile(
    r"(?:SN|DM|MC|CD|HD|MM|TC|HEF|HCF|UT|[MNTUI]D?)?((?:54|74)[A-Z]{1,4}\d{2,5}|40\d{2,3}|45\d{2})"
)
_SUFFIX: Final = re.compile(
    r"[ABCEIQM]?(?:AN|AP|AD|AU|BE|BM|C[JMNPTW]|D[BDTW]?|DBV|DCK|DDA|DG[KNS]|DR[BV]|EN?|F|FN|G|H|JG|J|K|KC|KTT|L|LP|M"
    r"|M[AFLMSUX]|N|NS|OT|P|P[TUW]|PWP|RGE|RGZ|RHB|S[LMNOPSTU]?|T[AOPT]?|U|V|W|Z)?(?:R|T|TR|TG|TL|RL|X)?"
    r"(?:E4|G4|PBF|NOPB|T1G?|T3G?|Q1|G|LF)?"
)
_LOOKALIKES: Final = (("O", "0"), ("I", "1"), ("B", "8"), ("S", "5"), ("Z", "2"), ("G", "6"))
_MAX_WORDS: Final = 400


def tokens_of(lines: Sequence[TextLine]) -> tuple[Token, ...]:
    """Return words that may be part numbers, and joined neighbours, in reading order, each spelling once."""
    found: dict[tuple[str, Caption], Token] = {}
    awaited = Caption.NONE
    before = ""
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else None
        caption, rest = _caption(line.text.upper())
        if caption is Caption.PLAIN and re.fullmatch("MFG|MFR|MANUFACTURER", before):
            caption = Caption.MAKER
        before = code_key(line.text)
        if caption is Caption.NONE:
            caption, awaited = awaited, Caption.NONE
        elif not code_key(rest):
            awaited = caption
            continue
        for token in _words(rest, line, caption, following):
            known = found.setdefault((token.key, token.caption), token)
            if token.line.confidence > known.line.confidence:
                found[token.key, token.caption] = token
    return tuple(found.values())[:_MAX_WORDS]


def _caption(text: str) -> tuple[Caption, str]:
    if identifier := _IDENTIFIER.search(text):
        return Caption.MAKER if identifier[1] == "1P" else Caption.FOREIGN, identifier[2]
    for kind, pattern in _COMPILED:
        if match := pattern.match(text):
            return kind, match[1]
    return Caption.NONE, text


def _words(text: str, line: TextLine, caption: Caption, following: TextLine | None) -> Iterator[Token]:
    words = [word for word in (_NOISE.sub(" ", text)).split() if code_key(word)]
    clean = [word.strip(".,/_-#") for word in words]
    for word in clean:
        alone = caption if len(words) == 1 or caption is Caption.FOREIGN else Caption.NONE
        # Numbers with this ending are DigiKey's own.
        yield Token(word, code_key(word), line, Caption.FOREIGN if word.endswith("-ND") else alone)
    if len(words) > 1 and caption in (Caption.MAKER, Caption.PLAIN):
        yield Token("".join(clean), code_key(text), line, caption)
    for first, second in pairwise(clean):
        yield Token(f"{first}{second}", code_key(first + second), line, caption, joined=True)
    if following and clean:
        # A number may continue in the next line, mostly with its package: "-I/SS" below.
        tail = _NOISE.sub(" ", following.text.upper()).strip()
        if tail and " " not in tail:
            glue = "" if tail[0] in "-/" else "-"
            yield Token(f"{clean[-1]}{glue}{tail}", code_key(clean[-1] + tail), line, caption, joined=True)


def is_designator(token: Token) -> bool:
    """Tell whether a word names a place on a board, such as R12."""
    return bool(_DESIGNATOR.fullmatch(token.key))


def likeness(token: Token) -> float:
    """Return a score from 0 to 0.6 for how much a word looks like a part number, by its letters and digits alone."""
    key = token.key
    digits = sum(character.isdigit() for character in key)
    if not 5 <= len(key) <= 24 or not 2 <= digits < len(key) or token.caption is Caption.FOREIGN:
        return 0.0
    if any(pattern.fullmatch(key) for pattern in (_DESIGNATOR, _VALUE, _DATE_OR_LOT)) or re.search(
        r"\d{7}", token.text
    ):
        return 0.0
    score = 0.3
    score += 0.1 if re.match(r"[A-Z]{2,5}\d", key) else -0.15 * (key[0].isdigit() and not _DIGITS_FIRST.match(key))
    score += 0.1 if re.search(r"\d[A-Z]{1,5}\d{0,3}$", key) else 0.0
    score += 0.05 if "-" in token.text or "/" in token.text else 0.0
    score -= 0.1 if re.fullmatch(r"[A-Z]{1,3}\d[A-Z]?\d{4,6}", key) else 0.0
    return max(0.05, min(0.6, score)) * (0.5 if token.joined else 1.0)


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
        yield key[1:], Spelling.PREFIX
    for other in confused(key):
        for base in families(other):
            yield base, Spelling.CONFUSED_FAMILY


def families(text: str) -> tuple[str, ...]:
    """Return the keys that remain when a known suffix is removed, longest first."""
    key = code_key(text)
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


def maker_of(key: str, makers: Sequence[Maker]) -> Maker | None:
    """Return the maker whose prefix a number has, or None."""
    return next((maker for maker in makers if re.match(maker.prefixes, key)), None)
