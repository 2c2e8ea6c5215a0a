"""Finding the PDF that an HTML page only wraps, in a child process with limits."""

from typing import Final

from clients.files import sandbox
from schemas.errors import Transient

_MAX_BYTES: Final = 1 << 19
_MAX_URL: Final = 2000
_LIMITS: Final = sandbox.Limits(seconds=20, memory_mb=512, output_mb=1)


def find_pdf_link(content: bytes, base_url: str) -> str | None:
    """Return the http(s) URL of the one PDF that a page wraps; None if there is none, or the content is not HTML.

    Only the first half megabyte is read, and what breaks the parser has no link.

    Raises:
        Transient: the child could not be started (`sandbox_unavailable`).
    """
    if b"%PDF-" in content[:1024] or b"\0" in content[:1024]:
        return None
    given = b"".join((base_url.replace("\n", "").encode("utf-8", "replace"), b"\n", content[:_MAX_BYTES]))
    try:
        link = sandbox.run("clients.web._html_child", given, {}, limits=_LIMITS).decode("utf-8", "replace")
    except sandbox.NotStarted as error:
        raise Transient("sandbox_unavailable", str(error)) from error
    except sandbox.SandboxError:
        return None
    # A hostile page may have taken the child over.
    return link if len(link) <= _MAX_URL and link.startswith(("http://", "https://")) and link.isprintable() else None
