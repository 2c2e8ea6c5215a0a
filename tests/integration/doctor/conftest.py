from collections.abc import Callable, Sequence

import pytest

from cli.doctor.examination import Examination, examine
from schemas.doctor import Diagnosis, Health
from settings import get_settings

type Look = Callable[..., Diagnosis]


@pytest.fixture
def look() -> Look:
    """Return a function that gives the finding of one of some checks, with the settings of now."""

    def examined(checks: Sequence[Examination], name: str) -> Diagnosis:
        found = {each.name: each for each in examine(checks, get_settings())}
        return found[name]

    return examined


def must_say(found: Diagnosis, culprit: str, way_out: str, health: Health = Health.BROKEN) -> None:
    """Examination that a finding names the culprit and the way out."""
    assert found.health == health
    assert culprit in found.detail
    assert way_out in (found.way_out or "")
