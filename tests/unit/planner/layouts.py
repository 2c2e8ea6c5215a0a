"""Layouts and objectives for the tests of the planner, some of them odd."""

from hypothesis import strategies as st

from planner import Bag, Box, Layout, Objective, Place

WEIGHTS = st.sampled_from([0.0, 0.0, 1.0, 4.5])
OBJECTIVES = st.builds(
    Objective,
    boxes_per_type=WEIGHTS,
    gaps=WEIGHTS,
    kin=WEIGHTS,
    front=WEIGHTS,
    together=WEIGHTS,
    moves=st.sampled_from([0.01, 0.05, 0.5]),
)
LIMITS = st.sampled_from([None, 0, 1, 3, 8])


@st.composite
def layouts(draw: st.DrawFn, *, odd: bool = True) -> Layout:
    """Draw a layout; an odd one has kept and designated boxes, pinned bags, shared places, split parts and promises."""
    chance = draw(st.randoms(use_true_random=False))

    def now_and_then(share: float) -> bool:
        return odd and chance.random() < share

    boxes = [
        Box(
            3 * number + 1,
            chance.randint(1, 9),
            kept=now_and_then(0.1),
            kinds=frozenset(chance.sample(range(4), 2)) if now_and_then(0.25) else frozenset(),
        )
        for number in range(chance.randint(1, 5))
    ]
    places = [Place(box.number, loc) for box in boxes for loc in range(1, box.capacity + 1)]
    chance.shuffle(places)
    count = chance.randint(1, len(places))
    bags = [
        Bag(
            key=f"bag {number}",
            part=f"part {number // 2 if now_and_then(0.3) else number}",
            kind=None if now_and_then(0.15) else chance.randrange(4),
            rank=chance.randrange(20),
            uses=chance.choice([0.0, 1.0, 5.0]),
            place=chance.choice(places[:count]) if now_and_then(0.05) else places[number],
            pinned=now_and_then(0.07),
        )
        for number in range(count)
    ]
    parts = sorted({bag.part for bag in bags})
    picks = [frozenset(chance.sample(parts, min(3, len(parts)))) for _ in range(chance.randint(0, 3))]
    reserved = frozenset(place for place in places[count:] if now_and_then(0.1))
    return Layout(boxes, bags, picks, reserved)


def row(*kinds: int | None, capacity: int = 4) -> Layout:
    """Return boxes that hold bags of these types from left to right; `None` is an empty location."""
    bags = [
        Bag(f"bag {slot}", f"part {slot}", kind, slot, 0.0, Place(slot // capacity + 1, slot % capacity + 1))
        for slot, kind in enumerate(kinds)
        if kind is not None
    ]
    return Layout([Box(number + 1, capacity) for number in range(-(-len(kinds) // capacity))], bags)
