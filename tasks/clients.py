"""The clients of this process, made at first use and so never shared over a fork."""

from functools import cache

from clients.assistant import Assistant, make_assistant
from clients.files.image_reader import ImageReader
from clients.files.pdf_reader import PdfReader
from clients.markings.print_reader import PrintReader
from clients.markings.reader import MarkingReader
from clients.object_store import ObjectStore, make_store
from clients.web.fetcher import Fetcher
from settings import get_settings


@cache
def assistant() -> Assistant:
    """Return the assistant that the settings choose."""
    return make_assistant(get_settings())


@cache
def fetcher() -> Fetcher:
    """Return the fetcher."""
    return Fetcher(get_settings().fetch)


@cache
def image_reader() -> ImageReader:
    """Return the reader of hostile photos."""
    return ImageReader(get_settings().image)


@cache
def marking_reader() -> MarkingReader:
    """Return the reader of codes."""
    return MarkingReader()


@cache
def object_store() -> ObjectStore:
    """Return the object store."""
    return make_store(get_settings().store)


@cache
def pdf_reader() -> PdfReader:
    """Return the reader of hostile PDFs."""
    return PdfReader(get_settings().pdf)


@cache
def print_reader() -> PrintReader:
    """Return the reader of print."""
    return PrintReader(get_settings().ocr)
