"""What the identify step makes of what was read."""

from uuid import uuid4

from schemas.errors import Permanent
from schemas.identification import AskReason
from schemas.markings import Distributor, DistributorLabel, Markings
from tasks.identify import IDENTIFY_PART, Sighting

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


def test_rules_stand_when_the_model_gives_up() -> None:
    decided = IDENTIFY_PART.fallback(sighting(None), Permanent("budget", "spent"))

    assert decided
    assert decided.part
