"""Plain words that look like part numbers: packages, technologies, interfaces, standards and values."""

import re
from typing import Final

from services.datasheet.numbers import folded

_JOINTS: Final = re.compile(r"[-_/ ]+")
_PACKAGES: Final = (
    r"T?SOT[0-9]{2,3}[A-Z]{0,2}[0-9]{0,2}|SOD[0-9]{2,3}[A-Z]{0,3}|(?:TO|DO)[0-9]{1,3}[A-Z]{0,2}[0-9]?"
    r"|SC(?:59|6[02]|7[02456]|79|8[289]|90)A?|SM[ABC]|(?:MINI)?MELF[0-9]*|D[23]?PAK[0-9]?|I2?PAK"
    r"|[A-Z]{0,3}(?:SOIC|SOP|SOJ|DIP|QFN|DFN|SON|LCC)[0-9]{1,2}[A-Z]?|[A-Z]{0,3}(?:QFP|BGA|CSP|LGA)[0-9]{1,4}"
    r"|0201|0402|0603|0805|1206|1210|1812|2010|2512"
)
_TECHNOLOGIES: Final = (
    r"RS(?:232|422|485)|I2[CS]|USB(?:[123]0?|[123][AC])|CAN20B?|RJ(?:11|12|45)|D[BE](?:9|15|25)|DDR[1-5]|BT[45]0"
    r"|IEEE[0-9]+|MILSTD[0-9]+|AECQ[0-9]+|UL94(?:V[0-2])?|IP[0-9]{2}|ROHS[0-9]|IEC[0-9]{4,6}|EN[0-9]{5}|ISO9[0-9]{3}"
)
_VALUE: Final = (
    r"[0-9.]{1,2}A|[0-9]{1,3}[RKMVUNP][0-9]?"
    r"|[0-9.]{1,5}(?:[MUNP]?[FH]|[MUN]A|[MUN]?V|[MK]?W|[KMG]?(?:HZ|OHMS?)|V[AD]C|MM|MAH|BITS?|PINS?)"
)
_WORD: Final = re.compile(rf"{_PACKAGES}|{_TECHNOLOGIES}|{_VALUE}")


def is_word(code: str) -> bool:
    """Tell whether a name is a plain word or a value, such as LED, SOT-23 or 100nF; a part number has a digit."""
    plain = _JOINTS.sub("", folded(code))
    return not any(map(str.isdigit, plain)) or _WORD.fullmatch(plain) is not None
