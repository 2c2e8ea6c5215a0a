"""Carrying steps out on a layout, with a check of each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from planner.board import Board, check_keys
from planner.layout import Layout, Place, Step


class Impossible(ValueError):
    """A step cannot be done on this layout."""


def replay(layout: Layout, steps: Iterable[Step]) -> Layout:
    """Return the layout after the steps; raises `Impossible` at the first one that is not possible.

    A step is possible if each bag lies at its origin and may leave it, and each target is free, or left by the same
    step, not closed, and in the bag's own box or one that its type may enter.

    Raises `BadLayout` if the layout contradicts itself.
    """
    check_keys(layout.bags)
    board = Board(layout)
    item_of = {bag.key: item for item, bag in enumerate(layout.bags)}
    places = [bag.place for bag in layout.bags]
    taken = Counter(places)
    for step in steps:
        for move in step.moves:
            item = item_of.get(move.key)
            if item is None or places[item] != move.origin:
                raise Impossible(f"{move.key} does not lie at {_said(move.origin)}")
            if board.stuck[item]:
                raise Impossible(f"{move.key} stays where it is")
            taken[move.origin] -= 1
        for move in step.moves:
            item, slot = item_of[move.key], board.slot(move.target)
            enters = move.target.box != move.origin.box
            if board.closed[slot] or (enters and not board.may_enter(board.kind[item], board.box_of[slot])):
                raise Impossible(f"{move.key} may not be put at {_said(move.target)}")
            if taken[move.target]:
                raise Impossible(f"{_said(move.target)} is not free for {move.key}")
            taken[move.target] += 1
            places[item] = move.target
    bags = tuple(bag._replace(place=place) for bag, place in zip(layout.bags, places, strict=True))
    return replace(layout, bags=bags)


def _said(place: Place) -> str:
    return f"{place.box}-{place.loc}"
