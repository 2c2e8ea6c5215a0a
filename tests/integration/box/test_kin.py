"""A part goes beside its kin: by value where its type has a unit, else by number."""

from decimal import Decimal
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.session import session_scope
from schemas.value import Value
from services.box import SlotService
from services.part import PartService
from services.type import TypeService
from tests.support.rows import new_box, new_part, put_stock


def new_kin(type_: str, description: str | None = None, code: str | None = None) -> str:
    return new_part(code, type_=type_, description=description)


def suggested(part: str) -> str:
    with session_scope() as session:
        choice = SlotService.suggest(session, PartService.get(session, part))
        return str(choice and choice.slot)


def put_in_boxes(*parts: str) -> None:
    """Put each part into the second of three slots of a box of its own."""
    for part in parts:
        put_stock(part, new_box(3), 2, 1, uuid4())


@pytest.mark.parametrize(
    ("description", "slot"), [("82 ohm", "1-1"), ("12k 1%", "2-3"), ("0.12 MΩ 1/4W", "3-3"), ("4R7", "1-1")]
)
def test_resistor_goes_beside_the_nearest_value(client: FlaskClient, description: str, slot: str) -> None:
    put_in_boxes(*(new_kin("Resistor", f"{value} 0805 1%") for value in ("100R", "10k", "100 kΩ")))
    assert suggested(new_kin("Resistor", description)) == slot


def test_number_says_the_value_where_the_description_does_not(client: FlaskClient) -> None:
    put_in_boxes(new_kin("Capacitor", code="10n"), new_kin("Capacitor", "1 µF 50 V"))
    assert suggested(new_kin("Capacitor", "SMD 0603", code="1.2uF")) == "2-3"


def test_chip_goes_beside_the_nearest_number(client: FlaskClient) -> None:
    put_in_boxes(*(new_kin("Logic", "gates, 8 ns, 5 V", code=f"74HC{number}") for number in ("00", "04", "595")))
    assert suggested(new_kin("Logic", "gates, 5 V", code="74HC08")) == "2-3"


def test_part_of_another_type_is_no_kin(client: FlaskClient) -> None:
    new_box(3)
    put_in_boxes(new_kin("Logic", code="NE555D"))
    assert suggested(new_kin("Timer", code="NE555P")) == "1-1"


def test_kin_in_full_boxes_lead_to_those_further_away(client: FlaskClient) -> None:
    new_box(3)
    far = new_kin("Resistor", "1 MΩ")
    put_in_boxes(far)
    near = new_box(20)
    for place in range(1, 21):
        put_stock(new_kin("Resistor", f"{place} kΩ"), near, place, 1, uuid4())
    assert suggested(new_kin("Resistor", "10.5 kΩ")) == "2-1"


def test_unit_of_a_type_changes_the_order_of_its_parts(client: FlaskClient) -> None:
    put_in_boxes(new_kin("Widerstand", "100R", code="Z9"), new_kin("Widerstand", "1 MΩ", code="A2"))
    part = new_kin("Widerstand", "120R", code="A1")
    assert suggested(part) == "2-1"
    changed = client.put("/types/widerstand/unit", json={"unit": "ohm"})
    assert (changed.status_code, changed.get_json()["unit"]) == (200, "ohm")
    assert suggested(part) == "1-3"
    client.put("/types/widerstand/unit", json={"unit": None})
    assert suggested(part) == "2-1"


def test_merged_type_gives_its_parts_the_order_of_the_other(client: FlaskClient) -> None:
    put_in_boxes(new_kin("Resistor", "100R", code="Z9"), new_kin("Resistor", "1 MΩ", code="A2"))
    part = new_kin("Widerstand", "120R", code="A1")
    client.post("/types/Widerstand/merge", json={"into": "Resistor"})
    assert suggested(part) == "1-3"


def test_default_types_are_in_the_order_of_their_unit(client: FlaskClient) -> None:
    for name in ("capacitor", "Relay"):
        client.post("/types", json={"name": name})
    assert [each["unit"] for each in client.get("/types").get_json()["types"]] == ["farad", None]


def test_order_is_that_of_the_numbers(session: Session) -> None:
    numbers = [
        Decimal(digits).scaleb(exponent) for exponent in range(-12, 9) for digits in ("1", "1.05", "4.7", "9.99")
    ]
    order = "SELECT parts_value_order('ohm', :given)"
    keys = [session.scalar(text(order), {"given": str(Value(number, None))}) for number in numbers]
    assert keys == sorted(set(keys))


def test_part_without_a_value_comes_after_those_with_one(session: Session) -> None:
    TypeService.create(session, "Resistor")
    part = PartService.create(session)
    PartService.update(session, part, {"type": "Resistor", "description": "selected by hand"})
    session.flush()
    session.refresh(part)
    assert part.kin_order == "~ ~"


def test_digits_of_a_number_count_as_numbers(session: Session) -> None:
    ordered = ["74HC00", "74HC04D", "74HC595", "74HC4051", "LM324", "LM2902", "SMAJ6.0A", "SMAJ12A"]
    keys = [session.scalar(text("SELECT parts_number_order(:code)"), {"code": code}) for code in ordered]
    assert keys == sorted(keys)
