"""Catalogue rows from KiCad symbols."""

from collections.abc import Iterable
from typing import Final

from pydantic import TypeAdapter, ValidationError

from clients.kicad_symbols import KicadSymbol
from schemas.catalogue import MAX_CATALOGUE_TEXT, CatalogueRow, WebAddress
from schemas.part_number import canonical_key

SOURCE: Final = "kicad"
_NUMBER: Final = ("MPN", "Manufacturer_Part_Number", "Manufacturer Part Number", "Value")
"Properties that may hold the part number, best first; only Value is KiCad's own."
_MAKER: Final = ("Manufacturer", "MF", "Manufacturer_Name")
_DESCRIPTION: Final = ("Description", "ki_description")
_WEB: Final = TypeAdapter(WebAddress)


def catalogue_rows(symbols: Iterable[KicadSymbol], library: str) -> list[CatalogueRow]:
    """Return rows for symbols of parts; those of power nets, drawings and generic parts (R, LED) give none."""
    rows = (_row(symbol, library) for symbol in symbols if symbol.in_bom and not _is_drawn(symbol))
    return [row for row in rows if row]


def _is_drawn(symbol: KicadSymbol) -> bool:
    """Tell whether a symbol is only drawn, such as a power net or a flag; KiCad gives those a reference with #."""
    return symbol.is_power or symbol.properties.get("Reference", "").startswith("#")


def _row(symbol: KicadSymbol, library: str) -> CatalogueRow | None:
    number = next(filter(_is_number, (_said(symbol, name) for name in _NUMBER)), None) or _unescaped(symbol.name)
    if not _is_number(number):
        return None
    try:
        return CatalogueRow(
            manufacturer_code=number,
            manufacturer=_first(symbol, _MAKER),
            description=_first(symbol, _DESCRIPTION),
            keywords=_said(symbol, "ki_keywords") or None,
            type_name=library.replace("_", " ").strip() or None,
            datasheet_url=_address(_said(symbol, "Datasheet")),
        )
    except ValidationError:
        return None


def _is_number(text: str) -> bool:
    # A generic part, such as LED or Conn_Coaxial, has no digit; ${…} is a formula.
    return any(sign.isdigit() for sign in canonical_key(text)) and "$" not in text and len(canonical_key(text)) > 1


def _said(symbol: KicadSymbol, name: str) -> str:
    return " ".join(_unescaped(symbol.properties.get(name, "")).split())[:MAX_CATALOGUE_TEXT]


def _first(symbol: KicadSymbol, names: Iterable[str]) -> str | None:
    return next(filter(None, (_said(symbol, name) for name in names)), None)


def _unescaped(text: str) -> str:
    return text.replace("{slash}", "/")


def _address(text: str) -> str | None:
    try:
        return _WEB.validate_python(text)
    except ValidationError:
        return None
