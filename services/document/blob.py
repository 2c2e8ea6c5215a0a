"""Blobs: the rows for objects in storage."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import Blob, Document, DocumentPage

_NOW = func.clock_timestamp()
"The time now, because the transaction may have started long ago."


class BlobService:
    """The same bytes are one row, however often they are uploaded.

    A caller first writes the row and commits, then stores the object, then refers to the row. So an object never lacks
    its row, and garbage collection, which takes only rows that were not touched for long, never takes a new one.
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
        """Insert the row, or touch it when it exists."""
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
        """Return a blob that the caller will refer to, and protect it from collection; None if it does not exist."""
        return session.scalar(
            update(Blob).where(Blob.sha256 == sha256).values(touched_at=_NOW).returning(Blob),
            execution_options={"populate_existing": True},
        )

    @staticmethod
    def index_pages(session: Session, sha256: str, pages: Sequence[str]) -> None:
        """Store the text of a document's pages for search, unless it is already stored."""
        if pages:
            session.execute(
                insert(DocumentPage).on_conflict_do_nothing(),
                [{"blob_sha256": sha256, "page": page, "text": text} for page, text in enumerate(pages, 1)],
            )

    @staticmethod
    def is_indexed(session: Session, sha256: str) -> bool:
        """Tell whether the text of a blob's pages is stored."""
        return bool(session.scalar(select(exists().where(DocumentPage.blob_sha256 == sha256))))

    @staticmethod
    def mark_prepared(session: Session, *sha256s: str) -> None:
        """Record that the preparation of blobs (pages and thumbnails) is complete."""
        session.execute(update(Blob).where(Blob.sha256.in_(sha256s)).values(prepared_at=_NOW))

    @staticmethod
    def list_unprepared(session: Session, *, untouched_for: timedelta, limit: int) -> Sequence[str]:
        """Return documents' blobs whose preparation seems lost, oldest first."""
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
