"""Limits for input from outside: photos, PDFs and the web."""

from typing import Annotated

from pydantic import Field

from settings.groups.base import Count, Endpoints, Group, Megabytes, Nat64Prefixes, Networks, Seconds, Sides


class ImageSettings(Group):
    """Limits for reading photos."""

    max_megapixels: Count = Field(60, description="Megapixels of the largest photo to decode.")
    max_side: Count = Field(3000, description="Pixels of the longer side of the copy that the readers use.")
    timeout_seconds: Seconds = Field(20, description="Seconds that decoding one photo may take.")
    memory_mb: Megabytes = Field(1024, description="Megabytes of memory that decoding one photo may take.")
    thumbnail_sides: Sides = Field(
        (128, 512), description="Pixels of the longer side of the thumbnails, such as 128,512."
    )


class OcrSettings(Group):
    """Limits for reading print off photos, in a process that is kept between them."""

    timeout_seconds: Annotated[float, Field(gt=0, le=240)] = Field(
        60, description="Seconds that reading the print of one photo may take; the whole step may take five minutes."
    )
    memory_mb: Megabytes = Field(
        1536, description="Megabytes of address space for the process; it needs 1200, and half of that as memory."
    )
    max_photos: Count = Field(100, description="Photos that one process reads before another takes its place.")
    idle_seconds: Seconds = Field(300, description="Seconds that the process waits for a photo before it ends.")


class PdfSettings(Group):
    """Limits for reading PDFs."""

    max_pages: Count = Field(2000, description="The most pages that a document may have.")
    max_read_pages: Count = Field(600, description="The most pages of a document whose text is stored for search.")
    timeout_seconds: Seconds = Field(40, description="Seconds that reading one PDF may take.")
    memory_mb: Megabytes = Field(1024, description="Megabytes of memory that reading one PDF may take.")
    refuse_active: bool = Field(
        False, description="Whether to refuse PDFs with scripts, or with actions that start programs or send data."
    )


class FetchSettings(Group):
    """Limits for fetching the URLs that a model, a catalogue or a user proposes."""

    connect_seconds: Seconds = Field(5, description="Seconds that connecting may take.")
    read_seconds: Seconds = Field(15, description="Seconds that the server may be silent.")
    min_rate: Count = Field(
        1000, description="The least bytes per second at which a server must send, from its first byte on."
    )
    rate_seconds: Seconds = Field(5, description="Seconds over which the least rate is measured.")
    total_seconds: Seconds = Field(60, description="Seconds that one fetch may take, redirects included.")
    max_mb: Megabytes = Field(50, description="Megabytes of the largest file to fetch.")
    max_redirects: Annotated[int, Field(ge=0, le=20)] = Field(5, description="The most redirects to follow.")
    allow_http: bool = Field(True, description="Whether plain http is allowed as well as https.")
    allowed_addresses: Endpoints = Field(
        (), description="Private addresses that are allowed nevertheless, such as 127.0.0.1:8000,10.0.0.5:80."
    )
    refused_networks: Networks = Field(
        (),
        description="Public networks that are refused nevertheless, such as our own address behind a router.",
    )
    nat64_prefixes: Nat64Prefixes = Field(
        (),
        description="Prefixes of this network's NAT64 beside 64:ff9b::/96, such as 2001:db8:64::/96; what they embed "
        "must be public.",
    )
    max_per_host: Count = Field(
        4,
        description="The most files from one host that are fetched and read at the same time, by all workers together.",
    )
    max_slow: Count = Field(
        8, description="The number of fetches from one host that may be too slow before the host is left alone."
    )
    slow_seconds: Seconds = Field(
        60,
        description="Seconds for which a fetch that was too slow counts; runs that lack a datasheet try again later.",
    )
    user_agent: str = Field(
        "Partflow/0.1 (electronic-parts inventory)", description="The User-Agent header of fetches."
    )
