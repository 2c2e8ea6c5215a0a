"""What is wrong with a value, in words for a person: what it must be, and so the way out."""

from collections.abc import Mapping
from typing import Any, Final

from schemas.id4 import ID4_PATTERN
from schemas.slot import SLOT_PATTERN
from schemas.type import TYPE_PATTERN

_SENTENCES: Final[Mapping[str, str]] = {
    "missing": "it is missing; send it",
    "extra_forbidden": "this field does not exist; leave it out, or look up its name at GET /docs",
    "json_invalid": "this is not valid JSON ({error}); correct it",
    "model_type": "it must be a JSON object, such as {{…}}",
    "model_attributes_type": "it must be a JSON object, such as {{…}}",
    "tuple_type": "it must be a list, such as […]",
    "string_type": "it must be text",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "int_parsing_size": "the number is too large",
    "float_type": "it must be a number",
    "float_parsing": "it must be a number",
    "finite_number": "it must be a number that is not infinite",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "uuid_type": "it must be a UUID, such as 123e4567-e89b-42d3-a456-426614174000",
    "uuid_parsing": "it must be a UUID, such as 123e4567-e89b-42d3-a456-426614174000",
    "url_type": "it must be an address that begins with http:// or https://",
    "url_parsing": "it must be an address that begins with http:// or https://",
    "url_scheme": "it must be an address that begins with http:// or https://",
    "url_too_long": "it may have at most {max_length} characters; shorten it",
    "string_too_long": "it may have at most {max_length} characters; shorten it",
    "string_too_short": "it is too short: it needs {min_length} or more characters, not counting blanks at either end",
    "too_long": "it may have at most {max_length} entries; send fewer",
    "too_short": "it needs {min_length} or more entries",
    "greater_than_equal": "it must be {ge} or more",
    "greater_than": "it must be more than {gt}",
    "less_than_equal": "it must be {le} or less",
    "less_than": "it must be less than {lt}",
    "enum": "it must be {expected}",
    "literal_error": "it must be {expected}",
    "value_error": "{error}",
}
_PATTERNS: Final[Mapping[str, str]] = {
    ID4_PATTERN: "it must be the four letters A–Z of a part",
    SLOT_PATTERN: "it must be box and location, such as 7-3",
    TYPE_PATTERN: "it must not contain a slash or control characters",
}


def wording(error: Mapping[str, Any]) -> str:
    """Return what an error of pydantic says, in our words where we have some."""
    context = error.get("ctx", {})
    sentence = _PATTERNS.get(context.get("pattern", "")) or _SENTENCES.get(error["type"], "")
    return sentence.format_map(context) or str(error["msg"])
