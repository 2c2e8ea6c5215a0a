"""What the identify step makes of what was read."""

from uuid import uuid4

from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim
from schemas.errors import Permanent
from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import AskReason
from schemas.markings import Distributor, DistributorLabel, Markings, TextLine
from services.suggestion import RefusedNumbers
from tasks.identify import IDENTIFY_PART, Sighting
from tests.support.rows import new_part, new_run

LM358 = DistributorLabel(distributor=Distributor.DIGIKEY, manufacturer_code="LM358DR", quantity=10)


def sighting(known_number: str | None) -> Sighting:
    return Sighting(uuid4(), "0" * 64, Markings(), (LM358,), (), known_number)


def test_label_names_the_part() -> None:
    decided = IDENTIFY_PART.work(sighting(None))

    assert decided.part
    assert decided.part.manufacturer_code == "LM358DR"


def test_same_number_in_another_spelling_agrees() -> None:
    assert IDENTIFY_PART.work(sighting("lm358-dr")).part


def test_photo_of_another_part_asks() -> None:
    decided = IDENTIFY_PART.work(sighting("NE555P"))

    assert (decided.part, decided.ask) == (None, AskReason.CONTRADICTION)
    assert [guess.manufacturer_code for guess in decided.guesses] == ["LM358DR"]


def test_question_names_what_else_the_photo_shows(session: Session) -> None:
    part = new_part()
    run_id = new_run(part)
    lines = tuple(TextLine(text=text, confidence=0.99, height=0.05) for text in ("LM358DR", "P/N: XQZ8530BQ"))
    decided = IDENTIFY_PART.work(sighting(None)._replace(markings=Markings(lines=lines)))
    claim = Claim(run_id, IDENTIFY_PART.name, 0, attempt=1, postponed=0, subject=part, input={})
    gap = IDENTIFY_PART.record(session, claim, decided)

    assert gap
    assert gap.reason == "not_understood"
    assert gap.detail.startswith("the photo also shows XQZ8530BQ: ")


def test_rules_stand_when_the_model_gives_up() -> None:
    decided = IDENTIFY_PART.fallback(sighting(None), Permanent("budget", "spent"))

    assert decided
    assert decided.part


def test_refused_number_asks_instead_of_going_on_with_it() -> None:
    decided = IDENTIFY_PART.work(sighting(None))
    assert decided.part
    known = frozenset((one.kind, one.quote, one.source, one.page) for one in decided.part.evidence)
    again = IDENTIFY_PART.work(sighting(None)._replace(refused=RefusedNumbers({"LM358DR": known})))

    assert (again.part, again.ask, again.guesses) == (None, AskReason.REFUSED, ())


def test_new_evidence_speaks_for_a_refused_number() -> None:
    read = Evidence(kind=EvidenceKind.MARKING, quote="LM358DR")
    refused = RefusedNumbers({"LM358DR": frozenset({(read.kind, read.quote, read.source, read.page)})})

    assert IDENTIFY_PART.work(sighting(None)._replace(refused=refused)).part
