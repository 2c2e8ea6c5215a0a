"""The structure of PDFs: their properties and chapters."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import Blob, DocumentChapter
from schemas.pdf import PdfStructure


class StructureService:
    """A blob's structure is stored once, however many parts share it."""

    @staticmethod
    def replace(session: Session, sha256: str, structure: PdfStructure) -> None:
        """Store the properties and chapters of a blob, in place of those that were stored."""
        properties = structure.properties.model_dump(mode="json")
        session.execute(update(Blob).where(Blob.sha256 == sha256).values(properties=properties))
        session.execute(delete(DocumentChapter).where(DocumentChapter.blob_sha256 == sha256))
        if structure.chapters:
            rows = [
                {"blob_sha256": sha256, "position": position, **chapter.model_dump()}
                for position, chapter in enumerate(structure.chapters, 1)
            ]
            session.execute(insert(DocumentChapter).on_conflict_do_nothing(), rows)

    @staticmethod
    def list_chapters(session: Session, sha256: str) -> Sequence[DocumentChapter]:
        """Return the chapters of a blob, in their order."""
        return session.scalars(
            select(DocumentChapter).where(DocumentChapter.blob_sha256 == sha256).order_by(DocumentChapter.position)
        ).all()
