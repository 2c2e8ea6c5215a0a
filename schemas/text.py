"""Text that people write and machines read: how long it may be, here and in the tables."""

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
        raise ValueError("a part number has at least one letter A–Z or digit")
    return code


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it must be one line of printable characters")
    return text


def short_address(url: HttpUrl) -> HttpUrl:
    """Return an address that is not too long as it is kept: percent-encoded, with its host in ASCII.

    Raises:
        ValueError: it is too long.
    """
    if len(str(url)) > MAX_ADDRESS:
        raise ValueError(f"it may have at most {MAX_ADDRESS} characters when it is percent-encoded; shorten it")
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
"An address for a browser, which has no other scheme than http and https, such as javascript."

ReadLine = Annotated[str | None, AfterValidator(_cut(MAX_LINE))]
"A line that a machine read somewhere; cut where it is too long, since a machine cannot be asked for a shorter one."
ReadText = Annotated[str | None, AfterValidator(_cut(MAX_TEXT))]
