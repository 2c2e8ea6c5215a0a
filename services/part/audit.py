"""The audit of parts that an earlier key of part numbers, which dropped the decimal point, may have confused."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from models import History, Part, PipelineRun, Suggestion
from schemas.audit import AuditFinding, AuditReason
from schemas.evidence import Evidence, EvidenceKind
from schemas.part_number import canonical_key
from schemas.suggestion import SuggestionField, SuggestionState

_NOT_OLD = re.compile(r"[^A-Za-z0-9]")
_OLD_KEY = func.upper(func.regexp_replace(Part.manufacturer_code, "[^A-Za-z0-9]", "", "g"))


class PartAuditService:
    """Lists what a person should check; it changes nothing."""

    @staticmethod
    def list(session: Session) -> Sequence[AuditFinding]:
        """Return what the old key may have confused: accepted print, renamed and merged parts, imports, neighbours."""
        return [*_accepted(session), *_renamed(session), *_imported(session), *_merged(session), *_neighbours(session)]


def _confused(one: str | None, other: str | None) -> bool:
    """Tell whether two numbers are different ones that the old key took for the same."""
    if not one or not other or canonical_key(one) == canonical_key(other):
        return False
    return _NOT_OLD.sub("", one).upper() == _NOT_OLD.sub("", other).upper()


def _accepted(session: Session) -> Iterator[AuditFinding]:
    accepted = select(Suggestion).where(
        Suggestion.field == SuggestionField.PART_NUMBER, Suggestion.state == SuggestionState.ACCEPTED
    )
    for suggestion in session.scalars(accepted.order_by(Suggestion.id).execution_options(yield_per=1000)):
        number = str(suggestion.value["manufacturer_code"])
        printed = next((word for word in _printed(suggestion) if _confused(word, number)), None)
        if printed:
            yield AuditFinding(
                reason=AuditReason.ACCEPTED,
                part=suggestion.part_id4,
                number=number,
                other_number=printed,
                detail=f"{printed} was read from the photo, and accepted as {number}",
            )


def _printed(suggestion: Suggestion) -> Iterator[str]:
    for evidence in map(Evidence.model_validate, suggestion.evidence):
        if evidence.kind in (EvidenceKind.MARKING, EvidenceKind.BARCODE):
            yield from evidence.quote.split()


def _renamed(session: Session) -> Iterator[AuditFinding]:
    given = PipelineRun.input["manufacturer_code"].astext
    runs: Select[str, str | None, str] = select(Part.id4, Part.manufacturer_code, given)
    found = session.execute(
        runs.join(PipelineRun, PipelineRun.subject == Part.id4)
        .where(given.is_not(None), given != Part.manufacturer_code)
        .distinct()
        .order_by(Part.id4)
    )
    for id4, number, before in found:
        if _confused(number, before):
            yield AuditFinding(
                reason=AuditReason.RENAMED,
                part=id4,
                number=number,
                other_number=before,
                detail=f"a run was started for {before}, and the part is {number} now",
            )


def _imported(session: Session) -> Iterator[AuditFinding]:
    """Yield parts that were there before an import booked on them, if the old key dropped a sign of their number.

    The import took the number of its row for the part's, and kept no trace of the one before.
    """
    booked = select(Part.id4, Part.manufacturer_code).join(History, History.part_id4 == Part.id4)
    # What one transaction makes has one time, so a part that the import made is as old as its booking.
    before = booked.where(History.reason.like("import of %, line %"), Part.created_at < History.at)
    for id4, number in session.execute(before.distinct().order_by(Part.id4)):
        if number and canonical_key(number) != _NOT_OLD.sub("", number).upper():
            yield AuditFinding(
                reason=AuditReason.IMPORTED,
                part=id4,
                number=number,
                detail=f"an import booked on this part, and may have renamed it to {number}; compare the bag",
            )


def _merged(session: Session) -> Iterator[AuditFinding]:
    target = aliased(Part)
    pairs = select(Part, target).join(target, target.id4 == Part.merged_into).order_by(Part.id4)
    for part, other in session.execute(pairs):
        if _confused(part.manufacturer_code, other.manufacturer_code):
            yield AuditFinding(
                reason=AuditReason.MERGED,
                part=other.id4,
                number=other.manufacturer_code,
                other=part.id4,
                other_number=part.manufacturer_code,
                detail=f"{part.id4} was {part.manufacturer_code}, and was merged into {other.id4}",
            )


def _neighbours(session: Session) -> Iterator[AuditFinding]:
    key = _OLD_KEY.label("old_key")
    live = (
        select(Part.id4, Part.manufacturer_code, Part.canonical_key, key).where(Part.merged_into.is_(None)).subquery()
    )
    several = select(live.c.old_key).group_by(live.c.old_key).having(func.count(live.c.canonical_key.distinct()) > 1)
    rows = session.execute(
        select(live.c.old_key, live.c.id4, live.c.manufacturer_code)
        .where(live.c.old_key.in_(several))
        .order_by(live.c.old_key, live.c.id4)
    )
    for _key, group in groupby(rows, key=lambda row: row.old_key):
        first, *others = group
        for other in others:
            if _confused(first.manufacturer_code, other.manufacturer_code):
                yield AuditFinding(
                    reason=AuditReason.NEIGHBOURS,
                    part=first.id4,
                    number=first.manufacturer_code,
                    other=other.id4,
                    other_number=other.manufacturer_code,
                    detail=f"{first.manufacturer_code} and {other.manufacturer_code} are two parts; check their stock",
                )
