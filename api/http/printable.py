"""Pages to print: HTML with our own style, and nothing else that a browser would run or load."""

import base64
import hashlib
from pathlib import Path

from flask import Response, render_template
from markupsafe import Markup

_STYLE = Path(__file__).parents[1].joinpath("templates", "printable.css").read_text()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"


def printable(template: str, **values: object) -> Response:
    """Return a page made from a template."""
    page = render_template(template, style=Markup(_STYLE), **values)  # noqa: S704 - our own file
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": _POLICY})
