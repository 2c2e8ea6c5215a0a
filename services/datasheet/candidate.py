"""Datasheet candidates of a run."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import DatasheetCandidate
from schemas.datasheet import DatasheetLead, Verdict
from schemas.step import CandidateOutcome, ChosenDatasheet


class DatasheetCandidateService:
    """Leads become candidates; candidates get verdicts; one of those that passed is chosen."""

    @staticmethod
    def replace(session: Session, run_id: UUID, leads: Sequence[DatasheetLead]) -> None:
        """Write the leads as a run's candidates, slot by slot."""
        session.execute(delete(DatasheetCandidate).where(DatasheetCandidate.run_id == run_id))
        session.add_all(
            DatasheetCandidate(run_id=run_id, slot=slot, url=lead.url, source=lead.source)
            for slot, lead in enumerate(leads)
        )

    @staticmethod
    def at(session: Session, run_id: UUID, slot: int) -> DatasheetCandidate | None:
        """Return the candidate of a slot, if the slot has one."""
        return session.scalar(
            select(DatasheetCandidate).where(DatasheetCandidate.run_id == run_id, DatasheetCandidate.slot == slot)
        )

    @staticmethod
    def of_run(session: Session, run_id: UUID) -> Sequence[DatasheetCandidate]:
        """Return a run's candidates, best lead first."""
        return session.scalars(
            select(DatasheetCandidate).where(DatasheetCandidate.run_id == run_id).order_by(DatasheetCandidate.slot)
        ).all()

    @staticmethod
    def judged(session: Session, run_id: UUID, slot: int, outcome: CandidateOutcome) -> None:
        """Keep what became of a candidate."""
        session.execute(
            update(DatasheetCandidate)
            .where(DatasheetCandidate.run_id == run_id, DatasheetCandidate.slot == slot)
            .values(
                verdict=outcome.verdict,
                detail=outcome.detail,
                final_url=outcome.final_url,
                blob_sha256=outcome.sha256,
                confidence=outcome.confidence,
            )
        )

    @staticmethod
    def choose(candidates: Sequence[DatasheetCandidate]) -> ChosenDatasheet:
        """Choose the surest of those that passed, the earlier lead among equals; the same file again is a duplicate."""
        passed = [candidate for candidate in candidates if candidate.verdict == Verdict.OK]
        if not passed:
            return ChosenDatasheet()
        chosen = max(passed, key=lambda candidate: (candidate.confidence or 0.0, -candidate.slot))
        first = {candidate.blob_sha256: candidate.slot for candidate in reversed(passed)}
        first[chosen.blob_sha256] = chosen.slot
        duplicates = tuple(each.slot for each in passed if first[each.blob_sha256] != each.slot)
        return ChosenDatasheet(slot=chosen.slot, duplicates=duplicates)

    @staticmethod
    def mark(session: Session, run_id: UUID, choice: ChosenDatasheet) -> None:
        """Keep the choice."""
        mine = update(DatasheetCandidate).where(DatasheetCandidate.run_id == run_id)
        session.execute(mine.where(DatasheetCandidate.slot == choice.slot).values(chosen=True))
        session.execute(
            mine.where(DatasheetCandidate.slot.in_(choice.duplicates)).values(
                verdict=Verdict.DUPLICATE, detail="the same file as another candidate"
            )
        )
