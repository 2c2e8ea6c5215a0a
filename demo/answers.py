"""What the demo's site answers at each kind of lead."""

import threading
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Final

from demo import datasheets
from demo.parts import DemoPart, Lead
from demo.places import PLACES, path_of
from demo.visit import Visit

type Answer = Callable[[Visit, DemoPart, str], None]

HUGE_BYTES: Final = 4_000_000_000
SHELL_PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Parts portal</title>
<link rel="stylesheet" href="/static/app.css"></head>
<body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>
<script src="/static/app.js"></script></body></html>
"""
WALL_PAGE = b"""<!doctype html>
<html lang="en"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>
<body><h1>Checking your browser</h1><div id="cf-chl-widget"></div>
<p>Please complete the security check to continue. Performance &amp; security by Cloudflare</p></body></html>
"""
VIEWER_PAGE = """<!doctype html>
<html lang="en"><head><title>Datasheet viewer</title></head>
<body><h1>{number}</h1><iframe src="{path}#view=FitH" width="100%" height="900"></iframe></body></html>
"""


@cache
def _make(maker: Callable[[DemoPart], bytes], number: str) -> bytes:
    part = next(part for _, part in PLACES.values() if part.number == number)
    return maker(part)


_making = threading.Lock()


def _made(maker: Callable[[DemoPart], bytes], part: DemoPart) -> bytes:
    """Return the file, made when it is first asked for."""
    with _making:
        return _make(maker, part.number)


def _loop(visit: Visit, part: DemoPart, query: str) -> None:
    step = int(query) + 1 if query.isdecimal() else 1
    visit.redirect(f"{path_of(Lead.LOOP, part)}?{step}")


def _viewer(visit: Visit, part: DemoPart, _query: str) -> None:
    visit.page(VIEWER_PAGE.format(number=part.number, path=path_of(Lead.SHEET, part)).encode())


def _interrupted(visit: Visit, part: DemoPart, _query: str) -> None:
    visit.hang_up_after(_made(datasheets.truncated, part), len(_made(datasheets.datasheet, part)))


def _wall(visit: Visit, _part: DemoPart, _query: str) -> None:
    visit.page(WALL_PAGE, HTTPStatus.FORBIDDEN, {"cf-mitigated": "challenge"})


def _missing(visit: Visit, _part: DemoPart, _query: str) -> None:
    visit.page(b"<!doctype html><title>404</title><p>This page has moved.</p>\n", HTTPStatus.NOT_FOUND)


def _huge(visit: Visit, part: DemoPart, _query: str) -> None:
    visit.hang_up_after(_made(datasheets.datasheet, part), HUGE_BYTES)


def _wrong_part(part: DemoPart) -> bytes:
    return datasheets.datasheet(part.misled())


ANSWERS: Final[Mapping[Lead, Answer]] = {
    Lead.SHEET: lambda visit, part, _: visit.file(_made(datasheets.datasheet, part)),
    Lead.VIEWER: _viewer,
    Lead.SHELL: lambda visit, _, __: visit.page(SHELL_PAGE),
    Lead.WRONG_PART: lambda visit, part, _: visit.file(_made(_wrong_part, part)),
    Lead.BROCHURE: lambda visit, part, _: visit.file(_made(datasheets.brochure, part)),
    Lead.ERRATA: lambda visit, part, _: visit.file(_made(datasheets.errata, part)),
    Lead.TRUNCATED: lambda visit, part, _: visit.file(_made(datasheets.truncated, part)),
    Lead.INTERRUPTED: _interrupted,
    Lead.LOOP: _loop,
    Lead.DRIP: lambda visit, part, _: visit.drip(_made(datasheets.datasheet, part)),
    Lead.BOT_WALL: _wall,
    Lead.PRIVATE: lambda visit, part, _: visit.redirect(f"http://10.0.0.7{path_of(Lead.SHEET, part)}"),
    Lead.METADATA: lambda visit, _, __: visit.redirect("http://169.254.169.254/latest/meta-data/"),
    Lead.ENCRYPTED: lambda visit, part, _: visit.file(_made(datasheets.encrypted, part)),
    Lead.PICTURE: lambda visit, _, __: visit.file(datasheets.picture()),
    Lead.SCAN: lambda visit, _, __: visit.file(datasheets.scan()),
    Lead.MISSING: _missing,
    Lead.HUGE: _huge,
}
"""Each kind of lead → how to answer a visit, given the part and the query."""
