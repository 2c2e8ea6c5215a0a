"""What photos look like, to recognise copies."""

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sha256


class PhotoLook(Base):
    """The look of a photo in 256 bits, of which copies that were scaled or compressed again share all but a few."""

    __tablename__ = "photo_looks"

    blob_sha256: Mapped[Sha256] = mapped_column(ForeignKey("blobs.sha256", ondelete="CASCADE"), primary_key=True)
    look: Mapped[str] = mapped_column(BIT(256))
