"""Loading what Pillow loads only when a picture asks for it; for children that read pictures."""

import io
from typing import Final

from PIL import Image, ImageColor, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin

_LATE: Final = (ImageColor, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
"For colours by name, JPEGs of several pictures, EXIF, and a format that is not among the first five."


def samples(*formats: str) -> list[bytes]:
    """Return a small picture in each format, after all that Pillow needs for it is loaded."""
    Image.preinit()
    pictures = [io.BytesIO() for _ in formats]
    for picture, name in zip(pictures, formats, strict=True):
        Image.new("RGB", (64, 64), "grey").save(picture, name)
    return [picture.getvalue() for picture in pictures]
