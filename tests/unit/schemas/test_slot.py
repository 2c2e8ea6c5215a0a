import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.base import Dto
from schemas.errors import InvalidInput
from schemas.slot import SLOT_PATTERN, Slot

numbers = st.integers(1, 999_999)
BAD = ["", "7", "7-", "-3", "7-0", "0-3", "07-3", "7-3-1", "a-b", "7 - 3", "٧-٣", "7-3\n", "1234567-1"]


class Placed(Dto):
    slot: Slot | None = None


@given(numbers, numbers)
def test_slot_is_read_as_it_is_written(box_no: int, loc_no: int) -> None:
    slot = Slot(box_no, loc_no)

    assert Slot.parse(str(slot)) == slot
    assert Placed.model_validate_json(Placed(slot=slot).model_dump_json(), strict=True).slot == slot


@pytest.mark.parametrize("text", BAD)
def test_text_that_is_not_a_slot_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        Slot.parse(text)
    with pytest.raises(ValidationError):
        Placed.model_validate_json(json.dumps({"slot": text}))
    with pytest.raises(ValidationError):
        Placed.model_validate({"slot": text})


def test_list_of_two_numbers_is_not_a_slot() -> None:
    with pytest.raises(ValidationError):
        Placed.model_validate_json('{"slot": [7, 3]}')


def test_document_describes_a_text() -> None:
    schema = TypeAdapter(Slot).json_schema()

    assert (schema["type"], schema["pattern"]) == ("string", SLOT_PATTERN)


def test_slots_sort_in_walking_order() -> None:
    assert sorted([Slot(10, 1), Slot(2, 11), Slot(2, 2)]) == [Slot(2, 2), Slot(2, 11), Slot(10, 1)]
