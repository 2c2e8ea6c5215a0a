"""The imported parts catalogue."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import CataloguePart
from schemas.identification import CatalogueEntry
from schemas.part_number import code_key


class CatalogueService:
    """A source and a part number identify a row; another import updates it."""

    @staticmethod
    def replace(session: Session, parts: Sequence[CatalogueEntry]) -> None:
        """Insert or update catalogue rows."""
        rows = insert(CataloguePart)
        updated = {name: rows.excluded[name] for name in CatalogueEntry.model_fields}
        # All imports use one order, so that two imports of the same rows cannot deadlock.
        ordered = sorted(parts, key=lambda part: (part.source, part.manufacturer_code))
        if parts:
            session.execute(
                rows.on_conflict_do_update(index_elements=["source", "manufacturer_code"], set_=updated),
                [part.model_dump() for part in ordered],
            )

    @staticmethod
    def find(session: Session, codes: Sequence[str]) -> tuple[CatalogueEntry, ...]:
        """Return the rows with one of these numbers, compared by `code_key`, in a stable order."""
        keys = {code_key(code) for code in codes} - {""}
        rows = session.scalars(
            select(CataloguePart)
            .where(CataloguePart.code_key.in_(keys))
            .order_by(CataloguePart.code_key, CataloguePart.id)
        )
        return tuple(
            CatalogueEntry.model_validate({name: getattr(row, name) for name in CatalogueEntry.model_fields})
            for row in rows
        )
