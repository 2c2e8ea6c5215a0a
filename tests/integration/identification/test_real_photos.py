"""Real photos of the evaluation data, where it lies beside the checkout; `benchmarks` measures all of them."""

import json
from pathlib import Path

import pytest

from clients.files.image_reader import ImageReader
from clients.markings.print_reader import PrintReader
from clients.markings.reader import MarkingReader
from schemas.markings import Markings
from schemas.part_number import canonical_key
from services.identification import decide, parse_distributor_label
from settings.groups import ImageSettings
from tests.support.data import data_folder

type Row = dict[str, str | list[str]]


@pytest.fixture(scope="module")
def reels() -> list[tuple[Row, bytes]]:
    folder = data_folder("photos")
    rows = [json.loads(line) for line in (folder / "photos.jsonl").read_text("utf-8").splitlines()]
    reader = ImageReader(ImageSettings())
    return [
        (row, reader.prepare((folder / row["file"]).read_bytes()).jpeg) for row in rows if row["kind"] == "reel_label"
    ]


def test_distributor_codes_of_pictures_are_read() -> None:
    for picture in sorted(data_folder("barcodes/zxing_1072").glob("*.[pw]*")):
        codes = MarkingReader().read(ImageReader(ImageSettings()).prepare(picture.read_bytes()).jpeg).codes
        labels = [label for label in map(parse_distributor_label, codes) if label]

        assert [label.manufacturer_code for label in labels] == [_number(picture.parent)]


def _number(folder: Path) -> str:
    text = next(folder.glob("issue*.txt")).read_text("utf-8")
    return next(field[2:] for field in text.replace("␝", "\x1d").split("\x1d") if field.startswith("1P"))


def test_every_reel_has_a_code(reels: list[tuple[Row, bytes]]) -> None:
    assert [row["file"] for row, photo in reels if not MarkingReader().read(photo).codes] == []


def test_every_code_in_the_trade_s_format_is_parsed(reels: list[tuple[Row, bytes]]) -> None:
    unparsed = [
        (row["file"], code.text)
        for row, photo in reels
        for code in MarkingReader().read(photo).codes
        if code.text.startswith("[)>") and parse_distributor_label(code) is None
    ]

    assert unparsed == []


def test_no_reel_is_named_wrong(reels: list[tuple[Row, bytes]], print_reader: PrintReader) -> None:
    wrong, named = [], 0
    for row, photo in reels:
        codes = MarkingReader().read(photo).codes
        labels = tuple(filter(None, map(parse_distributor_label, codes)))
        markings = Markings(codes=codes, lines=print_reader.read(photo))
        part = decide(markings, labels, (), None, accept_confidence=0.85).part
        named += part is not None
        if part and canonical_key(part.manufacturer_code) not in map(canonical_key, row["acceptable"]):
            wrong.append((row["file"], part.manufacturer_code))

    assert wrong == []
    assert named >= len(reels) * 0.75
