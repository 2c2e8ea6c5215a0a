from typing import Any
from uuid import uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.errors import Conflict, InvalidInput
from schemas.slot import Slot
from schemas.stock import Count, Move, Receive, Split, Use
from services.stock.rules import MOST, applied, deltas_of

A, B, C = Slot(7, 1), Slot(7, 2), Slot(12, 30)

slots = st.sampled_from([A, B, C])
quantities = st.integers(1, 20)
plenty = st.integers(20, 60)
held = st.fixed_dictionaries({A: plenty, B: plenty}, optional={C: plenty})
ids = st.uuids()
shares = st.lists(st.fixed_dictionaries({"slot": slots, "quantity": quantities}), min_size=1, max_size=2)

moves = st.builds(Move, command_id=ids, from_slot=slots, to_slot=slots, quantity=st.none() | quantities)
splits = st.builds(Split, command_id=ids, from_slot=slots, into=shares)
counts = st.builds(Count, command_id=ids, slot=slots, counted=st.integers(0, 20))
receipts = st.builds(Receive, command_id=ids, slot=slots, quantity=quantities)
uses = st.builds(Use, command_id=ids, slot=slots, quantity=quantities)


def done(order: Any, lying: dict[Slot, int]) -> dict[Slot, int]:
    """Carry out a command, and look away when it is refused."""
    try:
        return applied(lying, deltas_of(order, lying))
    except (Conflict, InvalidInput):
        assume(False)
        raise


@given(held, moves | splits)
def test_moving_keeps_every_piece(lying: dict[Slot, int], order: Move | Split) -> None:
    assert sum(done(order, lying).values()) == sum(lying.values())


@given(held, moves | splits | counts | receipts | uses)
def test_nothing_is_ever_below_zero(lying: dict[Slot, int], order: Any) -> None:
    assert min(done(order, lying).values()) >= 0


@given(held, moves | splits | counts | receipts | uses)
def test_opposite_brings_back_what_was(lying: dict[Slot, int], order: Any) -> None:
    after = done(order, lying)
    opposite = {slot: -delta for slot, delta in deltas_of(order, lying).items()}
    assert {slot: many for slot, many in applied(after, opposite).items() if many} == lying


@given(held, counts)
def test_what_was_counted_is_what_lies_there(lying: dict[Slot, int], order: Count) -> None:
    assert done(order, lying) == {**lying, order.slot: order.counted}


@pytest.mark.parametrize(
    ("lying", "sentence"),
    [
        ({}, "the part has no stock in any slot"),
        ({B: 4, A: 3}, "the part lies in 7-1 (3), 7-2 (4)"),
        ({Slot(1, loc_no): 1 for loc_no in range(1, 31)}, "1-10 (1) and 20 more slots"),
    ],
)
def test_refusal_says_where_the_part_lies(lying: dict[Slot, int], sentence: str) -> None:
    with pytest.raises(Conflict) as refused:
        deltas_of(Use(command_id=uuid4(), quantity=1, slot=C), lying)
    assert sentence in refused.value.message


def test_slot_holds_no_more_than_can_be_noted() -> None:
    with pytest.raises(Conflict, match=str(MOST)):
        applied({A: MOST}, {A: 1})
