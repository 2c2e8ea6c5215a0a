"""What the step that reads a photo makes of its codes and its print."""

from typing import NoReturn

import pytest

from schemas.errors import Transient
from schemas.markings import Code, Markings, TextLine
from schemas.step import PreparedPhoto
from tasks.vision import READ_MARKINGS

PHOTO = PreparedPhoto(sha256="0" * 64, size=1, width=1, height=1)
LABEL = "[)>\x1e06\x1dP296-1234-1-ND\x1d1PLM358DR\x1dQ10\x1d11ZPICK\x1e\x04"
LINE = TextLine(text="NE555P", confidence=0.99, height=0.05)


class Codes:
    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, _jpeg: bytes) -> Markings:
        return Markings(codes=(Code(text=self.text, symbology="datamatrix"),))


class Print:
    def read(self, _jpeg: bytes) -> tuple[TextLine, ...]:
        return (LINE,)


class DeadPrint:
    def read(self, _jpeg: bytes) -> NoReturn:
        raise Transient("ocr_died", "the reader of print died")


@pytest.fixture(autouse=True)
def photo(monkeypatch: pytest.MonkeyPatch) -> None:
    """A photo with a distributor's label, and a reader of print that works."""
    monkeypatch.setattr("tasks.vision.read", lambda _bucket, _sha256: b"")
    monkeypatch.setattr("tasks.vision.marking_reader", lambda: Codes(LABEL))
    monkeypatch.setattr("tasks.vision.print_reader", Print)


def test_print_is_read_beside_a_label_because_it_may_disagree() -> None:
    assert READ_MARKINGS.work(PHOTO).lines == (LINE,)


def test_print_that_cannot_be_read_lacks_nothing_beside_a_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.vision.print_reader", DeadPrint)

    read = READ_MARKINGS.work(PHOTO)
    assert (len(read.codes), read.lines, read.unread) == (1, (), None)


@pytest.mark.parametrize("text", ["hello", "1PERJ3EKF1502V", "0683215000000010033005"])
def test_print_that_cannot_be_read_is_a_gap_without_a_label(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("tasks.vision.print_reader", DeadPrint)
    monkeypatch.setattr("tasks.vision.marking_reader", lambda: Codes(text))

    unread = READ_MARKINGS.work(PHOTO).unread
    assert unread
    assert (unread.reason, unread.transient) == ("ocr_died", True)
