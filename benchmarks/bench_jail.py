"""The walls around the parsers of files: what they cost for each file, and whether any answer differs.

The files are those of ../shared/data; tables, libraries and web pages are made of its rows.
"""

import csv
import gzip
import io
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from cli.migrate import CHECKOUT
from clients.files import sandbox
from clients.files.image_reader import ImageReader
from clients.files.sandbox import Limits, SandboxError
from clients.files.warm_sandbox import WarmSandbox
from clients.parsers import PARSERS
from schemas.errors import Refused
from settings.groups import ImageSettings

DATA: Final = CHECKOUT.parent / "shared" / "data"
_LIMITS: Final = Limits(seconds=120, memory_mb=1536)
_KEPT: Final = {"print on photos", "KiCad libraries"}
_OPTIONS: Final = {"max_pages": 2000, "max_read_pages": 600, "max_pixels": 60_000_000, "max_side": 3000}
_DRAWING: Final = {"side": 512, "png": 0}
_QUICK: Final = 6
"Of each kind, every so many files are enough for a quick look."


class Cost(NamedTuple):
    """What one kind of files took: seconds with and without walls, and how many answers differ."""

    files: int
    inside: float
    outside: float
    differ: int


def run(*, quick: bool) -> dict[str, Any]:
    """Parse every file twice, with and without walls, and compare."""
    costs = {kind: compare(kind, files) for kind, files in sample(_QUICK if quick else 1).items()}
    figures: dict[str, object] = {}
    for kind, cost in costs.items():
        each = max(1, cost.files)
        figures[f"{kind}: files"] = cost.files
        figures[f"{kind}: ms a file, without walls"] = round(1000 * cost.outside / each)
        figures[f"{kind}: ms a file, with walls"] = round(1000 * cost.inside / each)
    compared, differ = sum(cost.files for cost in costs.values()), sum(cost.differ for cost in costs.values())
    checks = [
        {"name": "files compared", "value": compared, "limit": 1, "ok": compared >= 1},
        {"name": "answers that differ", "value": differ, "limit": 0, "ok": differ == 0},
    ]
    return {"figures": figures, "checks": checks}


def compare(kind: str, files: list[bytes]) -> Cost:
    """Parse each file inside and outside by turns, so that whatever else the machine does slows both."""
    differ, spent = 0, defaultdict[bool, float](float)
    with _asking(kind, inside=True) as inside, _asking(kind, inside=False) as outside:
        for content in files:
            answers = []
            for is_inside, ask in ((True, inside), (False, outside)):
                began = time.perf_counter()
                answers.append(_answer(ask, content))
                spent[is_inside] += time.perf_counter() - began
            differ += answers[0] != answers[1]
    return Cost(len(files), spent[True], spent[False], differ)


@contextmanager
def _asking(kind: str, *, inside: bool) -> Iterator[Callable[[bytes], bytes]]:
    """Yield a function that asks a child of a kind; one that is kept has been asked before the time is taken."""
    module, boot = PARSERS[kind], sandbox._BOOT if inside else CHECKOUT / "benchmarks" / "unconfined_child.py"  # noqa: SLF001
    options = _DRAWING if kind == "the first page of PDFs" else _OPTIONS

    def once(content: bytes) -> bytes:
        with patch.object(sandbox, "_BOOT", boot):
            return sandbox.run(module, content, options, limits=_LIMITS)

    def again(content: bytes) -> bytes:
        with patch.object(sandbox, "_BOOT", boot):
            return kept.ask(content)

    with WarmSandbox(module, limits=_LIMITS, max_requests=10_000, idle_seconds=600) as kept:
        if kind in _KEPT:
            _answer(again, b"")
        yield again if kind in _KEPT else once


def _answer(ask: Callable[[bytes], bytes], content: bytes) -> bytes | str:
    try:
        return ask(content)
    except SandboxError as error:
        return type(error).__name__


def sample(every: int) -> dict[str, list[bytes]]:
    """Return every n-th file of each kind, where n is `every`; an empty dict if the evaluation data are absent."""
    if not DATA.is_dir():
        return {}
    pdfs = _read("pdfs", every, "pdf")
    photos = _read("photos", every, "jpg", "jpeg", "png", "webp")
    prepared = [*_prepared([*photos, *_read("barcodes", every, "jpg", "png")])]
    hostile = _read("images_hostile", every)
    return {
        "the text of PDFs": pdfs,
        "the outline of PDFs": pdfs,
        "the first page of PDFs": pdfs,
        "photos": [*photos, *hostile],
        "codes on photos": prepared,
        "print on photos": prepared[: len(photos)],
        "web pages": [*_pages()][::every],
        "tables": [*_tables()][::every],
        "KiCad libraries": [*_libraries()][::every],
    }


def _read(folder: str, every: int, *endings: str) -> list[bytes]:
    """Return every so many-th of the files with these endings, or with any."""
    files = [path for path in sorted((DATA / folder).rglob("*")) if path.is_file()]
    meant = [path for path in files if not endings or path.suffix.lower().removeprefix(".") in endings]
    return [path.read_bytes() for path in meant[::every]]


def _prepared(photos: Iterable[bytes]) -> Iterator[bytes]:
    reader = ImageReader(ImageSettings())
    for photo in photos:
        try:
            yield reader.prepare(photo).jpeg
        except Refused:
            continue


def _rows(path: Path) -> list[dict[str, Any]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in content.splitlines()]


def _pages() -> Iterator[bytes]:
    for row in _rows(DATA / "pdfs" / "pdfs.jsonl")[:60]:
        yield f'https://maker.test/\n<html><a href="/{row["file"]}">{row["mpn"]} datasheet</a></html>'.encode()


def _tables() -> Iterator[bytes]:
    for path in sorted((DATA / "catalogue" / "inventories").glob("*.jsonl")):
        rows = _rows(path)
        table = io.StringIO()
        writer = csv.DictWriter(table, sorted({name for row in rows for name in row}))
        writer.writeheader()
        writer.writerows(rows)
        yield (
            json.dumps({"given": [], "known": ["mpn"], "max_rows": 10_000}).encode() + b"\n" + table.getvalue().encode()
        )


def _libraries() -> Iterator[bytes]:
    libraries = defaultdict[str, list[str]](list)
    for row in _rows(DATA / "catalogue" / "kicad9_symbols.jsonl.gz"):
        number = str(row["mpn"]).replace('"', "")
        libraries[row["library"]].append(f'(symbol "{number}" (property "Value" "{number}" (at 0 0 0)))')
    for symbols in libraries.values():
        yield f"(kicad_symbol_lib {' '.join(symbols)})".encode()
