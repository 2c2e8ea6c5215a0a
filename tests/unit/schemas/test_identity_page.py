"""What the page on identity says of pairs of numbers is true."""

import re
from pathlib import Path

import pytest

from schemas.part_number import canonical_key, loose_key

PAGE = (Path(__file__).parents[3] / "docs" / "identity.md").read_text()
PAIRS = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (same|different) \| (same|different) \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("one", "other", "canonical", "loose"), PAIRS)
def test_pair_of_the_page_has_these_keys(one: str, other: str, canonical: str, loose: str) -> None:
    assert (canonical_key(one) == canonical_key(other)) == (canonical == "same")
    assert (loose_key(one) == loose_key(other)) == (loose == "same")


def test_page_has_ten_pairs() -> None:
    assert len(PAIRS) == 10
