"""Documents: PDFs, images and links on a part."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CreatedAt, Id4, Sha256, SurrogateKey, one_of
from models.blob import Blob
from schemas.document import DocumentKind


class Document(Base):
    """A document on a part; its bytes, if any, are a blob that parts may share."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint(one_of("kind", DocumentKind), name="kind_known"),
        CheckConstraint("(kind = 'link') = (blob_sha256 IS NULL)", name="link_has_no_blob"),
        Index("uq_documents_part_id4_blob_sha256", "part_id4", "blob_sha256", unique=True),
        Index(None, "blob_sha256"),
    )

    id: Mapped[SurrogateKey]
    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    kind: Mapped[str]
    is_datasheet: Mapped[bool] = mapped_column(server_default="false")
    blob_sha256: Mapped[Sha256 | None] = mapped_column(ForeignKey("blobs.sha256"))
    public_url: Mapped[str | None]
    original_filename: Mapped[str | None]
    created_at: Mapped[CreatedAt]

    blob: Mapped[Blob | None] = relationship(lazy="raise")
