"""Suggestions: values that a machine proposes, the inbox of those that wait, and the decisions on them."""

from services.suggestion.bulk import Outcome, SuggestionBulkService
from services.suggestion.listing import InboxPage, ListedSuggestion, SuggestionListService
from services.suggestion.refusals import RefusalService, RefusedNumbers
from services.suggestion.repeated import RepeatedService
from services.suggestion.service import SuggestionService
from services.suggestion.tally import SuggestionTallyService
from services.suggestion.undo import SuggestionUndoService

__all__ = [
    "InboxPage",
    "ListedSuggestion",
    "Outcome",
    "RefusalService",
    "RefusedNumbers",
    "RepeatedService",
    "SuggestionBulkService",
    "SuggestionListService",
    "SuggestionService",
    "SuggestionTallyService",
    "SuggestionUndoService",
]
