"""Datasheet candidates of a run."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import DatasheetCandidate
from schemas.datasheet import DatasheetEvidence, DatasheetLead, Verdict
from schemas.step import CandidateOutcome, ChosenDatasheet


class DatasheetCandidateService:
    """Leads become candidates, candidates get verdicts, and one that passed is chosen."""

    @staticmethod
    def replace(session: Session, run_id: UUID, leads: Sequence[DatasheetLead]) -> None:
        """Replace a run's candidates by leads, in their order."""
        session.execute(delete(DatasheetCandidate).where(DatasheetCandidate.run_id == run_id))
        session.add_all(
            DatasheetCandidate(run_id=run_id, index=index, url=lead.url, source=lead.source)
            for index, lead in enumerate(leads)
        )

    @staticmethod
    def find(session: Session, run_id: UUID, index: int) -> DatasheetCandidate | None:
        """Return the candidate at an index, or None."""
        return session.scalar(
            select(DatasheetCandidate).where(DatasheetCandidate.run_id == run_id, DatasheetCandidate.index == index)
        )

    @staticmethod
    def list(session: Session, run_id: UUID) -> Sequence[DatasheetCandidate]:
        """Return a run's candidates, best lead first."""
        return session.scalars(
            select(DatasheetCandidate).where(DatasheetCandidate.run_id == run_id).order_by(DatasheetCandidate.index)
        ).all()

    @staticmethod
    def record_verdict(session: Session, run_id: UUID, index: int, outcome: CandidateOutcome) -> None:
        """Record the outcome of a candidate."""
        session.execute(
            update(DatasheetCandidate)
            .where(DatasheetCandidate.run_id == run_id, DatasheetCandidate.index == index)
            .values(
                verdict=outcome.verdict,
                detail=outcome.detail,
                final_url=outcome.final_url,
                blob_sha256=outcome.sha256,
                confidence=outcome.confidence,
                page=outcome.page,
                quote=outcome.quote,
            )
        )

    @staticmethod
    def record_choice(session: Session, run_id: UUID, choice: ChosenDatasheet) -> None:
        """Record the chosen candidate and the duplicates."""
        mine = update(DatasheetCandidate).where(DatasheetCandidate.run_id == run_id)
        session.execute(mine.where(DatasheetCandidate.index == choice.index).values(chosen=True))
        session.execute(
            mine.where(DatasheetCandidate.index.in_(choice.duplicates)).values(
                verdict=Verdict.DUPLICATE, detail="the same file as another candidate"
            )
        )


def evidence_of(candidate: DatasheetCandidate, *, url: str) -> DatasheetEvidence:
    """Return why the gate accepted a candidate, whose file was found at an address."""
    return DatasheetEvidence(
        reason=candidate.detail or "the gate accepted it",
        confidence=candidate.confidence,
        page=candidate.page,
        quote=candidate.quote,
        source=candidate.source,
        url=url,
    )


def choose_candidate(candidates: Sequence[DatasheetCandidate]) -> ChosenDatasheet:
    """Choose the most confident candidate that passed, the earlier among equals; others with its file are duplicates.

    A candidate whose file was garbage-collected since is left out.
    """
    passed = [each for each in candidates if each.verdict == Verdict.OK and each.blob_sha256 is not None]
    if not passed:
        return ChosenDatasheet()
    chosen = max(passed, key=lambda candidate: (candidate.confidence or 0.0, -candidate.index))
    first = {candidate.blob_sha256: candidate.index for candidate in reversed(passed)}
    first[chosen.blob_sha256] = chosen.index
    duplicates = tuple(each.index for each in passed if first[each.blob_sha256] != each.index)
    return ChosenDatasheet(index=chosen.index, duplicates=duplicates)
