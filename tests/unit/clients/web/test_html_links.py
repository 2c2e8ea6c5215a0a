"""The PDF that a page merely wraps is found, and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.files import sandbox
from clients.web._html_child import find
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
    found = find(f"<!DOCTYPE html><html><body>{html}</body></html>".encode(), PAGE)

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
    assert find(f"<html>{html}</html>".encode(), PAGE) is None


@pytest.mark.parametrize("head", [b"%PDF-1.7\n", b"\r\n%PDF-1.4", b"\0\1"])
def test_file_that_is_no_page_is_not_searched(head: bytes) -> None:
    assert find_pdf_link(head + b'<embed src="/files/a.pdf">', PAGE) is None


def test_links_survive_broken_markup_after_them() -> None:
    assert find(b'<embed src="/a.pdf"><![x<!DOCTYPE [<', PAGE) == "https://parts.test/a.pdf"


PIECES = st.sampled_from(
    ["<a href=", "<embed src=", "<script>", "</script>", "pdfUrl='", '"', "'", "x.pdf", "<![", "<!--", "<base href=",
     "http://[", "\\u0000", "&#x110000;", "<meta http-equiv=refresh content='0;url=", ">", "?file=", "viewer", "\ud800"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=5)), st.sampled_from([PAGE, "", "http://[", "x"]))
def test_no_page_makes_it_raise(pieces: list[str], base: str) -> None:
    link = find("".join(pieces).encode("utf-8", "surrogatepass"), base)

    assert link is None or link.startswith(("http://", "https://"))


@given(st.binary(), st.text())
def test_no_bytes_make_it_raise(content: bytes, base: str) -> None:
    find(content, base)


@pytest.mark.parametrize(
    ("page", "link"),
    [
        (b'<a href="b\xc3\xa4r.pdf">x</a>', "https://parts.test/ds/b\u00e4r.pdf"),
        (b"<p>nothing here</p>", None),
        (b'<embed src="/a.pdf">' + bytes(range(32, 256)) * 10_000, "https://parts.test/a.pdf"),
    ],
)
def test_page_is_read_in_the_sandbox(page: bytes, link: str | None) -> None:
    assert find_pdf_link(page, PAGE) == link


@pytest.mark.parametrize("answer", [b"file:///etc/passwd", b"https://x/" + bytes(3000), b"http://x/\r\n", b"\xff"])
def test_answer_of_a_parser_that_was_taken_over_is_no_link(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "run", lambda *_, **__: answer)

    assert find_pdf_link(b"<p>", PAGE) is None


def test_page_that_breaks_its_parser_has_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clients.web.html_links._LIMITS", sandbox.Limits(seconds=20, memory_mb=1))

    assert find_pdf_link(b'<embed src="/a.pdf">', PAGE) is None
