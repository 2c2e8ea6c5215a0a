"""Which manufacturers are the same, or took each other over, and whom a document is from."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Final

_HOUSES: Final = (
    "texas instruments|ti.com|burr-brown|burr brown|unitrode|benchmarq|national semiconductor|luminary micro|chipcon",
    "analog devices|analog.com|maxim integrated|maxim-ic|maximintegrated|maxim|dallas semiconductor|linear technology|hittite|trinamic|precision monolithics",
    "stmicroelectronics|st.com|sgs-thomson|sgs thomson",
    "onsemi|on semiconductor|semiconductor components industries|fairchild|fairchildsemi|motorola|sanyo|catalyst semiconductor|amis|quantenna",
    "nxp|philips|nexperia|freescale|signetics|motorola|sigmatel|wespact|ween",
    "infineon|international rectifier|irf.com|siemens|cypress|spansion|ramtron|simtek",
    "renesas|intersil|idt|integrated device technology|integrated circuit systems|nec|hitachi|mitsubishi|dialog semiconductor|harris|elantec|xicor|zetex semiconductors|panasonic gan",
    "microchip|atmel|microsemi|smsc|standard microsystems|micrel|supertex|sst|silicon storage|actel|zarlink|vitesse|telcom semiconductor",
    "vishay|siliconix|dale|general semiconductor|temic|telefunken|bc components|beyschlag|draloric|sfernice|roederstein|sprague|vitramon",
    "diodes incorporated|diodes.com|zetex|pericom|bcd semiconductor|lite-on semiconductor|anachip",
    "broadcom|avago|agilent|hewlett-packard|lsi logic|plx technology|hp components",
    "littelfuse|ixys|zilog|teccor|hamlin|c&k|concord semiconductor|western automation",
    "toshiba|kioxia",
    "rohm|lapis|oki semiconductor|kionix|sicrystal",
    "nuvoton|winbond|panasonic|matsushita",
    "sharp|socle",
    "alpha & omega|alpha and omega|aosmd",
    "silicon labs|silicon laboratories|silabs|energy micro|cygnal|bluegiga|skyworks",
    "qorvo|rfmd|triquint|decawave|active-semi",
    "intel|altera|xilinx|amd|advanced micro devices|lattice semiconductor|vantis|mmi",
    "te connectivity|tyco electronics|amp incorporated|measurement specialties|schrack|potter & brumfield|axicom|raychem",
    "murata|peregrine|c&d technologies|power solutions",
    "tdk|epcos|invensense|micronas|tdk-lambda|lambda",
    "kemet|tokin|yageo|pulse electronics|phycomp|vitrohm|chilisin|bothhand",
    "taiyo yuden|walsin|samsung electro-mechanics|samsung electro",
    "bourns|trompeter", "monolithic power|mps", "espressif", "nordic semiconductor", "wch|qinheng", "stc micro|stcmicro",
    "holtek", "allegro microsystems|sanken|allegro", "melexis", "everest", "kingbright", "lite-on|liteon", "everlight", "cree|wolfspeed|creeled",
    "osram|ams ag|ams-osram|sensirion", "bosch", "omron", "nichia", "hammond", "molex", "jst", "amphenol|fci", "wurth|würth", "coilcraft",
    "unisonic|utc", "gigadevice", "puya", "torex", "richtek", "semtech", "ftdi|future technology", "lem", "cui", "recom", "traco", "mean well",
    "honeywell", "sony", "samsung", "hynix", "micron technology", "issi", "bel fuse", "finder", "songle", "ublox|u-blox", "quectel", "simcom",
    "rockwell", "mos technology|commodore", "amic technology", "realtek", "ricoh", "rubycon", "nichicon", "panjit", "galaxy electrical|bl galaxy", "jiangsu changjiang|jcet|cj", "good-ark", "comchip", "mcc|micro commercial", "central semiconductor", "solid state devices", "semikron",
)  # fmt: skip
_NOISE: Final = re.compile(
    r"\b(?:inc|incorporated|corp|corporation|co|ltd|limited|llc|gmbh|ag|plc|sa|nv|electronics?|semiconductors?|technolog(?:y|ies)"
    r"|components?|microelectronics|the|products?|integrated|company)\b|[^\w\s&.-]",
    re.IGNORECASE,
)
_GENERIC_ALONE: Final = frozenset({"st", "ti", "on", "ad"})
_SHORT: Final = {"ti": "texas instruments", "st": "stmicroelectronics", "on": "onsemi", "adi": "analog devices", "ir": "international rectifier", "ns": "national semiconductor", "aos": "alpha & omega"}  # fmt: skip


def names_of(manufacturer: str) -> tuple[str, ...]:
    """Return the names under which a manufacturer's papers may be printed, in small letters; none for an empty name."""
    plain = " ".join(_NOISE.sub(" ", manufacturer.casefold()).split())
    plain = _SHORT.get(plain, plain)
    if not plain:
        return ()
    words = manufacturer.casefold()
    houses = [house for house in _HOUSES if any(_holds(words, name) or name == plain for name in house.split("|"))]
    own = {part for part in re.split(r"[/,;()]|\s-\s", plain) if part}
    return tuple(
        dict.fromkeys([*(" ".join(name.split()) for name in own), *"|".join(houses).split("|")]) if houses else own
    )


def count(names: Iterable[str], text: str) -> int:
    """Count how often the names stand in a text in small letters."""
    return sum(len(_word(name).findall(text)) for name in names if name)


def most_named(text: str) -> tuple[str, int]:
    """Return the manufacturer, by its first name here, that a text in small letters names most, and how often."""
    counts = Counter({house.split("|")[0]: count(house.split("|"), text) for house in _HOUSES})
    return counts.most_common(1)[0]


def _holds(text: str, name: str) -> bool:
    return _word(name).search(text) is not None


@cache
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])")
