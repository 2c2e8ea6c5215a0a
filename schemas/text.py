"""Types of text that people write and machines read, with the lengths that the tables enforce too."""

from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AfterValidator, Field, HttpUrl, StringConstraints, TypeAdapter

from schemas.part_number import code_key

MAX_CODE: Final = 100
MAX_LINE: Final = 200
MAX_TEXT: Final = 2000
MAX_ADDRESS: Final = 2000

_URL: Final = TypeAdapter(HttpUrl)


def _with_letters(code: str) -> str:
    if not code_key(code):
        raise ValueError("a part number needs at least one letter A–Z or digit")
    return code


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("the text must be one line of printable characters")
    return text


def short_address(url: HttpUrl) -> HttpUrl:
    """Return an address if its stored form (percent-encoded, with its host in ASCII) is not too long.

    Raises:
        ValueError: the address is too long.
    """
    if len(str(url)) > MAX_ADDRESS:
        raise ValueError(
            f"this address has {len(str(url))} characters when percent-encoded, more than {MAX_ADDRESS}; shorten it"
        )
    return url


def _address(text: str) -> str:
    return str(short_address(_URL.validate_python(text)))


def _cut(most: int) -> Callable[[str | None], str | None]:
    return lambda text: (text or "").strip()[:most].strip() or None


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LINE),
    AfterValidator(_one_line),
]
Code = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_CODE),
    AfterValidator(_one_line),
    AfterValidator(_with_letters),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT)]
Address = Annotated[
    str, StringConstraints(max_length=MAX_ADDRESS), AfterValidator(_address), Field(json_schema_extra={"format": "uri"})
]
"An address that a browser may open: only http and https, because a scheme such as javascript runs code."

ReadLine = Annotated[str | None, AfterValidator(_cut(MAX_LINE))]
"A line that a machine read; a long one is cut, since a machine cannot be asked for a shorter one."
ReadText = Annotated[str | None, AfterValidator(_cut(MAX_TEXT))]
