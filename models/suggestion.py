"""Suggestions: values that a machine proposes for a part's fields."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CreatedAt, Id4, Json, SurrogateKey, one_of
from models.part import Part
from schemas.document import SHA256_PATTERN
from schemas.part_number import CODE_PATTERN
from schemas.slot import SLOT_PATTERN
from schemas.stock import MAX_QUANTITY
from schemas.suggestion import PartMatch, SuggestionField, SuggestionState
from schemas.text import MAX_CODE
from schemas.type import MAX_TYPE


def _text_or_null(*names: str) -> str:
    return " AND ".join(f"coalesce(jsonb_typeof(value -> '{name}'), 'null') IN ('string', 'null')" for name in names)


def _null_or(name: str, condition: str) -> str:
    return f"(coalesce(jsonb_typeof(value -> '{name}'), 'null') = 'null' OR value @? 'strict $.{name} ? ({condition})')"


_VALUES = {
    SuggestionField.PART_NUMBER: (
        "jsonb_typeof(value) = 'object' AND jsonb_typeof(value -> 'manufacturer_code') = 'string'",
        f"length(value ->> 'manufacturer_code') <= {MAX_CODE}",
        f"value ->> 'manufacturer_code' ~ '{CODE_PATTERN}'",
        _text_or_null("manufacturer", "description"),
    ),
    SuggestionField.SAME_PART: (
        "jsonb_typeof(value) = 'object' AND value ->> 'part' ~ '^[A-Z]{4}$'",
        f"value ->> {one_of("'match'", PartMatch)}",
        "jsonb_typeof(value -> 'sure') = 'boolean'",
    ),
    SuggestionField.TAGS: (
        "jsonb_typeof(value) = 'array'",
        """NOT value @? 'strict $[*] ? (@.type() != "string" || @ == "")'""",
    ),
    SuggestionField.TYPE: (
        "jsonb_typeof(value) = 'string'",
        f"length(value #>> '{{}}') BETWEEN 1 AND {MAX_TYPE}",
    ),
    SuggestionField.STOCK: (
        "jsonb_typeof(value) = 'object'",
        _null_or("quantity", f"@ >= 1 && @ <= {MAX_QUANTITY} && @.floor() == @"),
        _null_or("slot", f'@ like_regex "{SLOT_PATTERN}"'),
        _text_or_null("supplier_code", "lot", "date_code", "origin"),
    ),
    SuggestionField.DATASHEET: (
        "jsonb_typeof(value) = 'object'",
        f"value ->> 'sha256' ~ '{SHA256_PATTERN}'",
        "jsonb_typeof(value -> 'document') = 'number'",
    ),
}
"The rules for the value of each field, as the DTOs in schemas.suggestion define them."

_VALUE_CHECKS = [
    CheckConstraint(f"field <> '{field}' OR coalesce({' AND '.join(rules)}, false)", name=f"{field}_value")
    for field, rules in _VALUES.items()
]


class Suggestion(Base):
    """A proposed value with its confidence and evidence; a person or the rules decide on it once."""

    __tablename__ = "suggestions"
    __table_args__ = (
        CheckConstraint(one_of("field", SuggestionField), name="field_known"),
        CheckConstraint(one_of("state", SuggestionState), name="state_known"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_range"),
        CheckConstraint("jsonb_typeof(decision) = 'object'", name="decision_object"),
        CheckConstraint("state <> 'proposed' OR decision IS NULL", name="open_is_undecided"),
        CheckConstraint("undone >= 0", name="undone_not_negative"),
        *_VALUE_CHECKS,
        Index(None, "part_id4", "state"),
        Index("ix_suggestions_open", "part_id4", postgresql_where=text("state = 'proposed'")),
        Index(None, "run_id"),
        # A page and its total are found in this index alone, whatever they are filtered by.
        Index("ix_suggestions_inbox", "state", "id", postgresql_include=["field", "confidence"]),
        Index("ix_suggestions_command_id", "command_id", postgresql_where=text("command_id IS NOT NULL")),
    )

    id: Mapped[SurrogateKey]
    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("pipeline_runs.id", ondelete="SET NULL"))
    field: Mapped[SuggestionField]
    value: Mapped[Json]
    confidence: Mapped[float]
    evidence: Mapped[Json]
    state: Mapped[SuggestionState] = mapped_column(server_default=SuggestionState.PROPOSED)
    created_at: Mapped[CreatedAt]
    decided_at: Mapped[datetime | None]
    decision: Mapped[Json | None]
    "what the decision changed, as schemas.suggestion.Decision; NULL while it is open, and for old decisions"
    command_id: Mapped[UUID | None] = mapped_column(ForeignKey("stock_commands.id"))
    "the command that booked it; of an open one, a receipt that may have booked the same bag"
    reserved_until: Mapped[datetime | None]
    "how long its slot is kept for the part; NULL means until it is decided"
    undone: Mapped[int] = mapped_column(server_default="0")
    "how many decisions on it were taken back"

    part: Mapped[Part] = relationship(lazy="raise")
