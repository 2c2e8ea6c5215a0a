"""Suggestions, as DTOs."""

from api.render.row import rendered
from models import Suggestion
from schemas.suggestion import SuggestionOut


def suggestion_out(suggestion: Suggestion) -> SuggestionOut:
    """Render a suggestion."""
    return rendered(SuggestionOut, suggestion, part=suggestion.part_id4)
