"""Datasheets in several editions, and parts that have one."""

from functools import cache

from clients.files.pdf_reader import PdfReader
from clients.object_store import Bucket, content_key
from demo.datasheets import datasheet
from demo.parts import DemoPart, demo_parts
from models.session import session_scope
from schemas.datasheet import DatasheetEvidence, PdfText
from schemas.document import DocumentKind
from services.document import BlobService, DocumentService
from services.part import PartService
from settings.groups import PdfSettings
from tasks.objects import write

EDITIONS = {"C": "Revision C, March 2024", "D": "Revision D, May 2025", "B": "Revision B, June 2021"}


@cache
def sheet(edition: str = "C", *, of: int = 0) -> bytes:
    """Return an edition of the datasheet of one of the demo's parts; its third page differs from the others'."""
    part = described(of)
    limit = (f"Supply voltage, revision {edition}", "0", f"6.{ord(edition) % 10}", "V")
    return datasheet(part.model_copy(update={"edition": EDITIONS[edition], "ratings": (limit, *part.ratings[1:])}))


def described(of: int = 0) -> DemoPart:
    """Return the demo's part."""
    return demo_parts()[of]


@cache
def _read(content: bytes) -> PdfText:
    return PdfReader(PdfSettings()).read(content)


def part_with_sheet(url: str | None, content: bytes | None = None, *, of: int = 0) -> str:
    """Insert a part whose datasheet a machine found at an address, and return its id4."""
    content = content or sheet(of=of)
    sha256, read = write(Bucket.DOCS, content, "application/pdf"), _read(content)
    with session_scope() as session:
        part = PartService.create(session, manufacturer_code=described(of).number, manufacturer=described(of).maker)
        key = content_key(sha256)
        BlobService.ensure(
            session,
            sha256=sha256,
            bucket=Bucket.DOCS,
            s3_key=key,
            size=len(content),
            media_type="application/pdf",
            page_count=read.page_count,
        )
        BlobService.index_pages(session, sha256, read.pages)
        evidence = url and DatasheetEvidence(reason="it names the part", source="catalogue:demo", url=url)
        DocumentService.attach(
            session,
            part.id4,
            DocumentKind.PDF,
            sha256=sha256,
            public_url=url,
            filename="sheet.pdf",
            is_datasheet=True,
            evidence=evidence or None,
        )
        return part.id4
