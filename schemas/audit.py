"""The audit of parts whose numbers may have been confused."""

from enum import StrEnum

from schemas.base import Dto


class AuditReason(StrEnum):
    """What may have gone wrong with a part."""

    ACCEPTED = "accepted"
    RENAMED = "renamed"
    IMPORTED = "imported"
    MERGED = "merged"
    NEIGHBOURS = "neighbours"


class AuditFinding(Dto):
    """A part to check, with the two numbers that differ by a decimal point."""

    reason: AuditReason
    """What happened: `accepted`, print was accepted as another number; `renamed`, the part had another number;
    `imported`, an import booked on a part that was there, and may have renamed it; `merged`, a part of another number
    was merged into it; `neighbours`, both are parts, and stock of one may have been booked on the other."""
    part: str
    number: str | None
    other: str | None = None
    "the other part, if it is one"
    other_number: str | None = None
    detail: str


class AuditReport(Dto):
    """All parts to check."""

    findings: tuple[AuditFinding, ...]
