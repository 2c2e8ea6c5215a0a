"""Reading the machine codes on a prepared photo with zxing-cpp; runs in the sandbox only."""

import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Final

import zxingcpp
from PIL import Image, ImageOps

from clients.files._pillow import samples

_SMALL_SIDE: Final = 1600
"Up to this longer side, the reader also tries twice the size, because a module should be a few pixels wide."
_FORMATS: Final = ("JPEG", "PNG")
_MAX_CODES: Final = 64
_MAX_TEXT: Final = 4000


def warm() -> None:
    """Let the libraries load what they load late, by reading pictures without a code."""
    for picture in samples(*_FORMATS):
        main(picture, {})


def main(content: bytes, _options: dict[str, int]) -> bytes:
    """Return JSON: a list of codes, each with `text`, `symbology`, and its `corners` in shares of the photo's sides."""
    found: dict[tuple[str, str], dict[str, object]] = {}
    for view in _views(Image.open(io.BytesIO(content), formats=_FORMATS).convert("L"), found):
        for code in zxingcpp.read_barcodes(view, text_mode=zxingcpp.TextMode.Plain):
            text, symbology = code.text.replace("\0", "")[:_MAX_TEXT], str(code.format).lower().replace(" ", "")
            corners = [(point.x / view.width, point.y / view.height) for point in _corners(code.position)]
            found.setdefault((symbology, text), {"text": text, "symbology": symbology, "corners": corners})
    return json.dumps([*islice(found.values(), _MAX_CODES)]).encode()


def _corners(position: zxingcpp.Position) -> tuple[zxingcpp.Point, ...]:
    return position.top_left, position.top_right, position.bottom_right, position.bottom_left


def _views(photo: Image.Image, found: dict[tuple[str, str], dict[str, object]]) -> Iterator[Image.Image]:
    """Yield the photo, then more and more processed versions of it while no code was found."""
    yield photo
    stretched = ImageOps.autocontrast(photo, cutoff=2)
    if max(photo.size) <= _SMALL_SIDE:
        yield stretched.resize((photo.width * 2, photo.height * 2), Image.Resampling.BICUBIC)
    if not found:
        yield stretched
    if not found and max(photo.size) > _SMALL_SIDE:
        yield stretched.reduce(2)
