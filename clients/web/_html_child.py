"""Finding the PDF that an HTML page only wraps; runs in the sandbox only."""

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from enum import IntEnum
from html.parser import HTMLParser
from posixpath import basename
from typing import Final
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

_MAX_URL: Final = 2000
_MAX_LINKS: Final = 2000
_MAX_WORDS: Final = 500
_VIEWER: Final = re.compile(r"viewer|gview|pdfjs", re.IGNORECASE)
_REFRESH: Final = re.compile(r"[\d.\s]*[;,]?\s*url\s*=\s*['\"]?([^'\"]{1,2000})", re.IGNORECASE)
_NAMED: Final = re.compile(
    r"""(?<!\w)\w{0,40}(?:pdf|datasheet)_?(?:url|link|src|path|file|href)["']?\s{0,9}[:=]\s{0,9}["']([^"'\s]{1,2000})["']""",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"""["']([^"'\s<>]{1,2000}?\.pdf(?:[?#][^"'\s<>]{0,2000})?)["']""", re.IGNORECASE)
_LIKELY: Final = re.compile(r"data.?sheet|specification", re.IGNORECASE)
_UNLIKELY: Final = re.compile(
    r"errata|app(lication)?.?note|brochure|catalog|guide|manual|certificate|declaration|rohs|reach|terms|privacy",
    re.IGNORECASE,
)


class _Place(IntEnum):
    """The place of a link in a page, most reliable first."""

    EMBEDDED = 0
    NAMED = 1
    REFRESH = 2
    ANCHOR = 3
    QUOTED = 4


def warm() -> None:
    """Let the libraries load what they load late."""
    page = b'<base href="/\xc3\xa4"><script>x="\\u0026/a.pdf"</script><a href="//[::1]/a.pdf?b=c">&amp;</a>'
    main(b"https://b\xc3\xbccher.test/\n" + page, {})


def main(content: bytes, _options: dict[str, int]) -> bytes:
    """Return the URL of the one PDF that a page wraps; the content is the page's URL, a line break, and the page."""
    url, _, page = content.partition(b"\n")
    return (find(page, url.decode("utf-8", "replace")) or "").encode("utf-8", "replace")


def find(content: bytes, base_url: str) -> str | None:
    """Return the http(s) URL of the one PDF that a page wraps, if there is one, whatever the content is."""
    page = _Page(base_url)
    # A broken declaration can fail an assertion of the parser; links before it still count.
    # The parser is not closed, because older Pythons take quadratic time for tags and comments that do not end.
    with suppress(AssertionError, ValueError):
        page.feed(content.decode("utf-8", "replace"))
    for place in _Place:
        link = page.best(place)
        if link:
            return link
    return None


class _Page(HTMLParser):
    """The links of a page that may lead to a PDF, with the words around them."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._url = self._base = base_url
        self._links: dict[_Place, dict[str, str]] = {place: {} for place in _Place}
        self._anchor = ""
        self._in_script = False

    def best(self, place: _Place) -> str | None:
        """Return the link at a place that is more plausible than all others there, if one is."""
        links = self._links[place]
        if place in (_Place.EMBEDDED, _Place.NAMED, _Place.REFRESH):
            return next(iter(links), None)
        ranked = sorted(((self._plausibility(link, words), link) for link, words in links.items()), reverse=True)
        if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
            return None
        return ranked[0][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_script = tag == "script"
        match tag:
            case "base":
                self._base = urljoin(self._base, given.get("href", ""))
            case "embed" | "iframe" | "frame" | "object":
                for name in ("src", "data", "data-src"):
                    self._embedded(given.get(name, ""), given.get("type", ""))
            case "meta" if given.get("http-equiv", "").lower() == "refresh":
                found = _REFRESH.match(given.get("content", ""))
                self._add(_Place.REFRESH, found[1] if found else "")
            case "a":
                self._anchor = self._linked(given)

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False
        if tag == "a":
            self._anchor = ""

    def handle_data(self, data: str) -> None:
        if self._anchor:
            words = self._links[_Place.ANCHOR][self._anchor]
            self._links[_Place.ANCHOR][self._anchor] = f"{words} {data}"[:_MAX_WORDS]
        if self._in_script:
            for pattern, place in ((_NAMED, _Place.NAMED), (_QUOTED, _Place.QUOTED)):
                for found in pattern.finditer(data):
                    self._add(place, _unescaped(found[1]))

    def _embedded(self, url: str, media_type: str) -> None:
        parts = urlsplit(url)
        if _VIEWER.search(parts.path):
            for _, value in parse_qsl(parts.query, max_num_fields=50):
                if _names_pdf(value):
                    self._add(_Place.EMBEDDED, value)
        if _names_pdf(url) or media_type == "application/pdf":
            self._add(_Place.EMBEDDED, url)

    def _linked(self, given: dict[str, str]) -> str:
        url = given.get("href", "")
        if not (_names_pdf(url) or given.get("type") == "application/pdf"):
            return ""
        return self._add(_Place.ANCHOR, url, words=given.get("title", ""))

    def _add(self, place: _Place, url: str, *, words: str = "") -> str:
        """Store a link, and return it in full; empty when it leads to the page itself or is not usable."""
        link = urldefrag(urljoin(self._base, re.sub(r"[\t\r\n]", "", url.strip()))).url
        links = self._links[place]
        if not url or len(link) > _MAX_URL or len(links) >= _MAX_LINKS or link == urldefrag(self._url).url:
            return ""
        if urlsplit(link).scheme not in ("http", "https"):
            return ""
        links.setdefault(link, words)
        return link

    def _plausibility(self, link: str, words: str) -> int:
        name = basename(urlsplit(link).path).lower()
        text = f"{name} {words}"
        same_name = name == basename(urlsplit(self._url).path).lower()
        return 4 * same_name + 2 * bool(_LIKELY.search(text)) - 3 * bool(_UNLIKELY.search(text))


def _names_pdf(url: str) -> bool:
    parts = urlsplit(url)
    return any(text.lower().endswith(".pdf") for text in _names(parts.path, parts.query))


def _names(path: str, query: str) -> Iterator[str]:
    yield path
    yield from (value for _, value in parse_qsl(query, max_num_fields=50))


def _unescaped(text: str) -> str:
    """Undo the escapes of slashes, ampersands and the like in URLs of scripts and JSON."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    return html.unescape(text.replace("\\/", "/"))
