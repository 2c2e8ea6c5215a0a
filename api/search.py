"""The search box."""

from flask import Blueprint

from api.http.openapi import answers, spec
from api.http.transaction import app, db
from api.render.search import completions, search_result
from schemas.search import CompletionQuery, Completions, Rebuild, Rebuilt, SearchQuery, SearchResult
from services.search import SearchCompletionService, SearchIndexService, SearchService

bp = Blueprint("search", __name__, url_prefix="/search")


@bp.get("")
@spec.validate(resp=answers(HTTP_200=SearchResult), tags=["search"])
def search(query: SearchQuery) -> SearchResult:
    """Find parts by letters, slot, number, words or values, whatever the order, the separators and the slips."""
    seconds = app().settings.api.search_seconds
    return search_result(query.q, SearchService.find(db(), query.q, limit=query.limit, seconds=seconds))


@bp.get("/suggest")
@spec.validate(resp=answers(HTTP_200=Completions), tags=["search"])
def suggest(query: CompletionQuery) -> Completions:
    """Complete the last word of a query: to a number, a maker, a tag, a type, a word or a filter."""
    return completions(SearchCompletionService.list(db(), query.q, limit=query.limit))


@bp.post("/rebuild")
@spec.validate(resp=answers(413, 415, HTTP_200=Rebuilt), tags=["search"])
def rebuild(json: Rebuild) -> Rebuilt:
    """Rebuild the search index of the next thousand parts; after the last one, learn the words of all parts."""
    parts, following = SearchIndexService.rebuild(db(), after=json.after)
    if following is None:
        SearchIndexService.learn(db())
    return Rebuilt(parts=parts, total=SearchIndexService.count(db()), next=following)
