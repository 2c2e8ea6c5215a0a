"""Printed names that stand for many numbers: ranges, lists, and names with an x for any character."""

import re
from collections.abc import Iterator
from string import ascii_uppercase
from typing import Final

from services.datasheet.numbers import Form, folded, key, latin

_PARSED: Final = re.compile(r"^(.*?)([0-9]+(?:\.[0-9]+)?)([A-Z]*)$")
_GROUPS: Final = re.compile(r"[0-9]+|[A-Z]+")
_COMPARED: Final = re.compile(r"[A-Z0-9]|(?<=[0-9])[.,](?=[0-9])")
_UNKNOWN: Final = re.compile(r"x+|X{2,}")


def in_range(forms: tuple[Form, ...], low: str, high: str, *, dashed: bool) -> bool:
    """Tell whether a form lies between two printed numbers: 1N4741A in 1N4728A to 1N4764A.

    What follows a dash may be a voltage class, as in BT138-600: without letters before it, it ends a range only when
    the last two digits alone differ, as in BC546-548.
    """
    lowest, highest = _PARSED.match(key(low)), _PARSED.match(key(high))
    if lowest is None or highest is None:
        return False
    (head, start, _), (tail, end, _) = lowest.groups(), highest.groups()
    is_class = dashed and (end[:-2] != start[:-2] or end.endswith("00"))
    if not tail and len(end) == len(start) and not is_class:
        tail = head
    parsed = [match.groups() for form in forms if (match := _PARSED.match(form.key))]
    return bool(head) and any(
        head == own == tail and float(start) < float(number) < float(end) for own, number, _ in parsed
    )


def in_list(forms: tuple[Form, ...], head: str, piece: str) -> bool:
    """Tell whether `head/piece` covers a form: LM158/258, AD8055/6, TIP29/A, 74HC/HCT10, SN54/74LS00."""
    head, piece = key(head), key(piece)
    if not head or not piece:
        return False
    meant = set(_short_for(head, piece))
    bare = {text.lstrip(ascii_uppercase) for text in meant}
    return any(form.key in meant or (form.key[0].isdigit() and form.key in bare) for form in forms)


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


def stands_for(forms: tuple[Form, ...], printed: str) -> bool:
    """Tell whether a printed name with an x for any character covers a form: SNx4HC112, LM78XX, MD53UXX."""
    text, marks = _marked(printed)
    fixed = [sign for sign, mark in zip(text, marks, strict=True) if not mark]
    if not any(marks) or not _distinct(fixed):
        return False
    head = text[: len("".join("x" if mark else "." for mark in marks).rstrip("x"))]
    bare = head if not any(marks[: len(head)]) else None
    return any(form.key == bare or _fills(form.key, text, marks) for form in forms)


def _fills(own: str, text: str, marks: list[bool]) -> bool:
    return len(own) == len(text) and all(
        mark or sign == filled for sign, mark, filled in zip(text, marks, own, strict=True)
    )


def _marked(printed: str) -> tuple[str, list[bool]]:
    """Return the compared characters, and of each whether any may stand there: a lower-case x, or several X."""
    capitals = folded(printed)
    unknown = {index for match in _UNKNOWN.finditer(latin(printed)) for index in range(*match.span())}
    compared = [match.start() for match in _COMPARED.finditer(capitals)]
    return key(capitals), [index in unknown for index in compared]


def _distinct(fixed: list[str]) -> bool:
    letters = sum(sign.isalpha() for sign in fixed)
    return letters >= 1 and (len(fixed) >= 6 if letters == len(fixed) else len(fixed) >= 4)
