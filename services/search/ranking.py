"""The order of what is found: one formula.

    score = points of the reason + 9 × closeness + 0.5 if there is stock

The points of two reasons differ by 10 or more, so that a better reason always stands above a worse one. Closeness, from
0 to 1, orders parts of one reason: how much of the number was typed, or how well the words stand in the text. Parts of
one score stand by their letters, so that the same question has the same answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from schemas.search import HitKind

POINTS: Final[Mapping[HitKind, int]] = {
    kind: 10 * (len(HitKind) - place) for place, kind in enumerate(HitKind, start=1)
}
"In the order of HitKind."
CLOSENESS: Final = 9.0
STOCK: Final = 0.5
"Only parts that may be shown are looked up in the stock, by the statement that reads what is shown of them."


class Match(NamedTuple):
    """A part that was found, with the reason, how close it is from 0 to 1, and the page of a datasheet."""

    id4: str
    kind: HitKind
    closeness: float = 0.0
    document: int | None = None
    page: int | None = None

    @property
    def score(self) -> float:
        """The number that matches are ordered by, but for the stock."""
        return POINTS[self.kind] + CLOSENESS * min(1.0, self.closeness)


def best(matches: Iterable[Match]) -> dict[str, tuple[float, Match]]:
    """Return each part once, by its letters, with its best score and the reason for it."""
    found: dict[str, tuple[float, Match]] = {}
    for each in matches:
        score = each.score
        if each.id4 not in found or score > found[each.id4][0]:
            found[each.id4] = score, each
    return found


def leading(scores: Mapping[str, float], most: int) -> Sequence[str]:
    """Return the parts that may be among the first, whatever is in stock."""
    first = sorted(scores.values(), reverse=True)[:most]
    return [id4 for id4, score in scores.items() if score + STOCK >= first[-1]]
