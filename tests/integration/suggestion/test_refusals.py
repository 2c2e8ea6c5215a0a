"""What a person refused is not proposed again without new evidence."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from engine.ledger.run import RunService
from models import Part, Suggestion
from schemas.evidence import Evidence, EvidenceKind
from schemas.intake import PartIntakeInput
from schemas.suggestion import AcceptSuggestion, SuggestionField, SuggestionState
from services.part import PartService
from services.part_merge import PartMergeService
from services.suggestion import RefusalService, SuggestionService, SuggestionUndoService
from services.type import TypeService

NUMBER, TAGS, TYPE, STOCK = (
    SuggestionField.PART_NUMBER,
    SuggestionField.TAGS,
    SuggestionField.TYPE,
    SuggestionField.STOCK,
)
PRINT = Evidence(kind=EvidenceKind.MARKING, quote="LM358N 8612")
CODE = Evidence(kind=EvidenceKind.BARCODE, quote="1PLM358N")
RULE = Evidence(kind=EvidenceKind.RULE, quote="the first free location")


@pytest.fixture
def part(session: Session) -> Part:
    return PartService.create(session)


def propose(
    session: Session, part: Part, field: SuggestionField, value: Any, *evidence: Evidence, sure: bool = False
) -> Suggestion:
    given = PartIntakeInput(manufacturer_code="LM358")
    run = RunService.create(session, "part_intake", given, subject=part.id4, steps=[("first", 0)], deadline=60)
    return SuggestionService.propose(
        session,
        part,
        field,
        value,
        run_id=run.id,
        confidence=0.99 if sure else 0.5,
        evidence=evidence or [PRINT],
        accept_from=0.85,
    )


def number(code: str) -> dict[str, object]:
    return {"manufacturer_code": code, "manufacturer": None, "description": None}


@pytest.mark.parametrize(
    ("field", "value", "again"),
    [
        (NUMBER, number("LM358N"), number("LM358N")),
        (NUMBER, number("LM358N"), number("lm-358 n")),
        (TAGS, ["smd", "relay"], ["relay"]),
        (TYPE, "Relay", "relay"),
        (STOCK, {"quantity": 10, "slot": "1-1", "lot": "7"}, {"quantity": 10, "slot": "1-2", "lot": "7"}),
        (STOCK, {"quantity": None, "slot": "1-1"}, {"quantity": None, "slot": "1-1"}),
    ],
)
@pytest.mark.parametrize("sure", [False, True])
def test_refused_value_is_not_proposed_again(
    session: Session, part: Part, field: SuggestionField, value: Any, again: Any, sure: bool
) -> None:
    refused = propose(session, part, field, value)
    SuggestionService.reject(session, refused.id)

    assert propose(session, part, field, again, sure=sure) is refused
    assert SuggestionService.list(session, part.id4, limit=10) == []
    assert part.set_by == {}


@pytest.mark.parametrize(
    ("field", "value", "other"),
    [
        (NUMBER, number("SMAJ6.0A"), number("SMAJ60A")),
        (TAGS, ["smd"], ["smd", "relay"]),
        (TYPE, "Relay", "Diode"),
        (STOCK, {"quantity": 10, "slot": "1-1"}, {"quantity": 20, "slot": "1-1"}),
        (STOCK, {"quantity": None, "slot": "1-1"}, {"quantity": None, "slot": "1-2"}),
    ],
)
def test_another_value_is_proposed(
    session: Session, part: Part, field: SuggestionField, value: Any, other: Any
) -> None:
    SuggestionService.reject(session, propose(session, part, field, value).id)

    assert propose(session, part, field, other).state == SuggestionState.PROPOSED


def test_new_evidence_proposes_it_again(session: Session, part: Part) -> None:
    SuggestionService.reject(session, propose(session, part, NUMBER, number("LM358N"), PRINT).id)

    again = propose(session, part, NUMBER, number("LM358N"), PRINT, CODE)
    assert again.state == SuggestionState.PROPOSED
    SuggestionService.reject(session, again.id)
    assert propose(session, part, NUMBER, number("LM358N"), CODE) is again


def test_another_free_slot_is_no_new_evidence_for_a_quantity(session: Session, part: Part) -> None:
    label = {"quantity": 10, "slot": "1-1"}
    refused = propose(session, part, STOCK, label, RULE, CODE)
    SuggestionService.reject(session, refused.id)

    other = RULE.model_copy(update={"quote": "the box is for this type"})
    assert propose(session, part, STOCK, {**label, "slot": "1-2"}, other, CODE) is refused


def test_value_that_was_edited_was_refused(session: Session, part: Part) -> None:
    first = propose(session, part, TAGS, ["smd", "relay"])
    SuggestionService.accept(session, first.id, AcceptSuggestion(tags=("relay",)))

    assert propose(session, part, TAGS, ["smd"]) is first
    assert propose(session, part, TAGS, ["relay"]).state == SuggestionState.PROPOSED


def test_undone_refusal_is_forgotten(session: Session, part: Part) -> None:
    refused = propose(session, part, TAGS, ["smd"])
    SuggestionService.reject(session, refused.id)
    SuggestionUndoService.undo(session, refused.id)

    assert propose(session, part, TAGS, ["smd"]).id != refused.id


def test_merge_keeps_refusals(session: Session, part: Part) -> None:
    refused = propose(session, part, NUMBER, number("LM358N"))
    SuggestionService.reject(session, refused.id)
    into = PartService.create(session)
    PartMergeService.merge(session, part.id4, into=into.id4, command_id=uuid4())

    assert propose(session, into, NUMBER, number("LM358N")).id == refused.id


def test_refusal_on_one_part_is_none_on_another(session: Session, part: Part) -> None:
    TypeService.create(session, "Relay")
    SuggestionService.reject(session, propose(session, part, TYPE, "Relay").id)
    other = PartService.create(session)

    assert propose(session, other, TYPE, "Relay", sure=True).state == SuggestionState.ACCEPTED


def test_refused_numbers_cover_what_is_not_new(session: Session, part: Part) -> None:
    SuggestionService.reject(session, propose(session, part, NUMBER, number("LM358N"), PRINT).id)
    refused = RefusalService.list_numbers(session, part.id4)

    assert refused.cover("lm358-n", [PRINT])
    assert not refused.cover("LM358N", [PRINT, CODE])
    assert not refused.cover("LM358", [PRINT])


def test_label_that_a_person_hands_in_again_is_proposed_again(session: Session, part: Part) -> None:
    handed_in = Evidence(kind=EvidenceKind.PERSON, quote="a label of 10 was handed in")
    label = {"quantity": 10, "slot": "1-1"}
    refused = propose(session, part, STOCK, label, handed_in)
    SuggestionService.reject(session, refused.id)

    assert propose(session, part, STOCK, label, handed_in).id != refused.id
