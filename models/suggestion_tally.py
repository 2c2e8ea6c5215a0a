"""How many suggestions there are, kept by the database itself so that no page has to count them."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, SurrogateKey, one_of
from schemas.suggestion import SuggestionField, SuggestionState


class SuggestionTally(Base):
    """A change of the number of suggestions of a field and state; the sum of the changes is the number.

    Triggers on `suggestions` add a row for each statement, so that no two transactions wait for one counter; a task
    adds the rows up now and then.
    """

    __tablename__ = "suggestion_tallies"
    __table_args__ = (
        CheckConstraint(one_of("field", SuggestionField), name="field_known"),
        CheckConstraint(one_of("state", SuggestionState), name="state_known"),
    )

    id: Mapped[SurrogateKey]
    field: Mapped[SuggestionField]
    state: Mapped[SuggestionState]
    change: Mapped[int]
