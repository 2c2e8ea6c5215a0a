"""The answer of the API when it refuses a request or fails."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from schemas.base import Dto


class ErrorCode(StrEnum):
    """The kinds of error, each with its HTTP status."""

    INVALID_INPUT = "invalid_input"
    "400: a value is malformed; `details.field` names it"
    UNAUTHORIZED = "unauthorized"
    "401: the token is missing or wrong"
    FORBIDDEN = "forbidden"
    "403: pages of this origin may not call the API"
    NOT_FOUND = "not_found"
    "404: the URL, or the object that it names, does not exist"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    "405: the URL exists, but not for this method"
    CONFLICT = "conflict"
    "409: the state of the inventory forbids the request now"
    OUTDATED = "outdated"
    "412: the object has changed since the caller read it"
    TOO_LARGE = "too_large"
    "413: the request is over a limit that a setting names"
    UNSUPPORTED_MEDIA = "unsupported_media"
    "415: this kind of body or file is not accepted here"
    RANGE_NOT_SATISFIABLE = "range_not_satisfiable"
    "416: the document does not have the bytes that were asked for"
    UNPROCESSABLE = "unprocessable"
    "422: the request is well-formed, but makes no sense"
    EXHAUSTED = "exhausted"
    "429: a budget is used up for now; see Retry-After"
    INTERNAL = "internal"
    "500: a fault of the server; its log has the cause"
    UNAVAILABLE = "unavailable"
    "503: the database, the store or a service cannot answer now; see Retry-After"


class Problem(Dto):
    """The reason why a request failed, as a sentence for a person and as data for programs."""

    error: str = Field(description="What was wrong and what to do, as a sentence for a person.")
    details: dict[str, Any] = Field(description="The same as data for programs: field, limit, state and so on.")
    code: ErrorCode = Field(description="The stable kind of error.")
