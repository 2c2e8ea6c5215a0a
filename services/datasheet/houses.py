"""Manufacturers that are the same or took each other over, and the one that a document is from."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_HOUSES: Final = tuple(
    tuple(house.split("|"))
    for house in (
        "texas instruments|ti.com|burr-brown|burr brown|unitrode|benchmarq|national semiconductor|chipcon",
        "analog devices|maxim|maxim integrated|maxim-ic|dallas semiconductor|linear technology|hittite|trinamic",
        "stmicroelectronics|st.com|sgs-thomson|sgs thomson",
        "onsemi|on semiconductor|semiconductor components industries|fairchild|motorola|sanyo|catalyst semiconductor",
        "nxp|philips|nexperia|freescale|signetics|motorola",
        "infineon|international rectifier|irf.com|siemens|cypress|spansion|ramtron",
        "renesas|intersil|idt|integrated device technology|nec|hitachi|mitsubishi|dialog semiconductor|harris|elantec",
        "microchip|atmel|microsemi|smsc|standard microsystems|micrel|supertex|sst|actel|zarlink",
        "vishay|siliconix|dale|general semiconductor|temic|telefunken|bc components|beyschlag|sfernice|sprague",
        "diodes incorporated|diodes.com|zetex|pericom|bcd semiconductor",
        "broadcom|avago|agilent|hewlett-packard|lsi logic",
        "littelfuse|ixys|zilog|teccor|c&k",
        "rohm|lapis|oki semiconductor",
        "nuvoton|winbond|panasonic|matsushita",
        "alpha & omega|alpha and omega|aosmd",
        "silicon labs|silicon laboratories|silabs|cygnal|skyworks",
        "qorvo|rfmd|triquint|active-semi",
        "intel|altera|amd|xilinx|advanced micro devices|lattice",
        "te connectivity|tyco|schrack|potter & brumfield|measurement specialties",
        "tdk|epcos|invensense|micronas",
        "kemet|tokin|yageo|phycomp|pulse electronics",
        "allegro|sanken",
        "osram|ams ag|ams-osram",
        "cree|wolfspeed",
        "monolithic power|monolithicpower",
        "lite-on|liteon",
        "wch|qinheng",
        "unisonic|utc",
        "ftdi|future technology devices",
        "galaxy electrical|bl galaxy",
        "u-blox|ublox",
        *(
            "toshiba",
            "sharp",
            "murata",
            "bourns",
            "espressif",
            "nordic semiconductor",
            "holtek",
            "melexis",
            "kingbright",
        ),
        *("everlight", "nichia", "hammond", "molex", "amphenol", "omron", "bosch", "sensirion", "samsung", "hynix"),
        *("gigadevice", "torex", "richtek", "semtech", "honeywell", "sony", "issi", "songle", "quectel", "simcom"),
        *("realtek", "ricoh", "nichicon", "rubycon", "panjit", "central semiconductor", "jiangsu changjiang", "recom"),
    )
)
_SHORT: Final = {
    "ti": "texas instruments",
    "st": "stmicroelectronics",
    "on": "onsemi",
    "adi": "analog devices",
    "ad": "analog devices",
    "ir": "international rectifier",
    "aos": "alpha & omega",
}
_NOISE: Final = re.compile(
    r"\b(?:inc|incorporated|corp|corporation|co|ltd|limited|llc|gmbh|ag|plc|electronics?|semiconductors?|technology"
    r"|technologies|components?|microelectronics|the|products?|company)\b|[^\w\s&.-]"
)


def names_of(manufacturer: str) -> tuple[str, ...]:
    """Return, in lower case, the names that a manufacturer, its predecessors and successors print."""
    given = " ".join(manufacturer.casefold().split())
    plain = " ".join(_NOISE.sub(" ", given).replace(" .", " ").strip(" .-").split())
    full = _SHORT.get(plain, given)
    houses = [name for house in _HOUSES if any(_count(name, full) for name in house) for name in house]
    parts = [part.strip() for part in re.split(r"[/,;()]|\s-\s", given)]
    return tuple(name for name in dict.fromkeys([*houses, plain, full, *parts]) if len(name) >= 3)


def count(names: Iterable[str], text: str) -> int:
    """Count the occurrences of names in a lower-case text."""
    return sum(_count(name, text) for name in names)


def most_named(text: str) -> tuple[str, int]:
    """Return the manufacturer that a lower-case text names most, and the count."""
    return max(((house[0], count(house, text)) for house in _HOUSES), key=lambda named: named[1])


def _count(name: str, text: str) -> int:
    return len(_word(name).findall(text))


@lru_cache(maxsize=1024)
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])")
