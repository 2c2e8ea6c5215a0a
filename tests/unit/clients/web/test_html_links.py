"""The PDF that a page merely wraps is found, and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.web.html_links import find_pdf_link

PAGE = "https://parts.test/ds/xy555.pdf"


@pytest.mark.parametrize(
    ("html", "link"),
    [
        ('<embed src="/files/a.pdf" type="application/pdf">', "/files/a.pdf"),
        ('<iframe src="/files/a.pdf#page=1"></iframe>', "/files/a.pdf"),
        ('<object data="/files/get?id=7" type="application/pdf"></object>', "/files/get?id=7"),
        ('<iframe data-src="/files/a.PDF"></iframe>', "/files/a.PDF"),
        ('<iframe src="/pdfjs/web/viewer.html?file=%2Ffiles%2Fa.pdf"></iframe>', "/files/a.pdf"),
        ('<iframe src="/download.php?file=a.pdf"></iframe>', "/download.php?file=a.pdf"),
        ('<base href="/files/"><embed src="a.pdf">', "/files/a.pdf"),
        ('<meta http-equiv="Refresh" content="0; URL=\'/files/a.pdf\'">', "/files/a.pdf"),
        ('<meta http-equiv="refresh" content="3;url=/files/get?id=7">', "/files/get?id=7"),
        ('<a href="/files/a.pdf">Download</a>', "/files/a.pdf"),
        ('<a href="/files/a.pdf">one</a><a href="/files/a.pdf">again</a>', "/files/a.pdf"),
        ('<a href="/terms.pdf">Terms</a><a href="/files/a.pdf"><b>Datasheet</b></a>', "/files/a.pdf"),
        ('<a href="/other.pdf">Other</a><a href="/files/xy555.pdf?v=2">this</a>', "/files/xy555.pdf?v=2"),
        ('<a href="/x-errata.pdf">Errata</a><a href="/files/a.pdf">x</a>', "/files/a.pdf"),
        (
            r'<script>var d = {"previewPdfUrl":"https:\/\/parts.test\/files\/a?x=1\u0026y=2"};</script>',
            "/files/a?x=1&y=2",
        ),
        ("<script>window.datasheet_url = '/files/a.pdf'</script>", "/files/a.pdf"),
        ('<script>window.location = "/files/a.pdf?x=1"</script>', "/files/a.pdf?x=1"),
        ('<script type="application/json">{"f": "/files/a.pdf"}</script>', "/files/a.pdf"),
        ('<iframe src="https://ads.test/frame"></iframe><a href="/files/a.pdf">x</a>', "/files/a.pdf"),
        ('<a href="/terms.pdf">Terms</a><embed src="/files/a.pdf">', "/files/a.pdf"),
    ],
)
def test_wrapped_pdf_is_found(html: str, link: str) -> None:
    found = find_pdf_link(f"<!DOCTYPE html><html><body>{html}</body></html>".encode(), PAGE)

    assert found == f"https://parts.test{link}"


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>nothing here</p>",
        '<a href="/a.html">a.pdf</a>',
        '<a href="/one.pdf">one</a><a href="/two.pdf">two</a>',
        f'<embed src="{PAGE}#toolbar=0">',
        '<embed src="">',
        "<a href=\"javascript:open('a.pdf')\">x</a>",
        '<iframe src="file:///etc/a.pdf"></iframe>',
        '<embed src="http://[bad/a.pdf">',
        '<iframe src="https://ads.test/frame"></iframe>',
        '<script>x = ["/one.pdf", "/two.pdf"]</script>',
        '<meta http-equiv="refresh" content="30">',
        '<!-- <embed src="/files/a.pdf"> -->',
    ],
)
def test_page_that_wraps_no_one_pdf_has_none(html: str) -> None:
    assert find_pdf_link(f"<html>{html}</html>".encode(), PAGE) is None


@pytest.mark.parametrize("head", [b"%PDF-1.7\n", b"\r\n%PDF-1.4", b"\0\1"])
def test_file_that_is_no_page_is_not_searched(head: bytes) -> None:
    assert find_pdf_link(head + b'<embed src="/files/a.pdf">', PAGE) is None


def test_links_survive_broken_markup_after_them() -> None:
    assert find_pdf_link(b'<embed src="/a.pdf"><![x<!DOCTYPE [<', PAGE) == "https://parts.test/a.pdf"


PIECES = st.sampled_from(
    ["<a href=", "<embed src=", "<script>", "</script>", "pdfUrl='", '"', "'", "x.pdf", "<![", "<!--", "<base href=",
     "http://[", "\\u0000", "&#x110000;", "<meta http-equiv=refresh content='0;url=", ">", "?file=", "viewer", "\ud800"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=5)), st.sampled_from([PAGE, "", "http://[", "x"]))
def test_no_page_makes_it_raise(pieces: list[str], base: str) -> None:
    link = find_pdf_link("".join(pieces).encode("utf-8", "surrogatepass"), base)

    assert link is None or link.startswith(("http://", "https://"))


@given(st.binary(), st.text())
def test_no_bytes_make_it_raise(content: bytes, base: str) -> None:
    find_pdf_link(content, base)
