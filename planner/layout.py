"""A layout as plain data: boxes, the bags in their places, and what is picked together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class BadLayout(ValueError):
    """A layout contradicts itself: a place outside its box, or two bags or boxes with the same name."""


class Place(NamedTuple):
    """Location `loc` of box `box`, both numbered from 1."""

    box: int
    loc: int


class Box(NamedTuple):
    """A box with `capacity` locations."""

    number: int
    capacity: int
    kept: bool = False
    "left alone: nothing enters it, leaves it, or moves inside it"
    kinds: frozenset[int] = frozenset()
    "the types that it is designated for; empty means that every type may enter it"


class Bag(NamedTuple):
    """A bag of a part. A part that is split over several places has several bags; they are never merged."""

    key: str
    "unique in the layout; the moves name it"
    part: str
    kind: int | None
    "its type; bags without one are in nobody's way: they count for no type and have no kin"
    rank: int
    "its order among its kin, the bags of its type: by value, by number"
    uses: float
    "how often the part is used, in any unit"
    place: Place
    pinned: bool = False
    "stays where it is, as do bags that share a place"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies. Boxes are in front in the order of their numbers."""

    boxes: Sequence[Box]
    bags: Sequence[Bag]
    picks: Sequence[frozenset[str]] = ()
    "pick lists: the parts that a project takes together"
    reserved: frozenset[Place] = frozenset()
    "places that are promised to others: nothing enters them, and they are not gaps"


class Move(NamedTuple):
    """A bag is taken from `origin` and put at `target`."""

    key: str
    part: str
    origin: Place
    target: Place


class Step(NamedTuple):
    """What is done at once: one move into a free place, or a cycle whose bags pass through the hand.

    In a cycle the targets are the origins in another order, so that no place gains or loses a bag.
    """

    moves: tuple[Move, ...]
    gain: float
    "how much the score falls by this step; it may be negative if a later step needs it"
