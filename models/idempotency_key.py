"""Idempotency keys, with the first answer to a POST with each key."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Json, length_check


class IdempotencyKey(Base):
    """A key and its answer; inserted in the transaction of the work that it guards."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"), length_check("key", 255))

    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    response: Mapped[Json]
    created_at: Mapped[CreatedAt]
