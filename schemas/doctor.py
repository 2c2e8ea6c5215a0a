"""What the doctor found."""

from enum import StrEnum

from schemas.base import Dto


class Health(StrEnum):
    """How something is."""

    FINE = "fine"
    WARNING = "warning"
    "It works, and somebody should know."
    BROKEN = "broken"
    SKIPPED = "skipped"
    "It cannot be looked at before something else is mended."


class Diagnosis(Dto):
    """What was found when one thing was looked at: the culprit, and the way out if it is not fine."""

    name: str
    health: Health
    detail: str
    way_out: str | None = None


class Checkup(Dto):
    """All that was looked at, in the order in which to mend it."""

    diagnoses: tuple[Diagnosis, ...]

    @property
    def broken(self) -> bool:
        """Whether anything does not work."""
        return any(each.health == Health.BROKEN for each in self.diagnoses)
