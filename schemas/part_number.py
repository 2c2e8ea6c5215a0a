"""The comparison of part numbers."""

import re
from typing import Final

CODE_PATTERN: Final = r"[A-Za-z0-9]"
"A character of which every part number has at least one."

_NOT_KEY = re.compile(r"[^A-Za-z0-9]")


def code_key(manufacturer_code: str) -> str:
    """Return a part number's key for comparison: upper case, letters and digits only (`SN74HC-12 n` is `SN74HC12N`)."""
    return _NOT_KEY.sub("", manufacturer_code).upper()
