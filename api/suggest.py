"""Suggestions on the spot."""

from flask import Blueprint

from api.http.openapi import answers, spec
from pipelines.ai_suggest import ai_suggest
from schemas.ai_suggest import AiSuggestions, AiSuggestRequest

bp = Blueprint("ai_suggest", __name__, url_prefix="/ai")


@bp.post("/suggest")
@spec.validate(resp=answers(413, 415, 429, HTTP_200=AiSuggestions), tags=["suggestions"])
def suggest(json: AiSuggestRequest) -> AiSuggestions:
    """Suggest tags and a type for text; nothing is saved. A question asked before is answered from memory."""
    return ai_suggest(json)
