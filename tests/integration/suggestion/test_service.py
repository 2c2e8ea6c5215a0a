"""What a machine proposes, and what becomes of it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.ledger.run import RunService
from models import History, Part, PartLocation, Suggestion
from models.session import session_scope
from schemas.document import DocumentFields, DocumentKind
from schemas.errors import Conflict, InvalidInput
from schemas.evidence import Evidence, EvidenceKind
from schemas.intake import PartIntakeInput
from schemas.suggestion import AcceptSuggestion, SuggestionField, SuggestionState
from services.box import BoxService
from services.document import BlobService, DocumentService
from services.part import PartService
from services.suggestion import SuggestionService
from services.type import TypeService

LM358 = {"manufacturer_code": "LM358", "manufacturer": "TI", "description": "op-amp"}
BARCODE = Evidence(kind=EvidenceKind.BARCODE, quote="1PLM358")


@pytest.fixture
def part(session: Session) -> Part:
    return PartService.create(session)


def new_run(session: Session) -> UUID:
    given = PartIntakeInput(manufacturer_code="LM358")
    return RunService.create(session, "part_intake", given, subject=None, steps=[("first", 0)], deadline=60).id


def propose(
    session: Session,
    part: Part,
    field: SuggestionField = SuggestionField.PART_NUMBER,
    value: Any = LM358,
    *,
    confidence: float = 0.99,
    accept_from: float | None = 0.85,
    run_id: UUID | None = None,
) -> Suggestion:
    return SuggestionService.propose(
        session,
        part,
        field,
        value,
        run_id=run_id or new_run(session),
        confidence=confidence,
        evidence=[BARCODE],
        accept_from=accept_from,
    )


def accept(session: Session, suggestion: Suggestion, how: AcceptSuggestion | None = None) -> None:
    SuggestionService.accept(session, suggestion.id, how or AcceptSuggestion())


def stock(session: Session) -> tuple[int | None, int | None]:
    return session.scalar(select(func.sum(PartLocation.qty))), session.scalar(select(func.sum(History.delta_qty)))


def test_sure_value_fills_an_empty_field(session: Session, part: Part) -> None:
    suggestion = propose(session, part)

    assert suggestion.state == SuggestionState.ACCEPTED
    assert (part.manufacturer_code, part.manufacturer, part.description) == ("LM358", "TI", "op-amp")
    assert part.set_by["manufacturer_code"] == "machine"


def test_unsure_value_is_only_proposed(session: Session, part: Part) -> None:
    suggestion = propose(session, part, confidence=0.5)

    assert suggestion.state == SuggestionState.PROPOSED
    assert part.manufacturer_code is None


def test_what_a_person_set_is_never_overwritten(session: Session, part: Part) -> None:
    PartService.set_field(session, part, "manufacturer_code", "NE555", by="person")

    assert propose(session, part, confidence=1.0).state == SuggestionState.PROPOSED
    assert part.manufacturer_code == "NE555"


def test_person_who_was_quicker_wins(database: str) -> None:
    with session_scope() as person:
        part_id4 = PartService.create(person).id4
    with session_scope() as machine:
        stale = PartService.get(machine, part_id4)
        with session_scope() as person:
            PartService.set_field(person, PartService.lock(person, part_id4), "manufacturer_code", "NE555", by="person")
        part = PartService.lock(machine, part_id4)
        suggestion = propose(machine, part)

        assert stale is part
        assert suggestion.state == SuggestionState.PROPOSED
        assert part.manufacturer_code == "NE555"


@pytest.mark.parametrize("decide", ["accept", "reject"])
def test_decision_is_seen_by_whoever_polls_the_run(session: Session, part: Part, decide: str) -> None:
    run_id = new_run(session)
    suggestion = propose(session, part, confidence=0.5, run_id=run_id)
    before = RunService.find_version(session, run_id)
    if decide == "accept":
        accept(session, suggestion)
    else:
        SuggestionService.reject(session, suggestion.id)

    assert RunService.find_version(session, run_id) != before


def test_new_number_drops_the_old_datasheet(session: Session, part: Part) -> None:
    BlobService.ensure(
        session, sha256="a" * 64, bucket="docs", s3_key="k", size=1, media_type="application/pdf", page_count=1
    )
    PartService.set_field(session, part, "manufacturer_code", "NE555", by="machine")
    DocumentService.attach(session, part.id4, DocumentKind.PDF, sha256="a" * 64, is_datasheet=True)
    PartService.set_field(session, part, "manufacturer_code", "ne-555", by="machine")
    assert DocumentService.find_datasheet(session, part.id4)
    PartService.set_field(session, part, "manufacturer_code", "LM358", by="machine")

    assert DocumentService.find_datasheet(session, part.id4) is None


def test_first_number_leaves_the_datasheet_that_a_person_chose(session: Session, part: Part) -> None:
    BlobService.ensure(session, sha256="a" * 64, bucket="docs", s3_key="k", size=1, media_type="application/pdf")
    document_id = DocumentService.attach(session, part.id4, DocumentKind.PDF, sha256="a" * 64)
    DocumentService.update(session, DocumentService.get(session, document_id), DocumentFields(is_datasheet=True))
    PartService.set_field(session, part, "manufacturer_code", "NE555", by="machine")

    sheet = DocumentService.find_datasheet(session, part.id4)
    assert sheet is not None
    assert (sheet.id, sheet.datasheet_by) == (document_id, "person")


def test_later_run_supersedes_open_proposals(session: Session, part: Part) -> None:
    older = propose(session, part, confidence=0.5)
    propose(session, part, confidence=0.6)

    session.refresh(older)
    assert older.state == SuggestionState.SUPERSEDED


def test_rivals_of_one_run_stay_open_until_one_is_accepted(session: Session, part: Part) -> None:
    run_id = new_run(session)
    first = propose(session, part, confidence=0.5, run_id=run_id)
    second = propose(session, part, value={"manufacturer_code": "NE555"}, confidence=0.5, run_id=run_id)
    accept(session, second)

    session.refresh(first)
    assert (first.state, second.state) == (SuggestionState.REJECTED, SuggestionState.ACCEPTED)
    assert part.manufacturer_code == "NE555"
    assert part.set_by["manufacturer_code"] == "person"


def test_accepting_again_changes_nothing(session: Session, part: Part) -> None:
    suggestion = propose(session, part, confidence=0.5)
    accept(session, suggestion)
    decided = suggestion.decided_at
    accept(session, suggestion)

    assert suggestion.decided_at == decided


def test_rejected_suggestion_cannot_be_accepted(session: Session, part: Part) -> None:
    suggestion = propose(session, part, confidence=0.5)
    SuggestionService.reject(session, suggestion.id)

    with pytest.raises(Conflict, match="already rejected"):
        accept(session, suggestion)


def test_machine_replaces_its_own_tags(session: Session, part: Part) -> None:
    propose(session, part, SuggestionField.TAGS, ["op-amp", "dual"])
    propose(session, part, SuggestionField.TAGS, ["op-amp", "soic"])

    assert part.tags == ["op-amp", "soic"]


def test_accepted_tags_are_added_to_the_persons(session: Session, part: Part) -> None:
    PartService.set_field(session, part, "tags", ["favourite"], by="person")
    accept(session, propose(session, part, SuggestionField.TAGS, ["op-amp"]))

    assert part.tags == ["favourite", "op-amp"]


def test_type_is_set_by_its_name(session: Session, part: Part) -> None:
    relay = TypeService.create(session, "Relay")
    propose(session, part, SuggestionField.TYPE, "relay")

    assert part.type_id == relay.id


def test_stock_is_never_booked_silently(session: Session, part: Part) -> None:
    BoxService.create(session, description="", capacity=2)
    suggestion = propose(session, part, SuggestionField.STOCK, {"quantity": 10, "slot": "1-1"}, confidence=1.0)

    assert suggestion.state == SuggestionState.PROPOSED
    assert stock(session) == (None, None)


def test_accepted_stock_is_booked_once(session: Session, part: Part) -> None:
    BoxService.create(session, description="", capacity=2)
    suggestion = propose(session, part, SuggestionField.STOCK, {"quantity": 10, "slot": "1-1"})
    accept(session, suggestion)
    accept(session, suggestion)

    assert stock(session) == (10, 10)


def test_person_may_correct_quantity_and_slot(session: Session, part: Part) -> None:
    BoxService.create(session, description="", capacity=2)
    suggestion = propose(session, part, SuggestionField.STOCK, {"quantity": None, "slot": "1-1"})
    accept(session, suggestion, AcceptSuggestion(quantity=3, slot="1-2"))

    placement = session.scalars(select(PartLocation)).one()
    assert (placement.qty, placement.loc_no) == (3, 2)


@pytest.mark.parametrize(
    ("value", "field"), [({"quantity": None, "slot": "1-1"}, "quantity"), ({"quantity": 3, "slot": None}, "slot")]
)
def test_stock_without_quantity_or_slot_asks_for_it(
    session: Session, part: Part, value: dict[str, object], field: str
) -> None:
    suggestion = propose(session, part, SuggestionField.STOCK, value)

    with pytest.raises(InvalidInput) as raised:
        accept(session, suggestion)
    assert raised.value.details["field"] == field
