"""Parts as real inventories have them: rows of catalogues where there are any, passives of series, and variants."""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from itertools import count, islice, product
from typing import Final, NamedTuple

from cli.migrate import CHECKOUT
from schemas.part_number import loose_key
from schemas.value import Value

CATALOGUE: Final = CHECKOUT.parent / "shared" / "data" / "catalogue"
SEED: Final = 7
_MAKERS: Final = (
    "Texas Instruments", "STMicroelectronics", "onsemi", "NXP", "Analog Devices", "Microchip", "Infineon", "Renesas",
    "Vishay", "Nexperia", "ROHM", "Toshiba", "Murata", "TDK", "Yageo", "KOA", "Panasonic", "Omron", "Molex", "JST",
)  # fmt: skip
_SELLERS: Final = ("LCSC", "Mouser", "DigiKey", "Reichelt", "TME", "Farnell", None, None)
_SIZES: Final = ("0201", "0402", "0603", "0805", "1206", "1210", "2010", "2512")
_SUFFIXES: Final = (
    "D", "DR", "DRG4", "P", "PW", "PWR", "DBVR", "DGKR", "N", "NE4", "/NOPB", "-E3", "-TR", "Z", "-REEL7", "-T1-E3",
    "G", "T3G", "DR2G", ",118", ",215", "-I/SN", "-I/P", "#PBF", "+T", "-7-F", "-13", "-Q1", "-EP", "RGYR", "ACT",
    "A", "B", "C",
)  # fmt: skip
_E96: Final = tuple(round(10 ** (step / 96), 2) for step in range(96))


class Row(NamedTuple):
    """A part; `value` is that of a passive, with its size."""

    number: str
    maker: str
    description: str
    tags: tuple[str, ...] = ()
    type: str = "Other"
    value: Value | None = None
    size: str | None = None
    seller: str | None = None

    @property
    def key(self) -> str:
        """The key by which rows differ."""
        return loose_key(self.number)


def rows(size: int) -> list[Row]:
    """Return parts of different keys, always the same: half of the first 100,000 real, where there is a catalogue."""
    chance = random.Random(SEED)
    real = _distinct(_real(chance), set())
    seen = {row.key for row in real}
    passives = _distinct(_passives(chance), seen)
    chance.shuffle(real)
    chance.shuffle(passives)
    mixed = [row for pair in zip(real, passives, strict=False) for row in pair] + real[len(passives) :]
    mixed += list(islice(_variants(real or passives, seen, chance), max(0, size - len(mixed))))
    head = mixed[:size]
    chance.shuffle(head)
    return head


def letters(number: int) -> str:
    """Return the letters of a part, far from those of the next."""
    return "".join(chr(65 + (number * 211_123 + 12_345) % 26**4 // 26**place % 26) for place in range(4))


def _distinct(found: Iterator[Row], seen: set[str]) -> list[Row]:
    kept = []
    for row in found:
        if len(row.key) > 1 and row.key not in seen and len(row.number) <= 100:
            seen.add(row.key)
            kept.append(row)
    return kept


def _real(chance: random.Random) -> Iterator[Row]:
    def maker() -> str:
        return chance.choice(_MAKERS)

    for row in _read("kicad9_symbols.jsonl.gz"):
        if row.get("mpn") and not row.get("power"):
            tags = tuple(sorted({tag.lower() for tag in re.findall(r"[\w-]{2,30}", row.get("keywords") or "")}))[:8]
            yield Row(row["mpn"], maker(), row.get("description") or "", tags, row["library"].replace("_", " "))
    for row in _read("legacy_ic_list.jsonl.gz"):
        yield Row(row["mpn"], maker(), row.get("description") or "", (), "Legacy IC")
    for row in _read("inventories/lcsc_records.jsonl"):
        yield Row(
            row["mpn"], row.get("manufacturer") or "", row.get("description") or "", (), row.get("category") or "Other"
        )


def _read(name: str) -> Iterator[dict[str, str]]:
    path = CATALOGUE / name
    if path.exists():
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            yield from map(json.loads, lines)


def _passives(chance: random.Random) -> Iterator[Row]:
    for size, decade, step in product(_SIZES, range(7), _E96):
        value = Value.parse(f"{step * 10**decade:.2f}R")
        assert value
        short = str(value).replace(" ", "").replace("Ω", "" if "k" in str(value) or "M" in str(value) else "R")
        for maker, number in (
            ("Yageo", f"RC{size}FR-07{_rkm(short)}L"),
            ("KOA", f"RK73H{_SIZES.index(size) + 1}ETTP{_rkm(short)}F"),
            ("Bourns", f"CR{size}-FX-{_rkm(short)}ELF"),
        ):
            text = chance.choice(
                (f"RES {short.upper()} OHM 1% {size}", f"Resistor SMD {size} {value} 1%", f"{short} 1% {size}")
            )
            yield Row(number, maker, text, ("smd", "resistor"), "Resistor", value, size, chance.choice(_SELLERS))
    for size, decade, step in product(_SIZES, range(-12, -5), _E96[::8]):
        value = Value.parse(f"{step * 10 ** (decade + 12):.2f}pF")
        assert value
        short = str(value).replace(" ", "").replace("µ", "u")
        for volts in (16, 25, 50):
            text = chance.choice((f"CAP CER {short.upper()} {volts}V X7R {size}", f"{volts}V {value} X7R {size} MLCC"))
            number = f"CC{size}KRX7R{volts}BB{short.upper().replace('.', 'R')}"
            yield Row(number, "Yageo", text, ("smd", "capacitor"), "Capacitor", value, size, chance.choice(_SELLERS))


def _rkm(short: str) -> str:
    """Return a value as numbers have it: 4.7k is 4K7."""
    letter = next((each for each in "kM" if short.endswith(each)), "R")
    return short.removesuffix(letter).replace(".", letter.upper()) + ("" if "." in short else letter.upper())


def _variants(bases: Sequence[Row], seen: set[str], chance: random.Random) -> Iterator[Row]:
    for _ in count():
        base = chance.choice(bases)
        row = base._replace(number=base.number + chance.choice(_SUFFIXES), seller=chance.choice(_SELLERS))
        if row.key not in seen and len(row.number) <= 100:
            seen.add(row.key)
            yield row
