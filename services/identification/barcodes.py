"""Parsing distributors' and makers' labels from their machine codes (ISO 15434 with EIGP 114 identifiers, LCSC)."""

import re
from collections.abc import Mapping
from typing import Final

from schemas.markings import Code, Distributor, DistributorLabel
from services.identification.plausible import has_digit, is_plausible

_MAX_LENGTH: Final = 2000
_MAX_PACKED: Final = 400
_GS, _RS, _EOT = "\x1d", "\x1e", "\x04"

_SPELLINGS: Final = {
    _GS: ("{GS}", "<GS>", "␝", "↔"),
    _RS: ("{RS}", "<RS>", "␞", "▲"),
    _EOT: ("{EOT}", "<EOT>", "␄", "♦"),
    " ": ("␠",),
}
"""Scanners' spellings of control characters: words, Unicode control pictures, code page 437 glyphs."""

_HEADER: Final = re.compile(rf"\s*>?\s*\[\)>[{_RS}{_GS}^]?06")
_FIELD: Final = re.compile(r"(\d{0,2}[A-Z])(.*)", re.IGNORECASE | re.DOTALL)
_LCSC_KEY: Final = re.compile(r"(?:^|,)(pbn|on|pc|pm|qty|mc|cc|pdi|hp|wc):")
_DIGIKEY_1D: Final = re.compile(r"\d{7}(\d{9})\d{6}")
_DIGIKEY_NUMBER: Final = re.compile(r"[\w.+/#,-]+-ND", re.ASCII)
_TME_FIELD: Final = re.compile(r"\b(QTY|PN|MFR|MPN):(\S+)")
_ONE_IDENTIFIER: Final = re.compile(r"1P(?!MT\d|S\d\d)(\S.{3,})")
"""Identifier 1P alone in a code, which proves nothing unless print confirms it. 1PMT5920B and 1PS76SB10 are numbers."""

_PACKED: Final = (
    r"P(?P<P>.{0,60}~)1P(?P<I>.{1,48}~)30P(?P<S>[^\s]{1,48}~-ND)K.{0,40}~1K\d+10K\d+.{0,60}~4L(?:[A-Z]{2})?Q(?P<Q>\d+)11Z",
    r"P(?P<P>.{0,60}~)1P(?P<I>.{1,48}~)K.{0,40}~1K\d+10K\d+.{0,60}~4L(?:[A-Z]{2})?Q(?P<Q>\d+)11Z",
    r"K.{0,40}~14K\d{3}1P(?P<I>.{1,48}~)Q(?P<Q>\d{1,7}~)11K\d+4L(?:[A-Z]{2})?(?:1V(?P<V>.*))?$",
)
"""Labels without separators, by their order of fields; ~ is tried greedy and lazy, and both must match alike."""


def parse_distributor_label(code: Code) -> DistributorLabel | None:
    """Return the label that a code holds, or None.

    No text raises an error. A field that the label lacks is None, the part number included.
    """
    text = code.text[:_MAX_LENGTH]
    if header := _HEADER.match(_control_characters(text)):
        return _useful(_iso15434(_control_characters(text)[header.end() :]))
    if text.lstrip().startswith("{"):
        return _useful(_lcsc(text.strip()))
    if "tme.eu/" in text.lower():
        return _useful(_tme(dict(_TME_FIELD.findall(text))))
    return _useful(_one_dimensional(text.strip(), code.symbology))


def is_trade_format(text: str) -> bool:
    """Tell whether a code has the form of a label, whether or not it can be parsed."""
    return bool(_HEADER.match(_control_characters(text[:_MAX_LENGTH])) or _LCSC_KEY.search(text.removeprefix("{")))


def fields_of(code: Code) -> tuple[str, ...]:
    """Return the words of a code, whatever its form."""
    return tuple(filter(None, re.split(r"[\s,;:/|\x1c-\x1e\u241c-\u241e]+", code.text[:_MAX_LENGTH])))


def _control_characters(text: str) -> str:
    for character, spellings in _SPELLINGS.items():
        for spelling in spellings:
            text = text.replace(spelling, character)
    header = _HEADER.match(text)
    if header and text.startswith("]", header.end()):
        return text.replace("]", _GS).replace("^", _RS)
    return text


def _iso15434(body: str) -> DistributorLabel | None:
    body = re.split(f"[{_RS}{_EOT}\r\n]", body, maxsplit=1)[0]
    if _GS not in body:
        return _packed(body)
    fields: dict[str, str] = {}
    for part in body.split(_GS):
        if match := _FIELD.fullmatch(part.strip()):
            fields.setdefault(match[1].upper(), match[2].strip())
    return _from_fields(fields)


def _from_fields(fields: Mapping[str, str]) -> DistributorLabel:
    distributor = _distributor(fields)
    supplier = _supplier_code(distributor, fields)
    customer = fields.get("P")
    mpn = fields.get("1P")
    if distributor is Distributor.UNKNOWN and (mpn or "").isdigit() and re.search("[A-Z]", fields.get("30P", "")):
        # Some makers print their twelve-digit ordering code as 1P and the type number as 30P.
        mpn = fields["30P"]
    return _label(
        distributor,
        mpn=mpn,
        supplier=supplier,
        maker=fields.get("1V") if distributor is Distributor.MOUSER else None,
        quantity=fields.get("Q"),
        lot=fields.get("1T"),
        date_code=next(filter(None, map(fields.get, ("9D", "10D", "11D", "16D"))), None),
        origin=fields.get("4L"),
        customer=customer if customer not in (supplier, mpn) else None,
    )


def _distributor(fields: Mapping[str, str]) -> Distributor:
    if {"12Z", "13Z", "20Z"} & fields.keys() or _supplier_code(Distributor.DIGIKEY, fields):
        return Distributor.DIGIKEY
    if {"14K", "11K"} <= fields.keys():
        return Distributor.MOUSER
    return Distributor.FARNELL if re.fullmatch(r"\d{7}", fields.get("3P", "")) else Distributor.UNKNOWN


def _supplier_code(distributor: Distributor, fields: Mapping[str, str]) -> str | None:
    if distributor is Distributor.DIGIKEY:
        # P is DigiKey's number on old labels and the customer's on new ones, whose 30P is DigiKey's.
        return next((fields[name] for name in ("30P", "P") if fields.get(name, "").endswith("-ND")), None)
    return fields.get("3P")


def _packed(body: str) -> DistributorLabel | None:
    for pattern in _PACKED:
        readings = [re.match(pattern.replace("~", lazy), body[:_MAX_PACKED]) for lazy in ("?", "")]
        if readings[0] and readings[1] and readings[0].groupdict() == readings[1].groupdict():
            found = readings[0].groupdict()
            fields = {
                "P": found.get("P"),
                "30P": found.get("S"),
                "1P": found["I"],
                "Q": found["Q"],
                "1V": found.get("V"),
            }
            marks = {"14K": "", "11K": ""} if pattern.startswith("K") else {"12Z": ""}
            return _from_fields({name: value for name, value in fields.items() if value} | marks)
    return None


def _lcsc(text: str) -> DistributorLabel | None:
    pieces = _LCSC_KEY.split(text.removeprefix("{").removesuffix("}"))
    fields = {key: value.strip() for key, value in zip(pieces[1::2], pieces[2::2], strict=True)}
    if not re.fullmatch(r"C\d+", fields.get("pc", "")) or "pm" not in fields:
        return None
    cut_off = not text.endswith("}") and pieces[-2] == "pm"
    return _label(
        Distributor.LCSC,
        mpn=None if cut_off else fields["pm"],
        supplier=fields["pc"],
        quantity=fields.get("qty"),
        customer=fields["mc"] if fields.get("mc") != "null" and "mc" in fields else None,
    )


def _tme(fields: Mapping[str, str]) -> DistributorLabel:
    return _label(
        Distributor.TME,
        mpn=fields.get("MPN"),
        supplier=fields.get("PN"),
        maker=fields.get("MFR"),
        quantity=fields.get("QTY"),
    )


def _one_dimensional(text: str, symbology: str) -> DistributorLabel | None:
    if count := _DIGIKEY_1D.fullmatch(text):
        return _label(Distributor.DIGIKEY, quantity=count[1])
    if _DIGIKEY_NUMBER.fullmatch(text):
        return _label(Distributor.DIGIKEY, supplier=text)
    one = _ONE_IDENTIFIER.fullmatch(text) if symbology in ("code128", "code39") else None
    return _label(Distributor.UNKNOWN, mpn=one[1]) if one and has_digit(one[1]) else None


def _label(
    distributor: Distributor,
    *,
    mpn: str | None = None,
    supplier: str | None = None,
    maker: str | None = None,
    quantity: str | None = None,
    lot: str | None = None,
    date_code: str | None = None,
    origin: str | None = None,
    customer: str | None = None,
) -> DistributorLabel:
    return DistributorLabel(
        distributor=distributor,
        manufacturer_code=mpn if mpn and is_plausible(mpn) else None,
        supplier_code=supplier or None,
        manufacturer=maker or None,
        quantity=_quantity(quantity),
        lot=lot or None,
        date_code=date_code or None,
        origin=origin or None,
        customer_code=customer or None,
    )


def _quantity(text: str | None) -> int | None:
    return int(text) or None if text and re.fullmatch(r"[0-9]{1,9}", text) else None


def _useful(label: DistributorLabel | None) -> DistributorLabel | None:
    if label and any((label.manufacturer_code, label.supplier_code, label.customer_code, label.quantity)):
        return label
    return None
