"""The imported parts catalogue."""

from sqlalchemy import Computed, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CODE_KEY_SQL, Base, SurrogateKey


class CataloguePart(Base):
    """What a catalogue says of a part number."""

    __tablename__ = "catalogue_parts"
    __table_args__ = (UniqueConstraint("source", "manufacturer_code"), Index(None, "code_key"))

    id: Mapped[SurrogateKey]
    source: Mapped[str]
    manufacturer_code: Mapped[str]
    code_key: Mapped[str] = mapped_column(Computed(CODE_KEY_SQL, persisted=True))
    manufacturer: Mapped[str | None]
    description: Mapped[str | None]
    keywords: Mapped[str | None]
    type_name: Mapped[str | None]
    datasheet_url: Mapped[str | None]
