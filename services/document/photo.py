"""Photos of parts, recognised when they are taken in again."""

from typing import Final, NamedTuple

from sqlalchemy import cast, exists, func, literal, select
from sqlalchemy.dialects.postgresql import BIT, insert
from sqlalchemy.orm import Session

from models import Document, Part, PhotoLook

_BITS: Final = 256
_ALIKE: Final = 24
"""The most bits in which two photos differ that count as one: copies that were scaled and compressed again differ in up
to 19, and the most alike photos of two things that were compared in 61."""


class SamePhoto(NamedTuple):
    """A part that an earlier photo is attached to."""

    part_id4: str
    sha256: str
    "of the earlier photo: the same, or of a picture that looks the same"


class PhotoService:
    """Recognises a photo by its bytes, or by its look."""

    @staticmethod
    def record_look(session: Session, sha256: str, look: str) -> None:
        """Record the look of a photo: 256 bits in hex."""
        bits = f"{int(look, 16):0{_BITS}b}"
        session.execute(insert(PhotoLook).values(blob_sha256=sha256, look=bits).on_conflict_do_nothing())

    @staticmethod
    def find_same(session: Session, sha256: str, look: str, *, without: str) -> SamePhoto | None:
        """Return the part with the oldest photo that is the same, other than one part; identical bytes come first."""
        own = cast(literal(f"{int(look, 16):0{_BITS}b}" if look else None), BIT(_BITS))
        alike = exists().where(
            PhotoLook.blob_sha256 == Document.blob_sha256,
            func.bit_count(PhotoLook.look.bitwise_xor(own)) <= _ALIKE,
        )
        identical = Document.blob_sha256 == sha256
        found = session.execute(
            select(Document.part_id4, Document.blob_sha256)
            .join(Part, Part.id4 == Document.part_id4)
            .where(identical | alike, Document.part_id4 != without, Part.retired_at.is_(None))
            .order_by(identical.desc(), Document.id)
            .limit(1)
        ).one_or_none()
        return SamePhoto(found.part_id4, found.blob_sha256 or "") if found else None
