import io
import json
import struct
import zlib

import pytest
from PIL import Image

from clients.files.image_reader import ImageReader, PreparedImage
from schemas.errors import Refused
from settings.groups import ImageSettings
from tests.support.data import data_folder

READER = ImageReader(ImageSettings(max_megapixels=1, max_side=100, timeout_seconds=10))
CODES = {"not_an_image", "unsupported_format", "too_many_pixels", "truncated", "damaged", "timeout"}


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def decode(prepared: PreparedImage) -> Image.Image:
    return Image.open(io.BytesIO(prepared.jpeg))


def png_that_claims(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(header) + chunk(b"IDAT")


def chunk(content: bytes) -> bytes:
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_common_formats_become_jpeg(kind: str) -> None:
    prepared = READER.prepare(encode(Image.new("RGB", (40, 20), "red"), kind))
    assert (prepared.width, prepared.height, prepared.media_type) == (40, 20, f"image/{kind.lower()}")
    assert decode(prepared).format == "JPEG"


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16", "F"])
def test_odd_modes_become_rgb(mode: str) -> None:
    prepared = READER.prepare(encode(Image.new(mode, (8, 8)), "TIFF"))
    assert decode(prepared).mode == "RGB"


def test_photo_is_turned_upright_and_stripped() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "where I live"
    prepared = READER.prepare(encode(Image.new("RGB", (40, 20)), "JPEG", exif=exif, comment=b"where I live"))
    assert (prepared.width, prepared.height) == (20, 40)
    assert b"where I live" not in prepared.jpeg


def test_transparency_is_flattened_on_white() -> None:
    prepared = READER.prepare(encode(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG"))
    assert decode(prepared).getpixel((4, 4)) == (255, 255, 255)


def test_deep_grey_keeps_its_contrast() -> None:
    deep = Image.new("I;16", (2, 1))
    deep.putpixel((1, 0), 4000)
    grey = decode(READER.prepare(encode(deep, "PNG"))).convert("L").tobytes()
    assert grey[0] < 5
    assert grey[1] > 250


def test_longer_side_is_scaled_down() -> None:
    prepared = READER.prepare(encode(Image.new("RGB", (400, 200)), "PNG"))
    assert (prepared.width, prepared.height) == (100, 50)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_an_image"),
        (b"push graphic-context", "not_an_image"),
        (b"<svg onload='alert(1)'/>", "unsupported_format"),
        (b"\x00\x00\x00\x18ftypheic", "unsupported_format"),
        (png_that_claims(30_000, 30_000), "too_many_pixels"),
        (png_that_claims(30, 30), "truncated"),
        (encode(Image.effect_noise((90, 90), 50), "JPEG")[:1500], "truncated"),
    ],
)
def test_refusal_names_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        READER.prepare(content)
    assert refused.value.code == code


@pytest.mark.parametrize("group", ["bomb", "truncated", "malformed/crash", "polyglot"])
def test_hostile_files_end_in_an_answer(group: str) -> None:
    folder = data_folder("images_hostile")
    reader = ImageReader(ImageSettings())
    files = [json.loads(line)["file"] for line in (folder / "images_hostile.jsonl").read_text().splitlines()]
    for file in [file for file in files if file.startswith(group)][::2]:
        assert outcome(reader, (folder / file).read_bytes()) in CODES | {"prepared"}


def outcome(reader: ImageReader, content: bytes) -> str:
    try:
        return "prepared" if max(decode(reader.prepare(content)).size) <= 3000 else "too large"
    except Refused as refused:
        return refused.code
