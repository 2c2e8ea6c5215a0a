"""Pages that only wrap a PDF."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.html_links import find_pdf_link

BASE = "https://parts.example/view/lm358.pdf"


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ('<iframe src="/files/lm358.pdf"></iframe>', "https://parts.example/files/lm358.pdf"),
        ('<embed src="real/lm358.pdf?x=1">', "https://parts.example/view/real/lm358.pdf?x=1"),
        ('<object data="//cdn.example/a.PDF"></object>', "https://cdn.example/a.PDF"),
        ('<meta http-equiv="Refresh" content="0; url=/r.pdf">', "https://parts.example/r.pdf"),
        ('<a href="/one.pdf">datasheet</a> <a href="/one.pdf">again</a>', "https://parts.example/one.pdf"),
        (r'<script>{"previewPdfUrl":"https:\/\/cdn.example\/p.pdf"}</script>', "https://cdn.example/p.pdf"),
        ('<iframe src="/a.pdf"></iframe><a href="/b.pdf">b</a>', "https://parts.example/a.pdf"),
        ('<a href="/one.pdf">1</a><a href="/two.pdf">2</a>', None),
        ('<iframe src="javascript:x.pdf"></iframe>', None),
        ('<iframe src="file:///etc/x.pdf"></iframe>', None),
        ('<iframe src="lm358.pdf#page=2"></iframe>', None),
        ("<div id=root></div>", None),
    ],
)
def test_page_is_searched(body: str, link: str | None) -> None:
    assert find_pdf_link(f"<!DOCTYPE html><html><body>{body}</body></html>".encode(), BASE) == link


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 <iframe src='/x.pdf'>", b"\x89PNG", b"plain /x.pdf"])
def test_what_is_no_page_is_not_searched(content: bytes) -> None:
    assert find_pdf_link(content, BASE) is None


@given(st.binary(max_size=300))
def test_garbage_is_searched_without_an_error(garbage: bytes) -> None:
    find_pdf_link(b"<html>" + garbage, BASE)
