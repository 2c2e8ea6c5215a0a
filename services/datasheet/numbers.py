"""The grammar of part numbers: their comparison, and the suffixes that may be left off."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_LOOKALIKES: Final = str.maketrans("АВЕКМНОРСТУХасекорху×□–—−‐‑‒", "ABEKMHOPCTYXacekopxyxx------")
_KEPT: Final = re.compile(r"[A-Z0-9]|(?<=[0-9])[.,](?=[0-9])")

_DASHED: Final = re.compile(r"[-/,#+ ()]+(?:[A-Z]{0,3}|NOPB|PBF|REEL7?|TUBE|TAPE|[0-9][A-Z0-9.]{0,7})\)?$")
_LETTERS: Final = re.compile(r"(?<=[0-9])[A-Z]{1,6}$")
_PACKAGE_CODE: Final = re.compile(r"(?<=[0-9A-Z])[A-Z]{1,3}[0-9]{1,2}$")
_LONG_GROUP: Final = re.compile(r"[0-9]{3}")
_JIS_TRANSISTOR: Final = re.compile(r"^[ABCDJK][0-9]{2,4}[A-Z]{0,2}$")
_SIGNS: Final = re.compile(r"[A-Z0-9]|(?<=[0-9])[.](?=[0-9])|[^A-Z0-9]+")
_LONGEST: Final = 60


class Form(NamedTuple):
    """A way to write the requested number: `key` is compared, `written` still has its dashes."""

    key: str
    written: str
    stem: bool = False
    "whether a suffix is left off"
    coded: bool = False
    "whether the suffix may be a value, not only a package"


def folded(text: str) -> str:
    """Return text of the same length in capitals, with one dash and with Cyrillic look-alikes as Latin letters."""
    capitals = (sign.upper() if len(sign.upper()) == 1 else sign for sign in latin(text))
    return latin("".join(capitals))


def latin(text: str) -> str:
    """Return text of the same length with Cyrillic look-alikes as Latin letters, and with one dash."""
    return text.translate(_LOOKALIKES)


def key(code: str) -> str:
    """Return the letters, digits and decimal points of a folded number, since 1.5KE6.8 is not 1.5KE68.

    That is the rule of the canonical key; no document is ever accepted by the loose one.
    """
    return "".join(_KEPT.findall(code)).replace(",", ".")


def forms(code: str) -> tuple[Form, ...]:
    """Return the requested number, then its stems, longest first: LM358DR, LM358D, LM358."""
    whole = folded(code).strip()[:_LONGEST]
    found = {key(whole): Form(key(whole), whole)}
    for stem, coded in _stems(whole):
        if key(stem) not in found and _tells_apart(key(stem)):
            found[key(stem)] = Form(key(stem), stem, stem=True, coded=coded)
    if _JIS_TRANSISTOR.match(whole):
        found["2S" + whole] = Form("2S" + whole, "2S" + whole)
    return tuple(found.values())


def _stems(code: str, coded: bool = False) -> Iterator[tuple[str, bool]]:
    if match := _DASHED.search(code):
        stem, chunk = code[: match.start()], key(match.group())
        yield stem, coded or chunk[:1].isdigit()
        yield from _stems(stem, coded or chunk[:1].isdigit())
    elif match := _LETTERS.search(code):
        yield from ((code[:end], coded) for end in range(match.end() - 1, match.start() - 1, -1))
        yield from _stems(code[: match.start()], coded)
    elif (match := _PACKAGE_CODE.search(code)) and _LONG_GROUP.search(code[: match.start()]):
        yield code[: match.start()], coded
        yield from _stems(code[: match.start()], coded)


def _tells_apart(short: str) -> bool:
    digits, letters = sum(map(str.isdigit, short)), sum(map(str.isalpha, short))
    return digits + letters >= 4 and digits >= 2 and letters >= 1


def pattern(form: Form) -> str:
    """Return the regular expression of a form in folded text; it allows dashes and spaces only at joints."""
    body, joint = "", False
    for sign in _SIGNS.findall(form.written):
        if not sign.isalnum() and sign != ".":
            joint = True
            continue
        body += (r"(?:[-_/., ]\n?){0,2}" if joint else _between(body[-1:], sign)) + ("[.,]" if sign == "." else sign)
        joint = False
    starts_with_digit = form.key[:1].isdigit()
    prefix = "[A-Z]{0,4}-?" if starts_with_digit and len(form.key) >= 4 else ""
    return rf"(?<![A-Z0-9]){r'(?<![0-9][.,])' if starts_with_digit else ''}{prefix}{body}"


def _between(before: str, after: str) -> str:
    changes = before.isalnum() and after.isalnum() and before.isdigit() != after.isdigit()
    return r"(?:[-_]\n?| )?" if changes else ""
