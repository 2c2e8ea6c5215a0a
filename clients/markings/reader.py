"""Reading the machine codes on a photo, with zxing-cpp."""

import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

import zxingcpp
from PIL import Image, ImageOps

from schemas.markings import Code, Markings

_SMALL_SIDE: Final = 1600
"Up to this longer side, the reader also tries twice the size, because a module should be a few pixels wide."
_MAX_CODES: Final = 64
_MAX_TEXT: Final = 4000


class MarkingReader:
    """Reads codes off prepared photos (upright JPEGs within the limits of the image reader)."""

    def read(self, jpeg: bytes) -> Markings:
        """Return the machine codes in any orientation; `lines` stays empty."""
        found: dict[tuple[str, str], Code] = {}
        for view in _views(Image.open(io.BytesIO(jpeg)).convert("L"), found):
            for code in zxingcpp.read_barcodes(view, text_mode=zxingcpp.TextMode.Plain):
                text, symbology = code.text.replace("\0", "")[:_MAX_TEXT], str(code.format).lower().replace(" ", "")
                found.setdefault((symbology, text), Code(text=text, symbology=symbology))
        return Markings(codes=tuple(islice(found.values(), _MAX_CODES)))


def _views(photo: Image.Image, found: dict[tuple[str, str], Code]) -> Iterator[Image.Image]:
    """Yield the photo, then more and more processed versions of it while no code was found."""
    yield photo
    stretched = ImageOps.autocontrast(photo, cutoff=2)
    if max(photo.size) <= _SMALL_SIDE:
        yield stretched.resize((photo.width * 2, photo.height * 2), Image.Resampling.BICUBIC)
    if not found:
        yield stretched
    if not found and max(photo.size) > _SMALL_SIDE:
        yield stretched.reduce(2)
