"""Thumbnails of documents."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, selectinload

from models import Thumbnail


class ThumbnailService:
    """A blob has a thumbnail for each size, if it can be rendered."""

    @staticmethod
    def find_nearest(session: Session, blob_sha256: str, side: int) -> Thumbnail | None:
        """Return the smallest thumbnail of at least `side` pixels, else the largest one."""
        thumbnails = session.scalars(
            select(Thumbnail)
            .where(Thumbnail.blob_sha256 == blob_sha256)
            .options(selectinload(Thumbnail.image))
            .order_by(Thumbnail.side)
        ).all()
        return next((each for each in thumbnails if each.side >= side), thumbnails[-1] if thumbnails else None)

    @staticmethod
    def replace(session: Session, blob_sha256: str, images: Mapping[int, str]) -> None:
        """Store the thumbnails of a blob; `images` holds the sha256 of a stored picture by size."""
        for side, image_sha256 in images.items():
            new = insert(Thumbnail).values(blob_sha256=blob_sha256, side=side, image_sha256=image_sha256)
            session.execute(
                new.on_conflict_do_update(
                    index_elements=["blob_sha256", "side"], set_={"image_sha256": new.excluded.image_sha256}
                )
            )
