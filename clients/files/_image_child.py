"""Decoding a photo with Pillow; runs in the sandbox only."""

import io
import json
import warnings
from itertools import pairwise
from typing import Final

from PIL import Image, ImageOps

from clients.files._pillow import samples

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_QUALITY: Final = 92
_DRAFT_FACTOR: Final = 2.0
_LOOK: Final = 16
_DEEP: Final = frozenset({"I", "F"})


def warm() -> None:
    """Let Pillow load what it loads late, by reading a picture of each format."""
    for picture in samples(*_FORMATS):
        main(picture, {"max_pixels": 4096, "max_side": 16})


def main(content: bytes, options: dict[str, int]) -> bytes:
    """Return a line of JSON, `refused` or `width`, `height`, `format` and `look`, and after it the JPEG."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > options["max_pixels"]:
                return _line({"refused": "too_many_pixels"})
            source = image.format
            ready = _prepared(image, options["max_side"])
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # Pillow's decoders raise anything on damaged files
        return _line({"refused": "truncated" if "truncated" in str(error).lower() else "damaged"})
    jpeg = io.BytesIO()
    ready.save(jpeg, "JPEG", quality=_QUALITY)
    size = {"width": ready.width, "height": ready.height}
    return _line({**size, "format": source, "look": _look(ready)}) + jpeg.getvalue()


def _line(answer: dict[str, object]) -> bytes:
    return json.dumps(answer).encode() + b"\n"


def _look(picture: Image.Image) -> str:
    """Return 256 bits in hex that copies of a picture share but for a few: which of two neighbours is brighter."""
    small = picture.convert("L").resize((_LOOK + 1, _LOOK), Image.Resampling.BOX).tobytes()
    rows = (small[start : start + _LOOK + 1] for start in range(0, len(small), _LOOK + 1))
    bits = "".join(str(int(left > right)) for row in rows for left, right in pairwise(row))
    return f"{int(bits, 2):0{_LOOK * _LOOK // 4}x}"


def _prepared(image: Image.Image, max_side: int) -> Image.Image:
    """Return the picture upright, in plain RGB, within `max_side`, and without its metadata."""
    if image.format in {"JPEG", "MPO"}:
        image.thumbnail((max_side, max_side), reducing_gap=_DRAFT_FACTOR)
    image.load()
    upright = _upright(image)
    flat = _flat(upright)
    flat.thumbnail((max_side, max_side), reducing_gap=_DRAFT_FACTOR)
    flat.info.clear()
    return flat


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # broken EXIF must not lose a picture that decodes
        return image


def _flat(image: Image.Image) -> Image.Image:
    if image.mode in _DEEP or image.mode.startswith("I;16"):
        return _eight_bit(image).convert("RGB")
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        flat = Image.new("RGB", layered.size, "white")
        flat.paste(layered, mask=layered.getchannel("A"))
        return flat
    return image.convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    """Stretch the picture's range over 8 bits, because deep greys do not show the intended scale."""
    wide = image.convert("F")
    low, high = wide.getextrema()
    assert isinstance(low, float)
    assert isinstance(high, float)
    scale = 255 / (high - low) if high > low else 0.0
    return wide.point(lambda value: value * scale - low * scale).convert("L")
