import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from api.http.content import _head
from models import Blob


def disposition(filename: str | None, media_type: str = "application/pdf") -> str:
    blob = Blob(sha256="0" * 64, media_type=media_type, size=1)
    with Flask("test").app_context():
        return _head(blob, filename, status=200).headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("filename", "media_type", "expected"),
    [
        ("ne555.pdf", "application/pdf", "attachment; filename=ne555.pdf"),
        ("bag.jpg", "image/jpeg", "inline; filename=bag.jpg"),
        ("a b.PDF", "application/pdf", 'attachment; filename="a b.PDF"'),
        ("run.exe", "application/pdf", "attachment; filename=run.exe.pdf"),
        ("page.html", "text/html", "attachment; filename=page.html.bin"),
        ("x.svg", "image/svg+xml", "attachment; filename=x.svg.bin"),
        (None, "image/png", f"inline; filename={'0' * 64}.png"),
        ("Ω.pdf", "application/pdf", "attachment; filename=_.pdf; filename*=UTF-8''%CE%A9.pdf"),
    ],
)
def test_disposition_fits_the_kind_of_file(filename: str | None, media_type: str, expected: str) -> None:
    assert disposition(filename, media_type) == expected


@given(st.text(max_size=100))
def test_any_name_stays_one_ascii_header_line(name: str) -> None:
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xhtml+xml"])
def test_active_content_is_sent_without_a_kind(media_type: str) -> None:
    with Flask("test").app_context():
        answer = _head(Blob(sha256="0" * 64, media_type=media_type, size=1), None, status=200)
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
