"""The record of what cannot be undone."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from models.base import Base, CreatedAt, SurrogateKey


class AuditEntry(Base):
    """Who did what to what; written in the transaction that did it, and never changed."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "actor", "id"),)

    id: Mapped[SurrogateKey]
    at: Mapped[CreatedAt]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
