"""Sources of datasheets: the addresses that were fetched for a part, and what each sent last."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id4, Sha256, SurrogateKey, length_check, one_of
from schemas.datasheet import Verdict
from schemas.document import SHA256_PATTERN
from schemas.text import MAX_ADDRESS


class DatasheetSource(Base):
    """An address, the verdict on what it sent last, and the validators that tell whether it sends the same still.

    It outlives the runs whose candidate it was, so that a refresh asks the same addresses years later.
    """

    __tablename__ = "datasheet_sources"
    __table_args__ = (
        UniqueConstraint("part_id4", "url"),
        CheckConstraint(one_of("verdict", Verdict), name="verdict_known"),
        CheckConstraint(f"sha256 ~ '{SHA256_PATTERN}'", name="sha256_hex"),
        length_check("url", MAX_ADDRESS),
    )

    id: Mapped[SurrogateKey]
    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    url: Mapped[str]
    source: Mapped[str]
    "what named it: catalogue:NAME, model:NAME, user"
    verdict: Mapped[Verdict]
    detail: Mapped[str | None]
    final_url: Mapped[str | None]
    "where its redirects led when it last sent a file; its validators are those of this address"
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    sha256: Mapped[Sha256 | None]
    "of the file that it sent last, kept or not; NULL when it sent none the last time"
    checked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    "when it was first seen to send this file, or this refusal"
