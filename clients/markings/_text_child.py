"""Reading print off a prepared photo; runs in the sandbox only."""

import io
from functools import cache

from PIL import Image, ImageDraw

from clients.files._pillow import samples
from clients.markings.ocr import read_lines
from clients.markings.recogniser import recogniser
from schemas.errors import Permanent
from schemas.markings import Print

_LACKS_MEMORY = ("bad_alloc", "Insufficient memory")
"What onnxruntime and OpenCV say, in errors of their own."


def warm() -> None:
    """Load the models, and read a picture with something on it, so that nothing is left to be loaded."""
    samples("JPEG")
    picture = Image.new("RGB", (640, 480), "white")
    ImageDraw.Draw(picture).text((40, 40), "LM358N", fill="black", font_size=80)
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG")
    main(jpeg.getvalue(), {})


def main(content: bytes, _options: dict[str, int]) -> bytes:
    """Return what is printed, as JSON."""
    if not _is_installed():
        return Print(installed=False).model_dump_json().encode()
    try:
        lines = read_lines(Image.open(io.BytesIO(content), formats=["JPEG"]).convert("RGB"))
    except Exception as error:
        if any(words in str(error) for words in _LACKS_MEMORY):
            raise MemoryError from error
        raise
    return Print(lines=lines).model_dump_json().encode()


@cache
def _is_installed() -> bool:
    try:
        recogniser()
    except Permanent:
        return False
    return True
