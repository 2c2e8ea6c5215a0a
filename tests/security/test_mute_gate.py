"""Pages made to take long in the datasheet gate; the work is bounded whatever they hold."""

import random
import time
from collections.abc import Callable

import pytest

from schemas.datasheet import PdfText
from services.datasheet import judge

PAGES, LETTERS = 40, 20_000
PIECES = ("LM78", "XX", "x", "X", "-", "/", " ", "\n", "_", ".", "1", "A", "TO", "79", "…", ",", "05")


def repeated(pattern: str) -> Callable[[int], str]:
    """Return a function that fills a page with a pattern, in which it numbers what has a place for a number."""
    return lambda page: "".join(pattern.format(page=page, each=each) for each in range(LETTERS // len(pattern)))


def mixed(page: int) -> str:
    chosen = random.Random(page)
    return "".join(chosen.choices(PIECES, k=LETTERS))


@pytest.mark.parametrize(
    "page",
    [
        repeated("LM78XX "),
        repeated("LM78XX/LM79XX-"),
        repeated("LM{page}{each}XX "),
        repeated("LM{page}XX_A{each} "),
        repeated("LM{each}-LM{page}9 "),
        repeated("LM{each}/{page}/1 "),
        mixed,
    ],
)
def test_pages_full_of_patterns_take_little_time(page: Callable[[int], str]) -> None:
    pdf = PdfText(pages=tuple(page(number)[:LETTERS] for number in range(PAGES)), page_count=PAGES)
    began = time.process_time()
    judge(pdf, manufacturer_code="LM7805CT", manufacturer="Texas Instruments")
    # All of it would take seconds; half a second is usual.
    assert time.process_time() - began < 3
