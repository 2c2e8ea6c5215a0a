import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.slot import Slot
from services.project.pick_list import chosen_slots

slots = st.builds(Slot, st.integers(1, 3), st.integers(1, 5))
held_s = st.dictionaries(slots, st.integers(1, 50), max_size=8)


@pytest.mark.parametrize(
    ("held", "needed", "taken"),
    [
        ({Slot(1, 1): 10}, 4, {Slot(1, 1): 4}),
        ({Slot(1, 1): 100, Slot(1, 2): 5, Slot(1, 3): 7}, 5, {Slot(1, 2): 5}),
        ({Slot(1, 1): 100, Slot(1, 2): 5, Slot(1, 3): 7}, 6, {Slot(1, 3): 6}),
        ({Slot(1, 1): 8, Slot(1, 2): 5, Slot(1, 3): 7}, 10, {Slot(1, 1): 8, Slot(1, 2): 2}),
        ({Slot(2, 1): 5, Slot(1, 2): 5, Slot(1, 3): 5}, 3, {Slot(1, 2): 3}),
        ({Slot(2, 1): 5, Slot(1, 2): 5, Slot(1, 3): 5}, 10, {Slot(1, 2): 5, Slot(1, 3): 5}),
        ({Slot(1, 1): 3, Slot(1, 2): 2}, 9, {Slot(1, 1): 3, Slot(1, 2): 2}),
        ({Slot(1, 1): 3}, 0, {}),
        ({}, 3, {}),
    ],
)
def test_slots_are_chosen_by_the_rule(held: dict[Slot, int], needed: int, taken: dict[Slot, int]) -> None:
    assert chosen_slots(held, needed) == taken


@given(held=held_s, needed=st.integers(0, 200))
def test_no_fewer_slots_would_have_enough(held: dict[Slot, int], needed: int) -> None:
    taken = chosen_slots(held, needed)
    assert sum(taken.values()) == min(needed, sum(held.values()))
    assert all(0 < quantity <= held[slot] for slot, quantity in taken.items())
    assert sum(sorted(held.values(), reverse=True)[: max(len(taken) - 1, 0)]) < max(needed, 1)
