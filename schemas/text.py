"""Types of text that people write and machines read, with the lengths that the tables enforce too."""

from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AfterValidator, Field, HttpUrl, StringConstraints, TypeAdapter

from schemas.part_number import may_be_number
from schemas.storable import UNSTORABLE, storable

MAX_CODE: Final = 100
MAX_LINE: Final = 200
MAX_TEXT: Final = 2000
MAX_ADDRESS: Final = 2000

_SEPARATORS: Final = "\x04\x1c\x1d\x1e\x1f"
_URL: Final = TypeAdapter(HttpUrl)


def _with_letters(code: str) -> str:
    if not may_be_number(code):
        raise ValueError("a part number needs at least one letter A–Z or digit")
    return code


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("the text must be one line of printable characters")
    return text


def _without_controls(text: str) -> str:
    if UNSTORABLE.search(text.replace("\r\n", "\n")):
        raise ValueError("the text must not have control characters other than tabs and line breaks")
    return storable(text)


def _separated(text: str) -> str:
    return "".join(storable(sign) if sign in _SEPARATORS else sign for sign in text)


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
    return lambda text: storable(text or "").strip()[:most].strip() or None


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
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT),
    AfterValidator(_without_controls),
]
Scanned = Annotated[str, AfterValidator(_separated)]
"The text of a label's code as a scanner types it; the control characters that separate its fields become pictures."
Address = Annotated[
    str, StringConstraints(max_length=MAX_ADDRESS), AfterValidator(_address), Field(json_schema_extra={"format": "uri"})
]
"An address that a browser may open: only http and https, because a scheme such as javascript runs code."

ReadLine = Annotated[str | None, AfterValidator(_cut(MAX_LINE))]
"A line that a machine read; a long one is cut, since a machine cannot be asked for a shorter one."
ReadText = Annotated[str | None, AfterValidator(_cut(MAX_TEXT))]
