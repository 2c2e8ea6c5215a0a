"""Bag labels as distributors print them, with the payload of their code."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import zxingcpp
from PIL import Image, ImageDraw

from demo.paint import code, rounded, sheet, write
from schemas.base import Dto

INK = (28, 28, 30, 255)
FAINT = (95, 95, 100, 255)
HEADER, GROUP, RECORD, END = "[)>\x1e06", "\x1d", "\x1e", "\x04"


class Order(Dto):
    """What a label says, and who prints it; the order numbers are invented."""

    printer: Literal["digikey", "mouser", "lcsc"]
    mpn: str
    maker: str
    text: str
    quantity: int
    supplier_code: str
    order: str
    customer: str
    date_code: str
    lot: str
    origin: str


@dataclass(frozen=True)
class DrawnLabel:
    """A printed label and what its code spells."""

    picture: Image.Image
    payload: str


def _fields(values: Mapping[str, object]) -> str:
    return HEADER + "".join(f"{GROUP}{name}{value}" for name, value in values.items()) + RECORD + END


def digikey(order: Order) -> DrawnLabel:
    """Print a label in DigiKey's style."""
    number = order.order
    payload = _fields(
        {"P": order.supplier_code, "1P": order.mpn, "30P": order.supplier_code, "K": order.customer, "1K": number}
        | {"10K": f"9{number}", "9D": order.date_code, "1T": order.lot, "11K": 1, "4L": order.origin}
        | {"Q": order.quantity, "11Z": "PICK", "12Z": number[:7], "13Z": number[-6:], "20Z": "0" * 30}
    )
    picture = _paper(1080, 620)
    write(picture, (36, 26), "DigiKey", size=46, fill=INK, bold=True)
    write(picture, (232, 30), "701 Brooks Ave South", size=19, fill=FAINT)
    write(picture, (232, 54), "Thief River Falls, MN 56701 USA", size=19, fill=FAINT)
    _captions(picture, (36, 100), [("Part Number", order.supplier_code), ("Manufacturer Part Number", order.mpn)], 31)
    _captions(picture, (36, 244), [("Part Description", order.text), ("Manufacturer", order.maker.upper())], 25)
    _captions(picture, (36, 376), [("Customer Reference", order.customer), ("Lot Code", order.lot)], 23)
    _captions(picture, (36, 500), [("Order", number)], 23)
    _captions(picture, (380, 376), [("Date Code", order.date_code), ("COO", _country(order.origin))], 23)
    _captions(picture, (380, 500), [("ROHS3 COMP", "MSL 1")], 23)
    _captions(picture, (700, 500), [("Quantity", str(order.quantity))], 44)
    _stick(picture, code(payload, zxingcpp.BarcodeFormat.DataMatrix, module=7), (706, 150))
    return DrawnLabel(picture, payload)


def mouser(order: Order) -> DrawnLabel:
    """Print a label in Mouser's style."""
    payload = _fields(
        {"K": order.customer, "14K": "003", "1P": order.mpn, "Q": order.quantity, "11K": order.order}
        | {"4L": order.origin, "1V": order.maker}
    )
    picture = _paper(1080, 560)
    write(picture, (36, 24), "MOUSER ELECTRONICS", size=34, fill=INK, bold=True)
    write(picture, (36, 66), "1000 N. Main St  Mansfield, TX 76063 USA", size=19, fill=FAINT)
    ImageDraw.Draw(picture).line((36, 98, 700, 98), fill=INK, width=3)
    _rows(
        picture,
        (36, 114),
        {"Cust PO:": order.customer, "Line Item:": "003", "Mouser P/N:": order.supplier_code}
        | {"MFG P/N:": order.mpn, "MFG:": order.maker, "Desc:": order.text}
        | {"QTY:": str(order.quantity), "COO:": _country(order.origin), "D/C:": order.date_code},
    )
    write(picture, (728, 470), f"Invoice {order.order}", size=22, fill=FAINT)
    _stick(picture, code(payload, zxingcpp.BarcodeFormat.DataMatrix, module=9), (716, 110))
    return DrawnLabel(picture, payload)


def lcsc(order: Order) -> DrawnLabel:
    """Print a label in LCSC's style."""
    payload = (
        f"{{pbn:PICK{order.order},on:SO{order.order},pc:{order.supplier_code},pm:{order.mpn},"
        f"qty:{order.quantity},mc:{order.customer},cc:1,pdi:{order.lot},hp:0,wc:JS}}"
    )
    picture = _paper(960, 480)
    _stick(picture, code(payload, zxingcpp.BarcodeFormat.QRCode, module=7), (12, 42))
    write(picture, (400, 34), "LCSC", size=40, fill=INK, bold=True)
    write(picture, (520, 46), "www.lcsc.com", size=22, fill=FAINT)
    write(picture, (400, 96), order.supplier_code, size=42, fill=INK, bold=True)
    write(picture, (400, 158), order.mpn, size=40, fill=INK)
    write(picture, (400, 216), order.maker, size=28, fill=INK)
    write(picture, (400, 260), order.text, size=25, fill=INK)
    write(picture, (400, 320), f"QTY: {order.quantity} pcs", size=34, fill=INK, bold=True)
    write(picture, (400, 374), f"Order: SO{order.order}", size=24, fill=FAINT)
    write(picture, (400, 410), "RoHS    1/1", size=24, fill=FAINT)
    write(picture, (26, 408), f"PICK{order.order}", size=22, fill=FAINT)
    return DrawnLabel(picture, payload)


PRINTERS: Mapping[str, Callable[[Order], DrawnLabel]] = {"digikey": digikey, "mouser": mouser, "lcsc": lcsc}


def _paper(width: int, height: int) -> Image.Image:
    paper = sheet(width, height)
    paper.alpha_composite(rounded(width, height, 14, (249, 249, 246, 255)))
    return paper


def _stick(picture: Image.Image, made: Image.Image, at: tuple[int, int]) -> None:
    picture.paste(made, at)


def _captions(picture: Image.Image, at: tuple[int, int], rows: Iterable[tuple[str, str]], size: int) -> None:
    """Write values below their small captions."""
    x, y = at
    for caption, value in rows:
        write(picture, (x, y), caption, size=18, fill=FAINT)
        write(picture, (x, y + 22), value, size=size, fill=INK, bold=size > 25)
        y += size + 40 if size > 25 else size + 36


def _rows(picture: Image.Image, at: tuple[int, int], rows: Mapping[str, str]) -> None:
    """Write captions and values side by side."""
    x, y = at
    for caption, value in rows.items():
        big = caption in {"MFG P/N:", "QTY:"}
        write(picture, (x, y + 8 * big), caption, size=23, fill=INK)
        write(picture, (x + 156, y), value, size=36 if big else 25, fill=INK, bold=big)
        y += 56 if big else 42


def _country(letters: str) -> str:
    return {"MY": "MALAYSIA", "TH": "THAILAND", "CN": "CHINA", "TW": "TAIWAN", "PH": "PHILIPPINES"}[letters]
