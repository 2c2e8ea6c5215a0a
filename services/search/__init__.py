"""Search: one box that understands parts."""

from services.search.completion import SearchCompletionService
from services.search.index import SearchIndexService
from services.search.service import SearchService

__all__ = ["SearchCompletionService", "SearchIndexService", "SearchService"]
