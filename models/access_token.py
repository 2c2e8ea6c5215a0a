"""Named tokens of the API."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Sha256, SurrogateKey
from schemas.access import AccessScope


class AccessToken(Base):
    """A token by its sha256, which is as hard to guess as the token, since that is random."""

    __tablename__ = "access_tokens"
    __table_args__ = (CheckConstraint("scope IN ('read', 'write', 'operate')", name="scope_known"),)

    id: Mapped[SurrogateKey]
    name: Mapped[str] = mapped_column(unique=True)
    scope: Mapped[AccessScope]
    sha256: Mapped[Sha256] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[datetime | None]
