import io
import json
from collections.abc import Callable

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageOps

from clients.markings.print_reader import PrintReader
from demo.draw import FOLDER, Photo, photos, take

PHOTOS = {photo.name: photo for photo in photos()}
READABLE = [photo for photo in PHOTOS.values() if photo.orders and photo.name != "unreadable_bag"]
UNCODED = [photo for photo in PHOTOS.values() if photo not in READABLE]


def developed(photo: Photo, *, size: int = 2000) -> Image.Image:
    with Image.open(FOLDER / photo.file) as taken:
        picture = ImageOps.exif_transpose(taken)
    picture.thumbnail((size, size))
    return picture


def decoded(photo: Photo) -> set[str]:
    found = zxingcpp.read_barcodes(developed(photo).convert("L"), text_mode=zxingcpp.TextMode.Plain)
    return {code.text for code in found}


@pytest.fixture(scope="module")
def read(print_reader: PrintReader) -> Callable[[Photo], set[str]]:
    def words(photo: Photo) -> set[str]:
        jpeg = io.BytesIO()
        developed(photo).save(jpeg, "JPEG")
        return {line.text for line in print_reader.read(jpeg.getvalue())}

    return words


@pytest.mark.parametrize("photo", READABLE, ids=lambda photo: photo.name)
def test_codes_decode_to_what_was_printed(photo: Photo) -> None:
    assert decoded(photo) == {label.payload for label in photo.labels()}


@pytest.mark.parametrize("photo", UNCODED, ids=lambda photo: photo.name)
def test_other_photos_show_no_code(photo: Photo) -> None:
    assert decoded(photo) == set()


@pytest.mark.parametrize("name", ["chip_timer", "chip_logic_gate", "module_ultrasonic"])
def test_marking_can_be_read(read: Callable[[Photo], set[str]], name: str) -> None:
    assert PHOTOS[name].mpn in read(PHOTOS[name])


def test_unreadable_photo_has_no_text(read: Callable[[Photo], set[str]]) -> None:
    assert read(PHOTOS["unreadable_bag"]) == set()


@pytest.mark.parametrize("photo", PHOTOS.values(), ids=lambda photo: photo.name)
def test_photos_are_small_files_of_phone_size(photo: Photo) -> None:
    assert (FOLDER / photo.file).stat().st_size < 250_000
    assert all(1200 <= side <= 2000 for side in developed(photo, size=9999).size)


def test_truth_is_that_of_the_photos() -> None:
    rows = [json.loads(line) for line in (FOLDER / "truth.jsonl").read_text("utf-8").splitlines()]

    assert rows == [photo.truth() for photo in PHOTOS.values()]
    assert {path.name for path in FOLDER.glob("*.jpg")} == {row["file"] for row in rows}


def test_drawing_again_gives_the_same_photo() -> None:
    photo = PHOTOS["chip_timer"]
    with Image.open(FOLDER / photo.file) as kept, Image.open(io.BytesIO(take(photo))) as again:
        difference = np.abs(np.asarray(kept, dtype=float) - np.asarray(again, dtype=float))

    assert difference.mean() < 2
