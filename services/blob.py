"""Blobs: the rows for bytes in object storage."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import Blob, DocumentPage


class BlobService:
    """The same bytes are one row, whoever brings them and however often."""

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
        """Insert the row unless it is there."""
        session.execute(
            insert(Blob)
            .values(
                sha256=sha256, bucket=bucket, s3_key=s3_key, size=size, media_type=media_type, page_count=page_count
            )
            .on_conflict_do_update(
                index_elements=["sha256"],
                set_={"page_count": page_count},
                where=Blob.page_count.is_(None) & (page_count is not None),
            )
        )

    @staticmethod
    def index_pages(session: Session, sha256: str, pages: Sequence[str]) -> None:
        """Keep the text of a document's pages for search, unless it is kept already."""
        if pages:
            session.execute(
                insert(DocumentPage).on_conflict_do_nothing(),
                [{"blob_sha256": sha256, "page": page, "text": text} for page, text in enumerate(pages, 1)],
            )
