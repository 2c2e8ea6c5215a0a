"""Starting runs from typed and scanned numbers."""

import pytest
from sqlalchemy.orm import Session

from models import Part
from pipelines.part_intake import start_part_intake
from schemas.errors import Unprocessable
from schemas.intake import PartIntakeRequest

LABEL = "[)>\x1e06\x1dP296-LM358-ND\x1d1PLM358DR\x1dQ25\x1d11ZPICK\x1e\x04"


def started(session: Session, text: str) -> tuple[str | None, int | None]:
    run = start_part_intake(session, PartIntakeRequest(manufacturer_code=text))
    part = session.get_one(Part, run.subject)
    return part.manufacturer_code, run.input["quantity"]


@pytest.mark.parametrize(("text", "number"), [("LM358DR", "LM358DR"), ("  NE555P ", "NE555P")])
def test_typed_number_is_the_persons(session: Session, text: str, number: str) -> None:
    assert started(session, text) == (number, None)


def test_scanned_label_gives_number_and_quantity(session: Session) -> None:
    assert started(session, LABEL) == ("LM358DR", 25)


@pytest.mark.parametrize(
    "text",
    ["[)>\x1e06\x1dP296-1234-ND\x1dQ5\x1d11ZPICK\x1e\x04", "A\x00B", "A" * 101, "N/A", "unknown", "<b>LM358</b>"],
)
def test_text_without_a_number_is_refused(session: Session, text: str) -> None:
    with pytest.raises(Unprocessable):
        started(session, text)


def test_number_for_a_part_takes_its_letters_in_any_case(session: Session) -> None:
    first = start_part_intake(session, PartIntakeRequest(manufacturer_code="LM358"))
    again = start_part_intake(session, PartIntakeRequest(manufacturer_code="NE555", part=(first.subject or "").lower()))

    assert again.subject == first.subject
