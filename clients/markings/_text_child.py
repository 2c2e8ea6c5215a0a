"""Reading print off a prepared photo; runs in the sandbox only."""

import io

from PIL import Image

from clients.markings.ocr import read_lines
from clients.markings.recogniser import recogniser
from schemas.errors import Permanent
from schemas.markings import Print

_LACKS_MEMORY = ("bad_alloc", "Insufficient memory")
"What onnxruntime and OpenCV say, in errors of their own."


def main(content: bytes, _options: dict[str, int]) -> bytes:
    """Return what is printed, as JSON; the models are loaded before the photo is looked at, and kept."""
    try:
        recogniser()
    except Permanent:
        return Print(installed=False).model_dump_json().encode()
    try:
        lines = read_lines(Image.open(io.BytesIO(content), formats=["JPEG"]).convert("RGB"))
    except Exception as error:
        if any(words in str(error) for words in _LACKS_MEMORY):
            raise MemoryError from error
        raise
    return Print(lines=lines).model_dump_json().encode()
