"""Where a part should go."""

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from engine.ledger.run import RunService
from models import Part
from schemas.errors import InvalidInput
from schemas.intake import PartIntakeInput
from schemas.slot import Slot
from schemas.stock import Receive
from schemas.suggestion import SuggestionField
from services.box import BoxService, SlotService
from services.part import PartService
from services.stock import StockService
from services.suggestion import SuggestionService
from services.type import TypeService


@pytest.fixture
def relay(session: Session) -> Part:
    part = PartService.create(session)
    part.type_id = TypeService.create(session, "Relay").id
    session.flush()
    return part


def put(session: Session, part: Part, box_no: int, loc_no: int) -> None:
    StockService.carry_out(session, part.id4, Receive(command_id=uuid4(), quantity=1, slot=f"{box_no}-{loc_no}"))


def another_relay(session: Session) -> Part:
    part = PartService.create(session)
    part.type_id = TypeService.get(session, "Relay").id
    session.flush()
    return part


def suggested(session: Session, part: Part) -> str | None:
    choice = SlotService.suggest(session, part)
    return None if choice is None else str(choice.slot)


def test_first_free_location_is_the_last_resort(session: Session, relay: Part) -> None:
    BoxService.create(session, description="", capacity=2)
    put(session, another_relay(session), 1, 1)
    stranger = PartService.create(session)

    assert suggested(session, stranger) == "1-2"


def test_box_for_another_type_is_the_very_last(session: Session, relay: Part) -> None:
    BoxService.create(session, description="relays", capacity=2, types=["Relay"])
    stranger = PartService.create(session)

    assert suggested(session, stranger) == "1-1"
    BoxService.create(session, description="anything", capacity=2)
    assert suggested(session, stranger) == "2-1"


def test_designated_box_comes_before_the_first_free(session: Session, relay: Part) -> None:
    BoxService.create(session, description="", capacity=2)
    BoxService.create(session, description="relays", capacity=2, types=["Relay"])

    assert suggested(session, relay) == "2-1"


def test_box_that_holds_the_type_comes_first(session: Session, relay: Part) -> None:
    for types in ((), ("Relay",), ()):
        BoxService.create(session, description="", capacity=2, types=types)
    put(session, another_relay(session), 3, 1)

    assert suggested(session, relay) == "3-2"


def test_full_box_is_passed_over(session: Session, relay: Part) -> None:
    BoxService.create(session, description="", capacity=1, types=["Relay"])
    BoxService.create(session, description="", capacity=1)
    put(session, another_relay(session), 1, 1)

    assert suggested(session, relay) == "2-1"


def test_part_that_has_a_place_stays_there(session: Session, relay: Part) -> None:
    BoxService.create(session, description="", capacity=9)
    put(session, relay, 1, 7)

    assert suggested(session, relay) == "1-7"


def test_no_free_location_is_no_suggestion(session: Session, relay: Part) -> None:
    assert suggested(session, relay) is None


def test_slot_that_is_kept_is_not_given_to_another_part(session: Session, relay: Part) -> None:
    BoxService.create(session, description="", capacity=2)
    run = RunService.create(
        session,
        "part_intake",
        PartIntakeInput(manufacturer_code="X1"),
        subject=None,
        steps=[("run.finish", 0)],
        deadline=1,
    )
    SuggestionService.propose(
        session,
        relay,
        SuggestionField.STOCK,
        {"quantity": 1, "slot": "1-1"},
        run_id=run.id,
        confidence=0.9,
        evidence=[],
        accept_from=None,
    )

    assert suggested(session, another_relay(session)) == "1-2"
    assert suggested(session, relay) == "1-1"


@pytest.mark.parametrize("slot", ["", "7", "7-", "-3", "7-0", "0-3", "7-3-1", "a-b", "7 - 3", "٧-٣", "7-3\n"])
def test_what_is_no_slot_is_refused(slot: str) -> None:
    with pytest.raises(InvalidInput):
        Slot.parse(slot)
