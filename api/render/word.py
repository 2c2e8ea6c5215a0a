"""Types and tags, as DTOs."""

from flask import url_for

from models import Type
from schemas.tag import TagOut
from schemas.type import TypeOut
from services.tag import Tag


def type_out(type_: Type, parts: int) -> TypeOut:
    """Render a type and how many parts are of it."""
    links = {"self": url_for("types.get", name=type_.name), "parts": url_for("parts.page", type=type_.name)}
    return TypeOut(name=type_.name, parts=parts, unit=type_.unit, links=links)


def tag_out(tag: Tag) -> TagOut:
    """Render a tag."""
    links = {"self": url_for("tags.get", tag=tag.name), "parts": url_for("parts.page", tag=tag.name)}
    return TagOut(name=tag.name, parts=tag.parts, synonyms=tag.synonyms, links=links)
