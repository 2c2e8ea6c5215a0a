"""Text of hostile PDFs, made safe to store and to show."""

import re
import unicodedata
from collections import Counter
from statistics import median
from typing import Final

_ONE_TO_ONE: Final = str.maketrans(
    {
        **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        **dict.fromkeys((0xA0, 0x2007, 0x202F, 0x3000), " "),
        **dict.fromkeys((0x2010, 0x2011, 0xAD), "-"),
        **dict(zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)),
    }
)
_BROKEN_WORD: Final = re.compile("(?<=[a-z])[\x02\ufffe](?=[a-z])")
_BROKEN_CODE: Final = re.compile("(?<=[A-Za-z0-9])[\x02\ufffe](?=[A-Za-z0-9])")
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_SPACE: Final = re.compile(r"\s+")
_PICTURE_PAGE: Final = 0.5
_FEW_CHARACTERS: Final = 100
_BROKEN_TEXT: Final = 0.2
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"The kinds of characters that steer or hide text, by their names in Unicode."


def clean(text: str) -> str:
    """Return text that PostgreSQL can store; no NFKC, because one character of a part number must stay one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    text = _BROKEN_CODE.sub("-", _BROKEN_WORD.sub("", text))
    return _UNSTORABLE.sub("", text.translate(_ONE_TO_ONE))


def line(text: str, most: int) -> str:
    """Return one line of at most `most` characters, all of them visible."""
    visible = (sign if unicodedata.category(sign) not in _INVISIBLE else " " for sign in clean(text))
    return " ".join("".join(visible).split())[:most].strip()


def is_scan(pages: tuple[str, ...], pictured: tuple[float, ...]) -> bool:
    """Tell whether the text says nothing: hardly any but for stamps that repeat, or debris on pictures of pages."""
    lines = Counter(line for page in pages for line in set(page.splitlines()))
    own = ["".join(line for line in page.splitlines() if lines[line] == 1) for page in pages]
    sizes = [len(_SPACE.sub("", text)) for text in own]
    if median(sizes) < _FEW_CHARACTERS and sum(sizes) < _FEW_CHARACTERS * len(pages):
        return True
    joined = "".join(pages)
    in_words = sum(map(len, _WORD.findall(joined)))
    return median(pictured) > _PICTURE_PAGE and in_words < _BROKEN_TEXT * len(_SPACE.sub("", joined))
