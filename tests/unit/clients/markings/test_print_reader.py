import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Never

import pytest
from PIL import Image, ImageDraw, ImageFont

from clients.files import sandbox
from clients.markings.print_reader import PrintReader
from schemas.errors import Permanent, StepError, Transient
from settings.groups import OcrSettings

ROOT = Path(__file__).resolve().parents[4]
SECONDS = 90


def jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def chip(*lines: str) -> Image.Image:
    top = Image.new("L", (640, 360), 40)
    for place, line in enumerate(lines):
        ImageDraw.Draw(top).text((60, 60 + 90 * place), line, 210, ImageFont.load_default(56))
    return top


def strip(length: int, height: int) -> Image.Image:
    tape = Image.new("L", (length, height), 40)
    ImageDraw.Draw(tape).text(
        (length // 20, height // 5), "LM358DR TEXAS 2145", 210, ImageFont.load_default(height * 0.6)
    )
    return tape


@pytest.fixture
def reader() -> Iterator[PrintReader]:
    with PrintReader(OcrSettings()) as reader:
        yield reader


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_print_is_read_however_it_is_turned(print_reader: PrintReader, turn: int) -> None:
    # Pillow turns against the clock, so a clockwise turn by the same angle brings the print upright.
    photo = chip("LM358DR", "TEXAS 2145").rotate(turn, expand=True)

    lines = print_reader.read(jpeg(photo))

    assert [(line.text.replace(" ", ""), line.rotation) for line in lines] == [("LM358DR", turn), ("TEXAS2145", turn)]


def test_photo_without_print_has_no_lines(print_reader: PrintReader) -> None:
    assert print_reader.read(jpeg(Image.new("L", (900, 700), 190))) == ()


@pytest.mark.parametrize("size", [(1200, 120), (3000, 60), (3000, 40), (1000, 20)])
@pytest.mark.parametrize("turn", [0, 90])
def test_slender_photo_is_read(print_reader: PrintReader, size: tuple[int, int], turn: int) -> None:
    lines = print_reader.read(jpeg(strip(*size).rotate(turn, expand=True)))

    assert [(line.text, line.rotation) for line in lines] == [("LM358DR TEXAS 2145", turn)]


@pytest.mark.parametrize("size", [(3000, 1), (3000, 4), (1000, 2), (1, 3000), (4, 3000), (1, 1), (60_000, 1)])
@pytest.mark.parametrize("deviation", [0, 120], ids=["grey", "noise"])
def test_photo_of_no_height_is_done_within_the_limits(
    print_reader: PrintReader, size: tuple[int, int], deviation: int
) -> None:
    began = time.monotonic()

    assert print_reader.read(jpeg(Image.effect_noise(size, deviation))) == ()
    assert time.monotonic() - began < SECONDS


def test_missing_recogniser_has_its_own_code(
    reader: PrintReader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "rapidocr.py").write_text("raise ModuleNotFoundError('No module named rapidocr')")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(Permanent, match=r"^ocr_missing: .*install it$"):
        reader.read(jpeg(chip("LM358")))


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (sandbox.TimedOut("late"), Transient, r"^ocr_timeout: reading the print takes over 60 s; take a photo of"),
        (sandbox.OutOfMemory("more"), Permanent, r"^ocr_memory: reading the print takes over 1536 MB; take a photo of"),
        (sandbox.Crashed("ended with status -9"), Transient, r"^ocr_died: .* is gone \(ended with status -9\); resume"),
    ],
)
def test_death_of_the_process_has_a_reason(
    reader: PrintReader,
    monkeypatch: pytest.MonkeyPatch,
    error: sandbox.SandboxError,
    kind: type[StepError],
    message: str,
) -> None:
    def die(_content: bytes) -> Never:
        raise error

    monkeypatch.setattr(reader._sandbox, "ask", die)

    with pytest.raises(kind, match=message):
        reader.read(b"")


LINE = '{"text": "A", "confidence": 0.9, "height": 0.1}'


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{}x",
        '{"lines": [{"text": "A", "confidence": 2, "height": 0.1}]}',
        '{"lines": [{"text": "A", "confidence": 0.9, "height": NaN}]}',
        '{"lines": [{"text": "A", "confidence": 0.9, "height": 0.1, "rotation": 45}]}',
        '{"lines": [{"text": "A\\u0000", "confidence": 0.9, "height": 0.1}]}',
        '{"lines": [' + LINE.replace("A", "A" * 1001) + "]}",
        '{"lines": [' + ",".join([LINE] * 201) + "]}",
        '{"run": "rm -rf /"}',
    ],
    ids=["nothing", "no JSON", "confidence", "height", "rotation", "NUL", "long", "many", "unknown"],
)
def test_hostile_answer_is_refused(reader: PrintReader, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(reader._sandbox, "ask", lambda _content: answer.encode())
    monkeypatch.setattr(reader._sandbox, "close", lambda: closed.append(True))

    with pytest.raises(Transient, match="ocr_died"):
        reader.read(b"")
    assert closed


def test_recogniser_keeps_and_tells_nothing(print_reader: PrintReader, tmp_path: Path) -> None:
    # Without CI's own variables, in whose presence the recogniser's library is silent by itself.
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    code = "from clients.markings.recogniser import recogniser; recogniser()"

    subprocess.run([sys.executable, "-P", "-c", code], env=environment, check=True)

    assert list(tmp_path.iterdir()) == []
