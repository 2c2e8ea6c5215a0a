"""Documents on parts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, selectinload

from models import Document, DocumentPage
from schemas.document import DocumentKind
from schemas.errors import NotFound


class DocumentService:
    """A part has a document once, however often it is attached."""

    @staticmethod
    def attach(
        session: Session,
        part_id4: str,
        kind: DocumentKind,
        *,
        sha256: str,
        filename: str | None = None,
        public_url: str | None = None,
        is_datasheet: bool = False,
    ) -> int:
        """Attach a stored blob to a part and return the document's id."""
        document = insert(Document).values(
            part_id4=part_id4,
            kind=kind,
            blob_sha256=sha256,
            original_filename=filename,
            public_url=public_url,
            is_datasheet=is_datasheet,
        )
        return session.execute(
            document.on_conflict_do_update(
                index_elements=["part_id4", "blob_sha256"],
                set_={"is_datasheet": Document.is_datasheet | is_datasheet},
            ).returning(Document.id)
        ).scalar_one()

    @staticmethod
    def get(session: Session, document_id: int) -> Document:
        """Return a document with its blob.

        Raises:
            NotFound: there is no such document.
        """
        document = session.get(Document, document_id, options=[selectinload(Document.blob)])
        if document is None:
            raise NotFound("document", document_id)
        return document

    @staticmethod
    def of_part(session: Session, part_id4: str) -> Sequence[Document]:
        """Return a part's documents, oldest first, with their blobs."""
        return session.scalars(
            select(Document)
            .where(Document.part_id4 == part_id4)
            .options(selectinload(Document.blob))
            .order_by(Document.id)
        ).all()

    @staticmethod
    def datasheet(session: Session, part_id4: str) -> Document | None:
        """Return the newest datasheet of a part, with its blob."""
        return session.scalar(
            select(Document)
            .where(Document.part_id4 == part_id4, Document.is_datasheet)
            .options(selectinload(Document.blob))
            .order_by(Document.id.desc())
            .limit(1)
        )

    @staticmethod
    def first_pages(session: Session, sha256: str, count: int) -> tuple[str, ...]:
        """Return the text of a blob's first pages."""
        pages = select(DocumentPage.text).where(DocumentPage.blob_sha256 == sha256, DocumentPage.page <= count)
        return tuple(session.scalars(pages.order_by(DocumentPage.page)))
