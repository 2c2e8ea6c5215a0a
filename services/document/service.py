"""Documents of parts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session, selectinload

from models import Document, DocumentPage, Part
from schemas.datasheet import DatasheetEvidence, RevisionChanges
from schemas.document import DocumentFields, DocumentKind
from schemas.errors import Conflict, NotFound
from services.document.blob import BlobService
from services.part import PartService, Setter


class DocumentService:
    """A part has each document once; a person's choice of the datasheet outranks a machine's."""

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
        evidence: DatasheetEvidence | None = None,
        revision_of: int | None = None,
        changes: RevisionChanges | None = None,
    ) -> int:
        """Attach a stored blob to a part, as a machine, and return the document's ID."""
        if is_datasheet:
            PartService.lock(session, part_id4)
            is_datasheet = not session.scalar(select(exists().where(*_chosen_by_person(part_id4))))
        document = insert(Document).values(
            part_id4=part_id4,
            kind=kind,
            blob_sha256=sha256,
            original_filename=filename,
            public_url=public_url,
            is_datasheet=is_datasheet,
            datasheet_by="machine" if is_datasheet else None,
            evidence=evidence.model_dump(mode="json") if evidence else None,
            revision_of=revision_of,
            changes=changes.model_dump(mode="json") if changes else None,
        )
        may_mark = document.excluded.is_datasheet & Document.datasheet_by.is_distinct_from("person")
        return session.execute(
            document.on_conflict_do_update(
                index_elements=["part_id4", "blob_sha256"],
                set_={
                    "is_datasheet": Document.is_datasheet | may_mark,
                    "datasheet_by": case((may_mark, "machine"), else_=Document.datasheet_by),
                    "evidence": func.coalesce(document.excluded.evidence, Document.evidence),
                },
            ).returning(Document.id)
        ).scalar_one()

    @staticmethod
    def designate(session: Session, part_id4: str, sha256: str, *, by: Setter) -> None:
        """Make one of a locked part's documents its only datasheet; the others stay as documents.

        Raises:
            NotFound: the part has no document with these bytes any more.
        """
        mine = update(Document).where(Document.part_id4 == part_id4)
        chosen = mine.where(Document.blob_sha256 == sha256).values(is_datasheet=True, datasheet_by=by)
        if session.scalar(chosen.returning(Document.id)) is None:
            raise NotFound("document with the sha256", sha256)
        others = mine.where(Document.blob_sha256 != sha256, Document.is_datasheet)
        session.execute(others.values(is_datasheet=False, datasheet_by=None))

    @staticmethod
    def is_datasheet_decided(session: Session, part_id4: str) -> bool:
        """Tell whether a person chose the datasheet of a part, or said of one that it is none."""
        return bool(
            session.scalar(select(exists().where(Document.part_id4 == part_id4, Document.datasheet_by == "person")))
        )

    @staticmethod
    def create(session: Session, part_id4: str, sha256: str, *, filename: str | None) -> tuple[Document, bool]:
        """Attach a stored blob to a part, for a person; return the document and whether it is new.

        Raises:
            NotFound: the blob does not exist (any more).
        """
        blob = BlobService.touch(session, sha256)
        if blob is None:
            raise NotFound("stored file", sha256)
        kind = DocumentKind.PDF if blob.media_type == "application/pdf" else DocumentKind.IMAGE
        document = insert(Document).values(kind=kind, blob_sha256=sha256, original_filename=filename)
        return _added(session, part_id4, document, index_elements=["part_id4", "blob_sha256"])

    @staticmethod
    def create_link(session: Session, part_id4: str, url: str) -> tuple[Document, bool]:
        """Attach a link to a part; return the document and whether it is new."""
        document = insert(Document).values(kind=DocumentKind.LINK, public_url=url)
        is_link = Document.kind == literal_column(f"'{DocumentKind.LINK}'")
        return _added(session, part_id4, document, index_elements=["part_id4", "public_url"], index_where=is_link)

    @staticmethod
    def share(session: Session, part_id4: str, original: Document) -> tuple[Document, bool]:
        """Attach a document of one part to another part too; return the new document and whether it is new.

        Raises:
            NotFound: the document's blob does not exist any more.
        """
        if original.blob_sha256 is None:
            return DocumentService.create_link(session, part_id4, original.public_url or "")
        return DocumentService.create(session, part_id4, original.blob_sha256, filename=original.original_filename)

    @staticmethod
    def update(session: Session, document: Document, given: DocumentFields) -> None:
        """Change the given fields of a locked document, for a person.

        Raises:
            Conflict: a document of this kind cannot be the main image or the datasheet.
        """
        if "title" in given.model_fields_set:
            document.title = given.title
        if given.is_main_image is not None:
            _must_be(document, DocumentKind.IMAGE, "the main image")
            _set_main_image(session, document, is_main=given.is_main_image)
        if given.is_datasheet is not None:
            _must_be(document, DocumentKind.PDF, "the datasheet")
            _set_datasheet(session, document, is_datasheet=given.is_datasheet)
        session.flush()
        session.refresh(document, ["is_main_image"])

    @staticmethod
    def delete(session: Session, document_id: int) -> None:
        """Delete a document; its blob stays until it is garbage-collected.

        Raises:
            NotFound: the document does not exist.
        """
        session.delete(DocumentService.lock(session, document_id))
        session.flush()

    @staticmethod
    def get(session: Session, document_id: int) -> Document:
        """Return a document with its blob.

        Raises:
            NotFound: the document does not exist.
        """
        document = session.get(Document, document_id, options=[selectinload(Document.blob)])
        if document is None:
            raise NotFound("document", document_id)
        return document

    @staticmethod
    def lock(session: Session, document_id: int) -> Document:
        """Return a document as `get` does, locked until the caller's transaction ends.

        Raises:
            NotFound: the document does not exist (any more).
        """
        PartService.lock(session, DocumentService.get(session, document_id).part_id4)
        document = session.get(
            Document,
            document_id,
            options=[selectinload(Document.blob)],
            populate_existing=True,
            with_for_update=True,
        )
        if document is None:
            raise NotFound("document", document_id)
        return document

    @staticmethod
    def get_with_bytes(session: Session, sha256: str) -> Document:
        """Return the newest document with these bytes.

        Raises:
            NotFound: no document has these bytes.
        """
        newest = select(Document).where(Document.blob_sha256 == sha256).order_by(Document.id.desc()).limit(1)
        document = session.scalar(newest)
        if document is None:
            raise NotFound("document with the sha256", sha256)
        return document

    @staticmethod
    def list(session: Session, part_id4: str) -> Sequence[Document]:
        """Return a part's documents, oldest first, with their blobs."""
        return session.scalars(
            select(Document)
            .where(Document.part_id4 == part_id4)
            .options(selectinload(Document.blob))
            .order_by(Document.id)
        ).all()

    @staticmethod
    def find_datasheet(session: Session, part_id4: str) -> Document | None:
        """Return the datasheet of a part, with its blob: the one that a person chose, else the newest."""
        by_person = case((Document.datasheet_by == "person", 0), else_=1)
        return session.scalar(
            select(Document)
            .where(Document.part_id4 == part_id4, Document.is_datasheet)
            .options(selectinload(Document.blob))
            .order_by(by_person, Document.id.desc())
            .limit(1)
        )

    @staticmethod
    def list_first_pages(session: Session, sha256: str, count: int) -> tuple[str, ...]:
        """Return the text of a blob's first pages."""
        pages = select(DocumentPage.text).where(DocumentPage.blob_sha256 == sha256, DocumentPage.page <= count)
        return tuple(session.scalars(pages.order_by(DocumentPage.page)))


def _chosen_by_person(part_id4: str) -> tuple[ColumnElement[bool], ...]:
    return Document.part_id4 == part_id4, Document.is_datasheet.is_(True), Document.datasheet_by == "person"


def _added(session: Session, part_id4: str, document: Insert, **same: Any) -> tuple[Document, bool]:
    """Insert a document or find the same one; either way it stays locked against deletion."""
    # The part may have been merged into another while the file was read and stored.
    document = document.values(part_id4=PartService.lock(session, part_id4).id4)
    row = document.on_conflict_do_update(**same, set_={"part_id4": document.excluded.part_id4})
    made: Any = session.execute(row.returning(Document.id, literal_column("xmax = 0").label("is_new"))).one()
    return DocumentService.get(session, made.id), bool(made.is_new)


def _must_be(document: Document, kind: DocumentKind, role: str) -> None:
    if document.kind != kind:
        raise Conflict(
            f"document {document.id} is of kind {document.kind}; only a document of kind {kind} can be {role}",
            kind=document.kind,
        )


def _set_main_image(session: Session, document: Document, *, is_main: bool) -> None:
    part = session.get_one(Part, document.part_id4)
    if is_main or part.image_id == document.id:
        PartService.set_field(session, part, "image_id", document.id if is_main else None, by="person")


def _set_datasheet(session: Session, document: Document, *, is_datasheet: bool) -> None:
    if is_datasheet:
        session.execute(
            update(Document)
            .where(Document.part_id4 == document.part_id4, Document.id != document.id, Document.is_datasheet)
            .values(is_datasheet=False)
        )
    document.is_datasheet, document.datasheet_by = is_datasheet, "person"
