"""Types: the user's list of categories of parts."""

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, SurrogateKey, Timestamped, length_check, one_of
from schemas.type import MAX_TYPE
from schemas.value import Unit


class Type(Timestamped, Base):
    """A category such as Resistor; two names differ by more than case."""

    __tablename__ = "types"
    __table_args__ = (
        Index("uq_types_name", text("lower(name)"), unique=True),
        length_check("name", MAX_TYPE),
        # The control characters of schemas.type.TYPE_PATTERN; PostgreSQL's text cannot hold the first of them.
        CheckConstraint(r"name !~ '[/\u0001-\u001f]'", name="name_in_address"),
        CheckConstraint(one_of("unit", Unit), name="unit_known"),
    )

    id: Mapped[SurrogateKey]
    name: Mapped[str]
    position: Mapped[int] = mapped_column(server_default="0")
    "where it stands in the user's order; equals stand by name"
    unit: Mapped[Unit | None]
    "the unit by whose value its parts are put in order; NULL means by their numbers"
