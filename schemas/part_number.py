"""How part numbers are compared."""

import re
from typing import Final

CODE_PATTERN: Final = r"[A-Za-z0-9]"
"What every part number has somewhere."

_NOT_KEY = re.compile(r"[^A-Za-z0-9]")


def code_key(manufacturer_code: str) -> str:
    """Return the number as it is compared: upper case, letters and digits only (`SN74HC-12 n` is `SN74HC12N`)."""
    return _NOT_KEY.sub("", manufacturer_code).upper()
