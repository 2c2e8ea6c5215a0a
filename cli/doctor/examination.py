"""Checks: what is looked at, and in which order."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from schemas.doctor import Diagnosis, Health
from settings import Settings


class Seen(NamedTuple):
    """What an examination saw; without a way out, all is well."""

    detail: str
    way_out: str | None = None
    health: Health = Health.FINE


def fine(detail: str) -> Seen:
    """Say that all is well."""
    return Seen(detail)


def warning(detail: str, way_out: str) -> Seen:
    """Say what works, but not as one would wish."""
    return Seen(detail, way_out, Health.WARNING)


def broken(detail: str, way_out: str) -> Seen:
    """Name the culprit, and the way out."""
    return Seen(detail, way_out, Health.BROKEN)


class Examination(NamedTuple):
    """Something to look at, once what it needs is not broken."""

    name: str
    look: Callable[[Settings], Seen]
    needs: tuple[str, ...] = ()


def examine(examinations: Sequence[Examination], settings: Settings) -> Iterator[Diagnosis]:
    """Look at one thing after the other; what an examination does not expect is a diagnosis, too."""
    unusable: set[str] = set()
    for examination in examinations:
        missing = next((need for need in examination.needs if need in unusable), None)
        seen = Seen(f"needs: {missing}", health=Health.SKIPPED) if missing else _look(examination, settings)
        if seen.health in (Health.BROKEN, Health.SKIPPED):
            unusable.add(examination.name)
        yield Diagnosis(name=examination.name, health=seen.health, detail=seen.detail, way_out=seen.way_out)


def _look(examination: Examination, settings: Settings) -> Seen:
    try:
        return examination.look(settings)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, the other examinations go on
        return broken(f"it cannot be looked at: {type(error).__name__}: {error}", "see the message")
