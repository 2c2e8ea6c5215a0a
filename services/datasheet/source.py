"""Sources of a part's datasheet: what each address sent last."""

from collections.abc import Sequence

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from models import DatasheetSource
from schemas.datasheet import Validators
from schemas.step import CandidateOutcome
from schemas.text import MAX_ADDRESS

_SEEN = ("source", "verdict", "detail", "final_url", "etag", "last_modified", "sha256")


class DatasheetSourceService:
    """An address is kept once for each part, with what became of it the last time."""

    @staticmethod
    def record(session: Session, part_id4: str, url: str, *, source: str, outcome: CandidateOutcome) -> None:
        """Keep what an address sent, or why it sent nothing: then it has no validators either."""
        final_url = outcome.final_url or url
        row = insert(DatasheetSource).values(
            part_id4=part_id4,
            url=url,
            source=source,
            verdict=outcome.verdict,
            detail=outcome.detail,
            final_url=final_url if outcome.seen_sha256 and len(final_url) <= MAX_ADDRESS else None,
            etag=outcome.etag,
            last_modified=outcome.last_modified,
            sha256=outcome.seen_sha256,
        )
        given = row.excluded
        is_same = (given.verdict == DatasheetSource.verdict) & given.sha256.is_not_distinct_from(DatasheetSource.sha256)
        changed_at = case((is_same, DatasheetSource.changed_at), else_=func.now())
        session.execute(
            row.on_conflict_do_update(
                index_elements=["part_id4", "url"],
                set_={name: given[name] for name in _SEEN} | {"checked_at": func.now(), "changed_at": changed_at},
            )
        )

    @staticmethod
    def touch(session: Session, part_id4: str, url: str) -> None:
        """Note that an address was asked, and has nothing new."""
        asked = update(DatasheetSource).where(DatasheetSource.part_id4 == part_id4, DatasheetSource.url == url)
        session.execute(asked.values(checked_at=func.now()))

    @staticmethod
    def find(session: Session, part_id4: str, url: str) -> DatasheetSource | None:
        """Return what is known of an address, or None."""
        return session.scalar(
            select(DatasheetSource).where(DatasheetSource.part_id4 == part_id4, DatasheetSource.url == url)
        )

    @staticmethod
    def list(session: Session, part_id4: str) -> Sequence[DatasheetSource]:
        """Return the addresses that were ever fetched for a part, in the order in which they became known."""
        return session.scalars(
            select(DatasheetSource).where(DatasheetSource.part_id4 == part_id4).order_by(DatasheetSource.id)
        ).all()

    @staticmethod
    def join(session: Session, source: str, target: str) -> None:
        """Drop the addresses of one part that another has too, so that the others can move to it."""
        mine = aliased(DatasheetSource)
        has_it = select(mine.url).where(mine.part_id4 == target)
        session.execute(
            delete(DatasheetSource).where(DatasheetSource.part_id4 == source, DatasheetSource.url.in_(has_it))
        )


def validators_of(source: DatasheetSource | None) -> Validators | None:
    """Return how to ask an address only for what is new, or None when it has to be fetched whole."""
    if source is None or source.sha256 is None or not (source.etag or source.last_modified):
        return None
    return Validators(url=source.final_url or source.url, etag=source.etag, last_modified=source.last_modified)
