"""Datasheet leads: those of a catalogue, and the check that a lead is a web address."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from schemas.assistant import DatasheetQuestion
from schemas.datasheet import DatasheetLead
from schemas.part_number import canonical_key

_LONGEST_URL = 2000


def catalogue_leads(question: DatasheetQuestion) -> tuple[DatasheetLead, ...]:
    """Return the catalogue's addresses; those of exactly this number come first."""
    key = canonical_key(question.manufacturer_code)
    rows = sorted(question.catalogue, key=lambda row: canonical_key(row.manufacturer_code) != key)
    return tuple(
        DatasheetLead(url=row.datasheet_url, source=f"catalogue:{row.source}") for row in rows if row.datasheet_url
    )


def usable_leads(leads: Iterable[DatasheetLead], limit: int) -> tuple[DatasheetLead, ...]:
    """Return at most `limit` different leads that are web addresses."""
    unique: dict[str, DatasheetLead] = {}
    for lead in leads:
        if is_web_address(lead.url):
            unique.setdefault(lead.url, lead)
    return tuple(unique.values())[:limit]


def is_web_address(url: str) -> bool:
    """Tell whether a text is an http or https address with a host, without a password, and not too long."""
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    plain = url.isprintable() and " " not in url and len(url) <= _LONGEST_URL
    return plain and has_host and parts.scheme in {"http", "https"} and parts.username is None
