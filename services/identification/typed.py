"""Identification of a part by a typed or scanned number."""

from collections.abc import Sequence

from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import CatalogueEntry, Identification, PartGuess
from schemas.intake import PartIntakeInput


def identify_typed(given: PartIntakeInput, catalogue: Sequence[CatalogueEntry]) -> Identification:
    """Accept a person's number, and fill in the maker and the description from the catalogue."""
    known = next((row for row in catalogue if row.manufacturer == given.manufacturer or not given.manufacturer), None)
    evidence = [Evidence(kind=EvidenceKind.PERSON, quote=given.manufacturer_code)]
    if known:
        evidence.append(Evidence(kind=EvidenceKind.CATALOGUE, quote=known.manufacturer_code, source=known.source))
    part = PartGuess(
        manufacturer_code=given.manufacturer_code,
        manufacturer=given.manufacturer or (known.manufacturer if known else None),
        description=known.description if known else None,
        confidence=1.0,
        evidence=tuple(evidence),
    )
    return Identification(part=part, guesses=(part,), quantity=given.quantity)
