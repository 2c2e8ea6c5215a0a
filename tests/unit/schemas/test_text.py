"""How long text may be, and what becomes of text that a machine read."""

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.document import Address as Link
from schemas.identification import PartGuess
from schemas.intake import PartIntakeInput, PartIntakeRequest
from schemas.suggestion import PartNumberValue
from schemas.text import MAX_ADDRESS, MAX_CODE, MAX_LINE, MAX_TEXT, Address
from services.identification.guesses import best_first


@pytest.mark.parametrize("adapter", [TypeAdapter(Address), TypeAdapter(Link)], ids=["part", "document"])
def test_address_is_as_short_as_it_is_kept(adapter: TypeAdapter[object]) -> None:
    # An ü is one character, and %C3%BC where it is kept.
    assert len(str(adapter.validate_python("http://x/" + "ü" * 331))) == MAX_ADDRESS - 5
    with pytest.raises(ValidationError, match="more than 2000"):
        adapter.validate_python("http://x/" + "ü" * 332)


@pytest.mark.parametrize(("read", "kept"), [(" TI ", "TI"), ("  ", None), (None, None), ("x" * 5000, "x" * MAX_LINE)])
def test_text_that_a_machine_read_is_cut(read: str | None, kept: str | None) -> None:
    assert PartNumberValue(manufacturer_code="NE555P", manufacturer=read).manufacturer == kept
    assert PartIntakeInput(manufacturer_code="NE555P", manufacturer=read).manufacturer == kept


def test_description_that_a_machine_read_is_cut() -> None:
    assert PartNumberValue(manufacturer_code="NE555P", description="x" * 5000).description == "x" * MAX_TEXT


def test_number_that_is_too_long_for_a_part_is_not_guessed() -> None:
    long, short = (
        PartGuess(manufacturer_code=code, confidence=0.9, evidence=()) for code in ("X" * (MAX_CODE + 1), "NE555P")
    )
    assert best_first([long, short]) == (short,)


def test_blank_manufacturer_is_refused() -> None:
    with pytest.raises(ValidationError):
        PartIntakeRequest(manufacturer_code="NE555P", manufacturer="  ")
