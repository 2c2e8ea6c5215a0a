"""Optimistic concurrency: an ETag is the digest of a representation, so that every change of it changes the tag."""

import hashlib

from flask import request
from pydantic import BaseModel, Field

from schemas.base import Dto
from schemas.errors import Outdated


class MatchHeaders(BaseModel):
    """The header that keeps a change from overwriting one that the caller has not seen."""

    if_match: str | None = Field(
        None,
        alias="If-Match",
        description="The ETag of what the change is based on; when it was changed since, this is refused (412). "
        "Without it the change is made to whatever is there, and fields that it does not name stay as they are.",
    )


def etag(shown: Dto) -> str:
    """Return the ETag of a representation, quoted."""
    return f'"{_digest(shown)}"'


def must_match(shown: Dto) -> None:
    """Refuse a change that is based on an outdated representation; the caller has locked the row.

    Raises:
        Outdated: it was changed since, or If-Match is not an ETag.
    """
    if "If-Match" in request.headers and not request.if_match.contains(_digest(shown)):
        raise Outdated("it was changed since you read it; read it again, look at the difference and repeat your change")


def is_known(shown: Dto) -> bool:
    """Return whether the caller already has this representation."""
    return request.if_none_match.contains_weak(_digest(shown))


def _digest(shown: Dto) -> str:
    return hashlib.sha256(shown.model_dump_json().encode()).hexdigest()[:32]
