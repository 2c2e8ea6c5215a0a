"""Text without characters that steer a terminal, a printer or a parser; nothing else is ever stored."""

import re
from typing import Any, Final

_PICTURES: Final = 0x2400
"Where Unicode has a picture of each control character: those of a label's code stay readable, for parsers too."
_DELETE, _DELETE_PICTURE, _UNKNOWN = "\x7f", "\u2421", "\ufffd"

UNSTORABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"All control characters but tab and line break, and what is no character at all."


def storable(text: str) -> str:
    """Return a text with one kind of line break, and with pictures in place of control characters."""
    if not UNSTORABLE.search(text):
        return text
    return UNSTORABLE.sub(_picture, text.replace("\r\n", "\n").replace("\r", "\n"))


def storable_json(value: Any) -> Any:
    """Return JSON with every text in it storable, its keys too."""
    match value:
        case str():
            return storable(value)
        case dict():
            return {storable(key): storable_json(each) for key, each in value.items()}
        case list() | tuple():
            return [storable_json(each) for each in value]
    return value


def _picture(found: re.Match[str]) -> str:
    sign = found[0]
    if sign < " ":
        return chr(_PICTURES + ord(sign))
    return _DELETE_PICTURE if sign == _DELETE else _UNKNOWN
