"""The grammar of part numbers: the suffixes that may be left off, and the numbers that a printed name covers."""

import re
from collections.abc import Iterator
from string import ascii_uppercase
from typing import Final, NamedTuple

_LOOKALIKES: Final = str.maketrans("АВЕКМНОРСТУХасекорху×□–—−‐‑‒", "ABEKMHOPCTYXacekopxyxx------")
_KEPT: Final = re.compile(r"[A-Z0-9]|(?<=[0-9])[.,](?=[0-9])")

_DASHED: Final = re.compile(r"[-/,#+ ()]+(?:[A-Z]{0,3}|NOPB|PBF|REEL7?|TUBE|TAPE|[0-9][A-Z0-9.]{0,7})\)?$")
_LETTERS: Final = re.compile(r"(?<=[0-9])[A-Z]{1,6}$")
_PACKAGE_CODE: Final = re.compile(r"(?<=[0-9A-Z])[A-Z]{1,3}[0-9]{1,2}$")
_LONG_GROUP: Final = re.compile(r"[0-9]{3}")
_JIS_TRANSISTOR: Final = re.compile(r"^[ABCDJK][0-9]{2,4}[A-Z]{0,2}$")
_PARSED: Final = re.compile(r"^(.*?)([0-9]+(?:\.[0-9]+)?)([A-Z]*)$")
_SIGNS: Final = re.compile(r"[A-Z0-9]|(?<=[0-9])[.](?=[0-9])|[^A-Z0-9]+")
_LONGEST: Final = 60
_GROUPS: Final = re.compile(r"[0-9]+|[A-Z]+")


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
    return "".join(sign.upper() if len(sign.upper()) == 1 else sign for sign in text.translate(_LOOKALIKES))


def key(code: str) -> str:
    """Return the letters, digits and decimal points of a folded number, since 1.5KE6.8 is not 1.5KE68."""
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


def in_range(form: Form, low: str, high: str) -> bool:
    """Tell whether a form lies between two printed numbers: 1N4741A in 1N4728A to 1N4764A."""
    parsed = [_PARSED.match(text) for text in (key(low), form.key, key(high))]
    if None in parsed:
        return False
    (head, start, _), (own, number, _), (tail, end, _) = (match.groups() for match in parsed if match)
    if not tail and len(end) == len(start):
        tail = head
    return bool(head) and head == own == tail and float(start) < float(number) < float(end)


def in_list(form: Form, head: str, piece: str) -> bool:
    """Tell whether `head/piece` covers a form: LM158/258, AD8055/6, TIP29/A, 74HC/HCT10, SN54/74LS00."""
    head, piece = key(head), key(piece)
    if not head or not piece:
        return False
    meant = set(_short_for(head, piece))
    return form.key in meant or (form.key[0].isdigit() and form.key in {text.lstrip(ascii_uppercase) for text in meant})


def _short_for(head: str, piece: str) -> Iterator[str]:
    if piece.isdigit():
        body = head.rstrip(ascii_uppercase)
        tail = head[len(body) :]
        if len(piece) < len(body) and body[-len(piece) :].isdigit():
            yield body[: -len(piece)] + piece
            yield body[: -len(piece)] + piece + tail
        return
    joints = [match.start() for match in _GROUPS.finditer(head)][1:]
    yield from (head[:joint] + piece for joint in [*joints, len(head)])
    yield from (head + piece[match.start() :] for match in [*_GROUPS.finditer(piece)][1:] if piece[match.start() :])


def stands_for(printed: str, forms: tuple[Form, ...]) -> bool:
    """Tell whether a printed name with an x for any character covers a form: SNx4HC112, LM78XX, MD53UXX."""
    text = key(folded(printed))
    marks = _marks(printed)
    fixed = [sign for sign, mark in zip(text, marks, strict=False) if not mark]
    if len(marks) != len(text) or not any(marks) or not _distinct(fixed):
        return False
    head = text[: len("".join("x" if mark else "." for mark in marks).rstrip("x"))]
    bare = head if not any(marks[: len(head)]) else None
    return any(form.key == bare or _fills(form.key, text, marks) for form in forms)


def _fills(own: str, text: str, marks: list[bool]) -> bool:
    return len(own) == len(text) and all(
        mark or sign == filled for sign, mark, filled in zip(text, marks, own, strict=True)
    )


def _marks(printed: str) -> list[bool]:
    """Tell of each compared character whether it is a placeholder: a lower-case x, or several upper-case ones."""
    plain = printed.translate(_LOOKALIKES)
    runs = {index for match in re.finditer(r"x+|X{2,}", plain) for index in range(*match.span())}
    return [index in runs for index in range(len(plain)) if _KEPT.match(folded(plain), index)]


def _distinct(fixed: list[str]) -> bool:
    letters = sum(sign.isalpha() for sign in fixed)
    return letters >= 1 and (len(fixed) >= 6 if letters == len(fixed) else len(fixed) >= 4)
