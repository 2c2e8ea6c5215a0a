import pytest

from schemas.csv_cell import guarded, unguarded


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+5V regulator", "-40 to 85 °C", "@SUM(A1)", "\tx", "plain", "", "'quoted", "'=1+1", "''-5", "'"],
)
def test_guarded_text_is_no_formula_and_comes_back(text: str) -> None:
    assert guarded(text)[:1] not in ("=", "+", "-", "@", "\t")
    assert unguarded(guarded(text)) == text
