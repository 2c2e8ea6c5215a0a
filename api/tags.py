"""Tags."""

from flask import Blueprint, Response

from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.word import tag_out
from schemas.tag import MergeTag, NewSynonym, RenameTag, TagList, TagOut, TagQuery
from services.tag import TagService

bp = Blueprint("tags", __name__, url_prefix="/tags")


@bp.get("")
@spec.validate(resp=answers(HTTP_200=TagList), tags=["tags"])
def page(query: TagQuery) -> TagList:
    """List the tags of the vocabulary and the user's own by name, with how many parts have each."""
    tags = TagService.list(db(), prefix=query.prefix, limit=query.limit)
    return TagList(tags=tuple(tag_out(tag) for tag in tags))


@bp.get("/<tag>")
@spec.validate(resp=answers(404, HTTP_200=TagOut), tags=["tags"])
def get(tag: str) -> TagOut:
    """Show a tag, by its name or a synonym."""
    return tag_out(TagService.get(db(), tag))


@bp.patch("/<tag>")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=TagOut), tags=["tags"])
def rename(tag: str, json: RenameTag) -> TagOut:
    """Rename a tag on all parts; the old name becomes a synonym."""
    return tag_out(TagService.rename(db(), tag, json.name))


@bp.post("/<tag>/merge")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=TagOut), tags=["tags"])
def merge(tag: str, json: MergeTag) -> TagOut:
    """Merge a tag into another on all parts; it becomes a synonym of the other. Repeating this changes nothing."""
    return tag_out(TagService.merge(db(), tag, json.into))


@bp.post("/<tag>/synonyms")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=TagOut), tags=["tags"])
def add_synonym(tag: str, json: NewSynonym) -> TagOut:
    """Add a synonym: where a person or a machine uses it, the tag is used. Repeating this changes nothing."""
    return tag_out(TagService.add_synonym(db(), tag, json.synonym))


@bp.delete("/<tag>/synonyms/<synonym>")
@spec.validate(resp=answers(404, HTTP_204=None), tags=["tags"])
def remove_synonym(tag: str, synonym: str) -> Response:
    """Delete a synonym; parts keep their tags."""
    TagService.remove_synonym(db(), tag, synonym)
    return Response(status=204)
