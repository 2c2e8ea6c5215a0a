"""The imported parts catalogue."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import CataloguePart as Row
from schemas.identification import CataloguePart
from schemas.part_number import code_key


class CatalogueService:
    """Rows are known by their source and number; importing again brings them up to date."""

    @staticmethod
    def put(session: Session, parts: Sequence[CataloguePart]) -> None:
        """Insert or update catalogue rows."""
        rows = insert(Row)
        updated = {name: rows.excluded[name] for name in CataloguePart.model_fields}
        # In one order for all, so that two imports of the same rows cannot wait for each other.
        ordered = sorted(parts, key=lambda part: (part.source, part.manufacturer_code))
        if parts:
            session.execute(
                rows.on_conflict_do_update(index_elements=["source", "manufacturer_code"], set_=updated),
                [part.model_dump() for part in ordered],
            )

    @staticmethod
    def find(session: Session, codes: Sequence[str]) -> tuple[CataloguePart, ...]:
        """Return the rows whose number is one of these, compared by `code_key`, in a steady order."""
        keys = {code_key(code) for code in codes} - {""}
        rows = session.scalars(select(Row).where(Row.code_key.in_(keys)).order_by(Row.code_key, Row.id))
        return tuple(
            CataloguePart.model_validate({name: getattr(row, name) for name in CataloguePart.model_fields})
            for row in rows
        )
