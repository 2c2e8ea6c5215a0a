"""What the last step of an intake proposes."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from engine.ledger.ledger import Claim
from engine.ledger.run import RunService
from models import PipelineStep, Suggestion
from models.session import session_scope
from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import Identification, PartGuess
from schemas.intake import PhotoIntakeInput
from schemas.ledger import Nothing, StepState
from schemas.markings import Code
from schemas.region import Region
from schemas.step import ReadPhoto
from services.suggestion import SuggestionService
from tasks.inventory import SuggestSlot
from tests.support.rows import new_box, new_part

LABEL = Code(
    text="[)>\x1e06\x1d1PLM358DR\x1dQ10\x1e\x04",
    symbology="datamatrix",
    region=Region(x=0.1, y=0.2, width=0.3, height=0.3),
)
FOUND = PartGuess(
    manufacturer_code="LM358DR",
    confidence=0.99,
    evidence=(Evidence(kind=EvidenceKind.BARCODE, quote="1PLM358DR"),),
)


@pytest.fixture
def part(database: str) -> str:
    new_box()
    return new_part("LM358DR")


def read_photo(part: str, *codes: Code) -> UUID:
    """Insert a run that has read a photo and identified its part."""
    outputs = {
        "photo.read": ReadPhoto(codes=codes),
        "part.identify": Identification(part=FOUND, guesses=(FOUND,), quantity=10 if codes else None),
    }
    with session_scope() as session:
        steps = [(name, 0) for name in (*outputs, "part.suggest_slot")]
        given = PhotoIntakeInput(photo_sha256="a" * 64)
        run = RunService.create(session, "photo_intake", given, subject=part, steps=steps, deadline=60, run_id=uuid4())
        for step in session.scalars(select(PipelineStep).where(PipelineStep.name.in_(outputs))):
            if step.run_id == run.id:
                step.state, step.output = StepState.SUCCEEDED, outputs[step.name].model_dump(mode="json")
        return run.id


def suggest(part: str, run_id: UUID) -> None:
    claim = Claim(run_id, "part.suggest_slot", index=0, attempt=1, postponed=0, subject=part, input={})
    with session_scope() as session:
        SuggestSlot().record(session, claim, Nothing())


def waiting(part: str) -> list[Suggestion]:
    with session_scope() as session:
        return list(SuggestionService.list(session, part, limit=10))


@pytest.mark.parametrize("days", [14.0, 0.5])
def test_slot_is_kept_for_the_days_of_the_setting(part: str, configure: Callable[..., None], days: float) -> None:
    configure(INTAKE_RESERVE_DAYS=days)
    suggest(part, read_photo(part, LABEL))
    (proposed,) = waiting(part)
    assert proposed.reserved_until is not None
    lasts = proposed.reserved_until - proposed.created_at
    assert abs(lasts - timedelta(days=days)) < timedelta(minutes=1)


def test_quantity_is_shown_where_the_photo_says_it(part: str) -> None:
    suggest(part, read_photo(part, LABEL))
    (proposed,) = waiting(part)
    rule, code = (Evidence.model_validate(one) for one in proposed.evidence)
    assert (rule.kind, code.kind, code.region) == (EvidenceKind.RULE, EvidenceKind.BARCODE, LABEL.region)
    assert "Q10" in code.quote


def test_refused_quantity_of_the_same_label_is_not_proposed_again(part: str) -> None:
    suggest(part, read_photo(part, LABEL))
    (proposed,) = waiting(part)
    with session_scope() as session:
        SuggestionService.reject(session, proposed.id)
    suggest(part, read_photo(part, LABEL))
    assert waiting(part) == []
    suggest(part, read_photo(part, LABEL.model_copy(update={"text": LABEL.text.replace("Q10", "Q10\x1d1TLOT7")})))
    assert [each.value["lot"] for each in waiting(part)] == ["LOT7"]
