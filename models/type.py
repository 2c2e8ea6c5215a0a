"""Types: the categories of parts, a list the user owns."""

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, SurrogateKey, Timestamped


class Type(Timestamped, Base):
    """A category such as Resistor; two names differ by more than case."""

    __tablename__ = "types"
    __table_args__ = (Index("uq_types_name", text("lower(name)"), unique=True),)

    id: Mapped[SurrogateKey]
    name: Mapped[str]
    position: Mapped[int] = mapped_column(server_default="0")
    "where it stands in the user's order; equals stand by name"
