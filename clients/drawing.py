"""Drawing PNGs."""

import io
from functools import cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from schemas.drawing import Drawing, DrawnText

_SCALE: Final = 2
"Pixels of the picture for a pixel of the drawing, so that small letters can be read."


def draw_png(drawing: Drawing) -> bytes:
    """Return a drawing as a PNG."""
    image = Image.new("RGB", (drawing.width * _SCALE, drawing.height * _SCALE), "white")
    canvas = ImageDraw.Draw(image)
    for rect in drawing.rects:
        corners = [_SCALE * each for each in (rect.x, rect.y, rect.x + rect.width, rect.y + rect.height)]
        canvas.rectangle(corners, fill=rect.fill, outline=rect.stroke, width=rect.stroke_width * _SCALE)
    for text in drawing.texts:
        _write(canvas, text)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _write(canvas: ImageDraw.ImageDraw, text: DrawnText) -> None:
    place = (text.x * _SCALE, text.y * _SCALE)
    canvas.text(place, text.text, text.fill, font=_font(text.size), anchor="ms" if text.centred else "ls")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * _SCALE)
