"""Sellers of parts, with their order codes."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from models import Part, PartSeller
from schemas.errors import NotFound

_OFFER = (PartSeller.part_id4, PartSeller.seller_key, func.coalesce(PartSeller.order_code, literal_column("''")))


class PartSellerService:
    """A seller and its order code are an offer, which a part has once however the seller's name is written."""

    @staticmethod
    def list(session: Session, id4: str) -> Sequence[PartSeller]:
        """Return the sellers of a part, in the order in which they were added."""
        return session.scalars(select(PartSeller).where(PartSeller.part_id4 == id4).order_by(PartSeller.id)).all()

    @staticmethod
    def create(
        session: Session, part: Part, *, seller: str, order_code: str | None, link: str | None = None
    ) -> PartSeller:
        """Add a seller to a locked part; the same offer is kept once, with the newest link."""
        row = insert(PartSeller).values(part_id4=part.id4, seller=seller, order_code=order_code, link=link)
        newest = func.coalesce(row.excluded.link, PartSeller.link)
        saved = row.on_conflict_do_update(index_elements=_OFFER, set_={"link": newest}).returning(PartSeller.id)
        return session.get_one(PartSeller, session.execute(saved).scalar_one(), populate_existing=True)

    @staticmethod
    def delete(session: Session, id4: str, seller_id: int) -> None:
        """Delete a seller of a part.

        Raises:
            NotFound: the part has no such seller.
        """
        gone = delete(PartSeller).where(PartSeller.part_id4 == id4, PartSeller.id == seller_id)
        if session.scalar(gone.returning(PartSeller.id)) is None:
            raise NotFound("seller", seller_id)

    @staticmethod
    def join(session: Session, source: Part, target: Part) -> None:
        """Delete the offers of a part that another one has too, before it takes over the others."""
        theirs, mine = aliased(PartSeller), aliased(PartSeller)
        same = exists().where(
            mine.part_id4 == target.id4,
            mine.seller_key == theirs.seller_key,
            mine.order_code.is_not_distinct_from(theirs.order_code),
        )
        twins = select(theirs.id).where(theirs.part_id4 == source.id4, same)
        session.execute(delete(PartSeller).where(PartSeller.id.in_(twins)))
