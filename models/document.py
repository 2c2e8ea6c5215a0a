"""Documents: the PDFs, images and links of a part."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, exists, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from models.base import Base, CreatedAt, Id4, Json, Sha256, SurrogateKey, length_check, one_of
from models.blob import Blob
from models.part import Part
from schemas.document import DocumentKind
from schemas.text import MAX_ADDRESS, MAX_LINE


class Document(Base):
    """A document of a part; its bytes, if any, are a blob that parts may share."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint(one_of("kind", DocumentKind), name="kind_known"),
        CheckConstraint("(kind = 'link') = (blob_sha256 IS NULL)", name="link_has_no_blob"),
        CheckConstraint("datasheet_by IN ('person', 'machine')", name="datasheet_by_known"),
        length_check("title", MAX_LINE),
        length_check("public_url", MAX_ADDRESS),
        length_check("original_filename", MAX_LINE),
        Index("uq_documents_part_id4_blob_sha256", "part_id4", "blob_sha256", unique=True),
        Index(
            "uq_documents_part_id4_link", "part_id4", "public_url", unique=True, postgresql_where=text("kind = 'link'")
        ),
        Index(None, "blob_sha256"),
        Index("ix_documents_revision_of", "revision_of", postgresql_where=text("revision_of IS NOT NULL")),
    )

    id: Mapped[SurrogateKey] = mapped_column()
    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    kind: Mapped[DocumentKind]
    title: Mapped[str | None]
    is_datasheet: Mapped[bool] = mapped_column(server_default="false")
    datasheet_by: Mapped[str | None]
    "whether a person or a machine set is_datasheet; a machine does not change a person's choice"
    evidence: Mapped[Json | None]
    "why a machine took it for the datasheet, as schemas.datasheet.DatasheetEvidence"
    blob_sha256: Mapped[Sha256 | None] = mapped_column(ForeignKey("blobs.sha256"))
    public_url: Mapped[str | None]
    original_filename: Mapped[str | None]
    revision_of: Mapped[int | None] = mapped_column(ForeignKey("documents.id", ondelete="SET NULL"))
    "the datasheet that this one is a later file of, as a refresh found it"
    changes: Mapped[Json | None]
    "how it differs from that one, as schemas.datasheet.RevisionChanges"
    created_at: Mapped[CreatedAt]
    is_main_image: Mapped[bool] = column_property(
        exists().where(Part.image_id == id).correlate_except(Part)  # noqa: A003 - the column above is meant
    )

    blob: Mapped[Blob | None] = relationship(lazy="raise")
