"""The server of the demo's site."""

from http import HTTPStatus

from demo.answers import ANSWERS
from demo.places import PLACES
from demo.visit import QuietServer, Visit


class DatasheetSite(QuietServer):
    """The site, on a free port unless one is named; use it as a context, and `serve_forever` in it."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port, _answer)


def _answer(visit: Visit, path: str, query: str) -> None:
    if path in PLACES:
        lead, part = PLACES[path]
        ANSWERS[lead](visit, part, query)
    else:
        visit.send(b"not found\n", "text/plain", HTTPStatus.NOT_FOUND)
