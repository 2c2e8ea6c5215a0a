"""Finding the PDF in a page that only wraps it."""

import re
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

_MOST_BYTES: Final = 2_000_000
_MOST_LINKS: Final = 2_000
_SCRIPTED = re.compile(r"""["']([^"'\s<>]{1,2000}?\.pdf(?:\?[^"'\s<>]{0,500})?)["']""", re.IGNORECASE)
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\">]+)", re.IGNORECASE)
_EMBEDDING = {"embed": "src", "iframe": "src", "object": "data", "frame": "src"}
_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)


class _Links(HTMLParser):
    """Collects what a page embeds, where it sends the reader on to, and what it links to."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []
        self.linked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value}
        if tag in _EMBEDDING and _EMBEDDING[tag] in given:
            self.embedded.append(given[_EMBEDDING[tag]])
        elif tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.embedded += _REFRESH.findall(given.get("content", ""))
        elif tag == "a" and "href" in given and len(self.linked) < _MOST_LINKS:
            self.linked.append(given["href"])


def find_pdf_link(content: bytes, base_url: str) -> str | None:
    """Return the address of the PDF that an HTML page wraps; None for any other content, or when it is not clear.

    What the page embeds or sends on to comes first, then a link or a script's string, if there is just one.
    """
    if not _START.match(content[:4096]):
        return None
    page = content[:_MOST_BYTES].decode("utf-8", "replace")
    links = _Links()
    try:
        links.feed(page)
    except (AssertionError, ValueError):
        return None  # The parser of the standard library gives up on some garbage so.
    for found in (links.embedded, links.linked, _SCRIPTED.findall(page.replace(r"\/", "/"))):
        addresses = list(dict.fromkeys(filter(None, (_pdf_address(each, base_url) for each in found))))
        if addresses and (found is links.embedded or len(addresses) == 1):
            return addresses[0]
    return None


def _pdf_address(link: str, base_url: str) -> str | None:
    try:
        address = urljoin(base_url, link.strip())
        parts = urlsplit(address)
    except ValueError:
        return None
    is_pdf = parts.scheme in ("http", "https") and parts.path.lower().endswith(".pdf")
    return address if is_pdf and address.split("#")[0] != base_url.split("#")[0] else None
