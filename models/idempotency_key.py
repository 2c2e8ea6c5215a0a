"""Idempotency keys: what a POST with this key answered the first time."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Json, length_check


class IdempotencyKey(Base):
    """Inserted in the transaction of the work it guards."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"), length_check("key", 255))

    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    response: Mapped[Json]
    created_at: Mapped[CreatedAt]
