"""Blobs: the rows for bytes in object storage."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import Blob, Document, DocumentPage

_NOW = func.clock_timestamp()
"Not the start of the transaction, which may be long ago."


class BlobService:
    """The same bytes are one row, whoever brings them and however often.

    Who stores bytes first writes the row and commits, then puts the object, then refers to the row. So an object never
    lacks its row, and garbage collection, which takes only rows that were long left alone, never meets a newcomer.
    """

    @staticmethod
    def ensure(
        session: Session,
        *,
        sha256: str,
        bucket: str,
        s3_key: str,
        size: int,
        media_type: str,
        page_count: int | None = None,
    ) -> None:
        """Insert the row, or touch it when it is there."""
        given = insert(Blob).values(
            sha256=sha256, bucket=bucket, s3_key=s3_key, size=size, media_type=media_type, page_count=page_count
        )
        session.execute(
            given.on_conflict_do_update(
                index_elements=["sha256"],
                set_={
                    "media_type": given.excluded.media_type,
                    "page_count": func.coalesce(given.excluded.page_count, Blob.page_count),
                    "touched_at": _NOW,
                },
            )
        )

    @staticmethod
    def touch(session: Session, sha256: str) -> Blob | None:
        """Return a blob that is about to be referred to, safe from collection; None when it is not there (any more)."""
        return session.scalar(
            update(Blob).where(Blob.sha256 == sha256).values(touched_at=_NOW).returning(Blob),
            execution_options={"populate_existing": True},
        )

    @staticmethod
    def index_pages(session: Session, sha256: str, pages: Sequence[str]) -> None:
        """Keep the text of a document's pages for search, unless it is kept already."""
        if pages:
            session.execute(
                insert(DocumentPage).on_conflict_do_nothing(),
                [{"blob_sha256": sha256, "page": page, "text": text} for page, text in enumerate(pages, 1)],
            )

    @staticmethod
    def is_indexed(session: Session, sha256: str) -> bool:
        """Tell whether pages of a blob are kept."""
        return bool(session.scalar(select(exists().where(DocumentPage.blob_sha256 == sha256))))

    @staticmethod
    def mark_prepared(session: Session, *sha256s: str) -> None:
        """Note that pages and thumbnails are made, as far as they can or need be."""
        session.execute(update(Blob).where(Blob.sha256.in_(sha256s)).values(prepared_at=_NOW))

    @staticmethod
    def list_unprepared(session: Session, *, untouched_for: timedelta, limit: int) -> Sequence[str]:
        """Return documents' blobs whose preparation seems to be lost, the oldest first."""
        return session.scalars(
            select(Blob.sha256)
            .where(
                Blob.prepared_at.is_(None),
                Blob.touched_at < func.now() - untouched_for,
                exists().where(Document.blob_sha256 == Blob.sha256),
            )
            .order_by(Blob.touched_at)
            .limit(limit)
        ).all()
