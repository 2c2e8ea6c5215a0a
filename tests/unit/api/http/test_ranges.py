import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_range_header

from api.http.ranges import byte_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-99", (0, 100)),
        ("bytes=0-1000", (0, 100)),
        ("bytes=10-", (10, 100)),
        ("bytes=-1", (99, 100)),
        ("bytes=-1000", (0, 100)),
        ("Bytes=5-6", (5, 7)),
        ("bytes=-0", None),
        ("bytes=-", None),
        ("bytes=", None),
        ("bytes=a-b", None),
        ("bytes=6-5", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("0-1", None),
        ("bytes=\u0661-\u0662", None),
        ("bytes=0-" + "9" * 5000, None),
    ],
)
def test_header_is_read_as_the_rfc_says(header: str, expected: tuple[int, int] | None) -> None:
    assert byte_range(parse_range_header(header), 100) == expected


@pytest.mark.parametrize(("header", "size"), [("bytes=100-", 100), ("bytes=0-", 0), ("bytes=-5", 0)])
def test_range_past_the_end_is_refused(header: str, size: int) -> None:
    with pytest.raises(RequestedRangeNotSatisfiable):
        byte_range(parse_range_header(header), size)


@given(header=st.text() | st.from_regex(r"bytes=\d{0,4}-\d{0,4}", fullmatch=True), size=st.integers(0, 2000))
def test_any_header_gives_bytes_that_exist(header: str, size: int) -> None:
    try:
        start, stop = byte_range(parse_range_header(header), size) or (0, size)
    except RequestedRangeNotSatisfiable:
        return
    assert 0 <= start <= stop <= size
