"""The imported parts catalogue."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import CataloguePart
from schemas.identification import CatalogueEntry
from schemas.part_number import canonical_key, loose_key


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
        """Return the rows of these part numbers, compared by `canonical_key`, in a stable order."""
        return _entries(session, CataloguePart.canonical_key, map(canonical_key, codes))

    @staticmethod
    def find_near(session: Session, codes: Sequence[str]) -> tuple[CatalogueEntry, ...]:
        """Return the rows of these part numbers and those worth comparing, by `loose_key`, in a stable order."""
        return _entries(session, CataloguePart.loose_key, map(loose_key, codes))


_POWER_LIBRARY: Final = "power"
_POWER_SYMBOL: Final = "power symbol%"
"The names that KiCad gives to what is only drawn; rows of other tools and of older imports may hold it."


def _entries(session: Session, column: InstrumentedAttribute[str], keys: Iterable[str]) -> tuple[CatalogueEntry, ...]:
    is_part = and_(
        func.lower(CataloguePart.type_name).is_distinct_from(_POWER_LIBRARY),
        func.coalesce(CataloguePart.description, "").not_ilike(_POWER_SYMBOL),
    )
    rows = select(CataloguePart).where(column.in_(set(keys) - {""}), is_part)
    return tuple(
        CatalogueEntry.model_validate({name: getattr(row, name) for name in CatalogueEntry.model_fields})
        for row in session.scalars(rows.order_by(CataloguePart.canonical_key, CataloguePart.id))
    )
