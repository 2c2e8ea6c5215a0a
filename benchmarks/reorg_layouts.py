"""Layouts for the benchmark of reorganisation plans: shuffled, untidy, and small ones for the exact solver."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from planner import Bag, Box, Layout, Objective, Place

CAPACITY, TYPES = 60, 40


def shuffled(placements: int, *, seed: int = 1, fill: float = 0.85, capacity: int = CAPACITY) -> Layout:
    """Return bags of 40 types, whose sizes fall as in Zipf's law, thrown into boxes that are filled to this share."""
    chance = random.Random(seed)
    boxes = -(-int(placements / fill) // capacity)
    weights = [1 / (1 + number) for number in range(TYPES)]
    kinds = chance.choices(range(TYPES), weights, k=placements)
    slots = chance.sample(range(boxes * capacity), placements)
    return Layout(
        tuple(Box(number, capacity) for number in range(1, boxes + 1)),
        tuple(
            _bag(number, kind, slot, chance, capacity)
            for number, (kind, slot) in enumerate(zip(kinds, slots, strict=True))
        ),
    )


def _bag(number: int, kind: int, slot: int, chance: random.Random, capacity: int, uses: float = 0.0) -> Bag:
    place = Place(1 + slot // capacity, 1 + slot % capacity)
    return Bag(f"{number:06}", f"{number:06}", kind, chance.randrange(1_000_000), uses, place)


def untidy(tidy: Layout, share: float, *, seed: int = 1) -> Layout:
    """Return a layout in which this share of the bags was put back wherever there was room, or in exchange."""
    chance = random.Random(seed)
    bags = list(tidy.bags)
    taken = {bag.place for bag in bags}
    free = [Place(box.number, loc) for box in tidy.boxes for loc in range(1, box.capacity + 1)]
    free = [place for place in free if place not in taken]
    for number in chance.sample(range(len(bags)), int(len(bags) * share)):
        here = bags[number].place
        if free and chance.random() < 0.5:
            at = chance.randrange(len(free))
            bags[number], free[at] = bags[number]._replace(place=free[at]), here
        else:
            other = chance.randrange(len(bags))
            bags[number], bags[other] = bags[number]._replace(place=bags[other].place), bags[other]._replace(place=here)
    return Layout(tidy.boxes, tuple(bags), tidy.picks, tidy.reserved)


def with_projects(layout: Layout, *, projects: int = 30, parts: int = 20, seed: int = 1) -> Layout:
    """Return the layout with projects of so many different parts each, and each part's uses: a few parts are in most.

    How often a part is asked for falls as in Zipf's law, in an order that has to do neither with types nor with places.
    """
    chance = random.Random(seed)
    names = sorted({bag.part for bag in layout.bags})
    chance.shuffle(names)
    weights = [1 / (1 + number) for number in range(len(names))]
    picks = []
    for _ in range(projects):
        pick: set[str] = set()
        while len(pick) < parts:
            pick.update(chance.choices(names, weights, k=parts - len(pick)))
        picks.append(frozenset(pick))
    uses = Counter(part for pick in picks for part in pick)
    bags = tuple(bag._replace(uses=float(uses[bag.part])) for bag in layout.bags)
    return replace(layout, bags=bags, picks=tuple(picks))


class Instance(NamedTuple):
    """A small question for the planner and the exact solver."""

    name: str
    "of its objective"
    layout: Layout
    objective: Objective
    max_moves: int


OBJECTIVES = {
    "types": Objective(boxes_per_type=10.0),
    "types and gaps": Objective(boxes_per_type=10.0, gaps=1.0),
    "types, gaps and kin": Objective(boxes_per_type=10.0, gaps=1.0, kin=2.0),
    "kin": Objective(kin=1.0),
    "types and front": Objective(boxes_per_type=3.0, front=4.0),
    "types and together": Objective(boxes_per_type=3.0, together=2.0),
}


def small(count: int) -> Iterator[Instance]:
    """Yield small questions of each objective; those with kin are smaller, because the solver proves no larger ones."""
    names = list(OBJECTIVES)
    for seed in range(count):
        chance = random.Random(1000 + seed)
        name = names[seed % len(names)]
        objective = OBJECTIVES[name]
        boxes, capacity, most = chance.randint(2, 4), chance.randint(5, 10), 40
        if objective.kin:
            boxes, capacity, most = chance.randint(2, 3), chance.randint(4, 6), 15
        placements = max(4, min(most, int(boxes * capacity * chance.choice([0.7, 0.85, 0.95]))))
        types = chance.randint(2, 6 if placements > 12 else 3)
        bags = [
            _bag(
                number, int(types * chance.random() ** 1.6), slot, chance, capacity, uses=chance.choice([0, 0, 1, 2, 5])
            )
            for number, slot in enumerate(chance.sample(range(boxes * capacity), placements))
        ]
        parts = [bag.part for bag in bags]
        picks = [frozenset(chance.sample(parts, min(len(parts), 4))) for _ in range(5)] if objective.together else []
        layout = Layout(tuple(Box(number, capacity) for number in range(1, boxes + 1)), tuple(bags), tuple(picks))
        yield Instance(name, layout, objective, chance.choice([4, 8, placements // 2, placements]))
