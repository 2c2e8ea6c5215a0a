"""Finding parts by number: exact, begun, misread or with slips."""

import re
from typing import Final

from schemas.part_number import canonical_key, loose_key
from schemas.search import HitKind
from services.identification.spellings import families
from services.search.asking import Question
from services.search.text import LAST

_SHORTEST_BEGINNING: Final = 2
_SHORTEST_INFIX: Final = 3
_SHORTEST_BASE: Final = 4
_SHORTEST_MISREAD: Final = 4
_SHORTEST_SLIP: Final = 4
_SHORTEST_TWO: Final = 7
_LONGEST_SLIP: Final = 40
_UNLIKE: Final = "levenshtein_less_equal(key, :key, 6)"
_SWAPS: Final = "(levenshtein_less_equal(fold, search_fold(:key), 4) - search_slips(fold, search_fold(:key)))"
_LIKELY: Final = f"(1.5 * {_SWAPS} + 0.5 * greatest(0, length(key) - length(:key)))"
"""Likelier than one of 35 wrong characters are two that changed places, and one that was left out.

For the former Levenshtein counts two.
"""


def _arm(kind: str, where: str, *, closeness: str = "0.0", order: str = "") -> str:
    """Return the part of a statement that finds numbers for one reason."""
    found = f"SELECT id4, {kind} AS kind, CAST({closeness} AS float8) AS closeness FROM search_numbers"
    return f"({found} WHERE {where} AND {{among}} {order} LIMIT {{numbers}})"


def _begun(kind: HitKind, column: str, begun: str, closeness: str = "0.0") -> str:
    """Return the part of a statement that finds numbers that begin so, in their order."""
    begins = f"{column} >= {begun} AND {column} < {begun} || '{LAST}'"
    return _arm(f"'{kind}'", begins, closeness=closeness, order=f"ORDER BY {column}")


def _slipped(kind: HitKind, slips: int, where: str) -> str:
    """Return the part of a statement that finds numbers up to so many slips away."""
    near = (
        f"search_deletions(fold, 2) && search_deletions(search_fold(:key), {slips})"
        # Two characters that changed places are two of these, and one slip.
        f" AND levenshtein_less_equal(fold, search_fold(:key), {2 * slips}) <= {2 * slips}"
        f" AND search_slips(fold, search_fold(:key)) <= {slips}"
    )
    return _arm(f"'{kind}'", f"{where} AND {near}", closeness=f"1 - ({_UNLIKE} - {_LIKELY}) / 7.0")


_SHARE: Final = "CAST(:length AS float8) / length(key)"
_COMMON: Final = "CAST(least(length(key), :length) AS float8) / greatest(length(key), :length)"
_SAME: Final = "EXISTS (SELECT FROM parts WHERE parts.id4 = search_numbers.id4 AND canonical_key = :exact)"
_ALIKE: Final = " UNION ALL ".join(
    (
        _arm(f"CASE WHEN {_SAME} THEN '{HitKind.NUMBER}' ELSE '{HitKind.SEPARATORS}' END", "key = :key"),
        _arm(f"'{HitKind.MISREAD}'", "fold IN (search_fold(:key), search_fold(:letters))"),
        _begun(HitKind.BEGINNING, "key", ":beginning", _SHARE),
        _arm(f"'{HitKind.BASE}'", "key = ANY (CAST(:bases AS text[]))"),
        _arm(f"'{HitKind.FAMILY}'", "key = ANY (CAST(:shorter AS text[]))", closeness=_COMMON),
        _begun(HitKind.FAMILY, "key", ":base", _COMMON),
    )
)
_NEAR: Final = f"""
WITH one AS MATERIALIZED {_slipped(HitKind.ONE_SLIP, 1, "CAST(:one AS bool)")}
SELECT * FROM one
UNION ALL {_slipped(HitKind.TWO_SLIPS, 2, "CAST(:two AS bool) AND NOT EXISTS (SELECT FROM one)")}
UNION ALL {_begun(HitKind.MISREAD_BEGINNING, "fold", "search_fold(:beginning)", _SHARE)}
UNION ALL {_arm(f"'{HitKind.INFIX}'", "key LIKE '%' || CAST(:inside AS text) || '%'")}
"""


class Numbers:
    """The questions about one number."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._exact = canonical_key(text)
        self.key = loose_key(text)
        # With the P of 6P8, which is a point between digits, and may be the letter if the 8 is a B.
        self._letters = re.sub("[^A-Z0-9]", "", self._exact)

    @property
    def is_likely(self) -> bool:
        """Whether the text may be one number, and long enough; among the words of a sentence, slips lead anywhere."""
        spaces = self._text.count(" ")
        like = not spaces or (spaces == 1 and any(map(str.isdigit, self._text)))
        return like and len(self.key) >= _SHORTEST_INFIX

    def alike(self) -> Question:
        """Return the question for parts with this number, or one that looks alike, begins so, or has the same base."""
        key = self.key
        shorter = [key[:end] for end in range(_SHORTEST_BASE, len(key))]
        bases = [loose_key(base) for base in families(key)]
        given = {"exact": self._exact, "key": key, "letters": self._letters, "length": len(key)}
        given |= {"bases": bases, "shorter": shorter, "base": min(bases, key=len, default=LAST)}
        given["beginning"] = self._from(_SHORTEST_BEGINNING)
        return Question(_ALIKE, given)

    def near(self, *, two: bool, inside: bool) -> Question:
        """Return the question for parts whose number is slips away: a character wrong, left out, added or swapped.

        Those of two slips only if there are none of one. Also those that begin so but for look-alikes, and, if they are
        asked for, those that contain this number.
        """
        key = self.key
        slips = len(key) <= _LONGEST_SLIP
        given = {"key": key, "length": len(key), "beginning": self._from(_SHORTEST_MISREAD)}
        given["one"] = slips and len(key) >= _SHORTEST_SLIP
        given["two"] = slips and two and len(key) >= _SHORTEST_TWO
        given["inside"] = key if inside and len(key) >= _SHORTEST_INFIX else None
        return Question(_NEAR, given)

    def _from(self, shortest: int) -> str:
        """Return the key, or, if it is too short, one that no number begins with."""
        return self.key if len(self.key) >= shortest else LAST
