"""Stock commands of clients, and their results."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CreatedAt, Id4, Json, one_of
from schemas.stock import StockKind


class StockCommand(Base):
    """A command on a part's stock, kept for ever; a repeated ID returns the first answer."""

    __tablename__ = "stock_commands"
    __table_args__ = (
        CheckConstraint(one_of("kind", StockKind), name="kind_known"),
        UniqueConstraint("undoes"),
        Index(None, "part_id4", "seq"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    "made by the client"
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    "the order of a part's commands, since each is inserted under the part's lock"
    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    kind: Mapped[StockKind]
    payload: Mapped[Json]
    result: Mapped[Json]
    undoes: Mapped[UUID | None] = mapped_column(ForeignKey("stock_commands.id"))
    at: Mapped[CreatedAt]

    undo: Mapped["StockCommand | None"] = relationship(
        primaryjoin="StockCommand.id == foreign(remote(StockCommand.undoes))",
        uselist=False,
        viewonly=True,
        lazy="raise",
    )
