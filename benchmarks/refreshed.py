"""An inventory whose datasheets are due, and the sites where they came from, each misbehaving in its own way."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from typing import Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from clients.files.pdf_reader import PdfReader
from clients.object_store import Bucket, content_key
from demo.visit import Visit
from models.session import session_scope
from services.document import BlobService
from settings.groups import PdfSettings
from tasks.objects import write
from tests.support.sheet_site import SheetSite
from tests.support.sheets import described, sheet

GOOD_HOSTS: Final = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
BAD_HOST: Final = "127.0.0.4"
"Slow and hostile answers come from here, because a host that is too slow too often is left alone."
FATES: Final = ("later", "later", "moved", "gone", "slow", "hostile", *["unchanged"] * 14)
"What becomes of the datasheets, by turns."
_BY_PERSON: Final = 3
"Every third part has a datasheet and tags that a person chose."


class Aged(NamedTuple):
    """A part of the inventory, and what becomes of its datasheet."""

    id4: str
    fate: str
    by_person: bool


@contextmanager
def sites(parts: list[Aged]) -> Iterator[list[SheetSite]]:
    """Serve the datasheets of parts, each as its fate is."""
    with ExitStack() as opened:
        good = [opened.enter_context(SheetSite(host)) for host in GOOD_HOSTS]
        bad = opened.enter_context(SheetSite(BAD_HOST))
        for place, part in enumerate(parts):
            site = bad if part.fate in ("slow", "hostile") else good[place % len(good)]
            _serve(site, place, part)
        yield [*good, bad]


def fill(count: int) -> list[Aged]:
    """Insert parts of one number, each with the same datasheet, found long ago at an address of its own."""
    parts = [
        Aged(_letters(place), FATES[place % len(FATES)], place // len(FATES) % _BY_PERSON == 0)
        for place in range(count)
    ]
    content = sheet()
    sha256 = write(Bucket.DOCS, content, "application/pdf")
    read = PdfReader(PdfSettings()).read(content)
    with session_scope() as session:
        BlobService.ensure(
            session,
            sha256=sha256,
            bucket=Bucket.DOCS,
            s3_key=content_key(sha256),
            size=len(content),
            media_type="application/pdf",
            page_count=read.page_count,
        )
        BlobService.index_pages(session, sha256, read.pages)
        session.execute(text("UPDATE blobs SET prepared_at = now()"))
        _insert(session, parts)
    return parts


def locate(parts: list[Aged], served: list[SheetSite]) -> None:
    """Attach the datasheet to each part, with the address where its site serves it."""
    good, bad = served[:-1], served[-1]
    rows = [
        {
            "part": part.id4,
            "sha256": hashlib.sha256(sheet()).hexdigest(),
            "by": "person" if part.by_person else "machine",
            "url": (bad if part.fate in ("slow", "hostile") else good[place % len(good)]).url(_path(place)),
        }
        for place, part in enumerate(parts)
    ]
    with session_scope() as session:
        session.execute(
            text(
                "INSERT INTO documents"
                " (part_id4, kind, is_datasheet, datasheet_by, blob_sha256, public_url, created_at)"
                " VALUES (:part, 'pdf', true, :by, :sha256, :url, now() - interval '400 days')"
            ),
            rows,
        )


def _insert(session: Session, parts: list[Aged]) -> None:
    demo = described()
    session.execute(
        text(
            "INSERT INTO parts (id4, manufacturer_code, manufacturer, description, tags, set_by) VALUES"
            " (:id4, :code, :maker, :description, :tags, CAST(:set_by AS jsonb))"
        ),
        [
            {
                "id4": part.id4,
                "code": demo.number,
                "maker": demo.maker,
                "description": demo.title,
                "tags": ["mine"] if part.by_person else [],
                "set_by": '{"tags": "person"}' if part.by_person else "{}",
            }
            for part in parts
        ],
    )


def _letters(place: int) -> str:
    return "".join(chr(ord("A") + place // 26**power % 26) for power in (3, 2, 1, 0))


def _path(place: int) -> str:
    return f"/{place}.pdf"


def _serve(site: SheetSite, place: int, part: Aged) -> None:
    path = _path(place)
    match part.fate:
        case "unchanged":
            site.put(path, sheet())
        case "later":
            site.put(path, sheet("D"))
        case "moved":
            site.put(f"/moved{path}", sheet())
            site.move(path, f"/moved{path}")
        case "gone":
            site.remove(path)
        case "slow":
            site.answer(path, lambda visit: visit.drip(b"%PDF-1.7 "))
        case _:
            site.answer(path, _HOSTILE[place // len(FATES) % len(_HOSTILE)])


def _other_part(visit: Visit) -> None:
    visit.file(sheet(of=1))


def _shell(visit: Visit) -> None:
    visit.page(b"<html>Just a moment... <script>/* cf-chl */</script></html>")


def _metadata(visit: Visit) -> None:
    visit.redirect("http://169.254.169.254/latest/meta-data")


def _loop(visit: Visit) -> None:
    visit.redirect(visit.path)


def _liar(visit: Visit) -> None:
    visit.send(b"", None, HTTPStatus.NOT_MODIFIED)


_HOSTILE: Final = (_other_part, _shell, _metadata, _loop, _liar)
