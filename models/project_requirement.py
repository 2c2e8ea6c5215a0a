"""Requirements: the lines of projects, which say what one build needs."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id4, SurrogateKey, length_check, range_check
from models.part import Part
from schemas.project import MAX_PER_BUILD
from schemas.text import MAX_LINE, MAX_TEXT


class ProjectRequirement(Base):
    """A quantity of a part, or of a placeholder for one; a project has one line for each."""

    __tablename__ = "project_requirements"
    __table_args__ = (
        UniqueConstraint("project_id", "part_id4"),
        Index("uq_project_requirements_placeholder", "project_id", text("lower(placeholder)"), unique=True),
        CheckConstraint("num_nonnulls(part_id4, placeholder) = 1", name="part_or_placeholder"),
        length_check("placeholder", MAX_LINE),
        range_check("quantity", 1, MAX_PER_BUILD),
        length_check("designators", MAX_TEXT),
        length_check("note", MAX_TEXT),
        Index(None, "part_id4"),
    )

    id: Mapped[SurrogateKey]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    part_id4: Mapped[Id4 | None] = mapped_column(ForeignKey("parts.id4"))
    placeholder: Mapped[str | None]
    quantity: Mapped[int]
    "for one build"
    designators: Mapped[str | None]
    note: Mapped[str | None]

    part: Mapped[Part | None] = relationship(lazy="raise")
