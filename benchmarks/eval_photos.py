"""How often the part on a photo is named right, asked for, or named wrong, with and without a catalogue."""

import resource
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.rows import read_rows
from clients.files.image_reader import ImageReader
from clients.markings.print_reader import PrintReader
from clients.markings.reader import MarkingReader
from schemas.identification import CatalogueEntry, Identification
from schemas.markings import Markings
from schemas.part_number import canonical_key, loose_key
from services.identification import candidate_codes, decide, parse_distributor_label
from settings.groups import ImageSettings, OcrSettings

_ACCEPT_FROM: Final = 0.85
_QUICK: Final = 12
_CATALOGUES: Final = ("kicad9_symbols.jsonl.gz", "legacy_ic_list.jsonl.gz")

Catalogue = Mapping[str, Sequence[CatalogueEntry]]


class _Read(NamedTuple):
    row: dict[str, Any]
    right: frozenset[str]
    "the keys that count as right"
    markings: Markings
    seconds: float


def run(data: Path, *, quick: bool) -> dict[str, Any]:
    """Read each photo and decide, without a catalogue and with the one in `../catalogue` beside the photos, if any.

    A photo without a part is right only when nothing is accepted.
    """
    rows = read_rows(data, "file", "mpn", "acceptable", "kind", "difficulty")
    with PrintReader(OcrSettings()) as reader:
        reads = [_read(reader, data.parent, row) for row in (rows[:: max(1, len(rows) // _QUICK)] if quick else rows)]
    without = [_decide(read, {}) for read in reads]
    catalogue = _load(data.parent.parent / "catalogue")
    with_catalogue = [_decide(read, catalogue) for read in reads]
    seconds = [read.seconds for read in reads]
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu_seconds = sum(each.ru_utime + each.ru_stime for each in used)
    memory = max(each.ru_maxrss for each in used) // 1024
    figures = {
        "photos": len(reads),
        "photos_with_codes": sum(bool(read.markings.codes) for read in reads),
        "codes": sum(len(read.markings.codes) for read in reads),
        "number_in_text": _number_in_text(reads),
        "without_catalogue": _tally(reads, without),
        "with_catalogue": _tally(reads, with_catalogue),
        "median_seconds": round(statistics.median(seconds), 2),
        "max_seconds": round(max(seconds), 2),
        # Of all threads and processes: what it costs however busy the machine is.
        "mean_cpu_seconds": round(cpu_seconds / len(reads), 2),
        "peak_memory_mb": memory,
    }
    wrong = sum(_outcome(*pair) == "wrong" for pair in zip(reads * 2, without + with_catalogue, strict=True))
    return {
        "figures": figures,
        "checks": [
            _check("wrong parts accepted", wrong, 0),
            _check("median seconds a photo", figures["median_seconds"], 2.5),
            _check("peak memory in MB", memory, 700),
        ],
    }


def _check(name: str, value: Any, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "limit": limit, "ok": value <= limit}


def _read(reader: PrintReader, folder: Path, row: dict[str, Any]) -> _Read:
    jpeg = ImageReader(ImageSettings()).prepare((folder / row["file"]).read_bytes()).jpeg
    started = time.monotonic()
    markings = Markings(codes=MarkingReader().read(jpeg).codes, lines=reader.read(jpeg))
    spent = time.monotonic() - started
    right = [*row["acceptable"], *(part["mpn"] for part in row.get("parts") or ()), row["mpn"] or ""]
    return _Read(row, frozenset(map(canonical_key, right)) - {""}, markings, spent)


def _load(folder: Path) -> Catalogue:
    catalogue: defaultdict[str, list[CatalogueEntry]] = defaultdict(list)
    for file in (folder / name for name in _CATALOGUES if (folder / name).exists()):
        for row in read_rows(file, "mpn", "description"):
            part = CatalogueEntry(
                source=file.name.split("_")[0], manufacturer_code=row["mpn"], description=row["description"]
            )
            catalogue[loose_key(part.manufacturer_code)].append(part)
    return catalogue


def _decide(read: _Read, catalogue: Catalogue) -> Identification:
    """Decide as the pipeline does."""
    labels = tuple(filter(None, map(parse_distributor_label, read.markings.codes)))
    found = [part for code in candidate_codes(read.markings, labels) for part in catalogue.get(loose_key(code), ())]
    return decide(read.markings, labels, found, None, accept_confidence=_ACCEPT_FROM)


def _outcome(read: _Read, verdict: Identification) -> str:
    if verdict.part:
        return "right" if canonical_key(verdict.part.manufacturer_code) in read.right else "wrong"
    return "asked" if read.right else "right"


def _tally(reads: Sequence[_Read], verdicts: Sequence[Identification]) -> dict[str, Any]:
    groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
    wrong = []
    for read, verdict in zip(reads, verdicts, strict=True):
        outcome = _outcome(read, verdict)
        offered = [canonical_key(guess.manufacturer_code) in read.right for guess in verdict.guesses]
        for group in ("all", read.row["kind"], read.row["difficulty"]):
            groups[group].update(
                {outcome: 1, "first_guess_right": int(offered[:1] == [True]), "offered": int(any(offered))}
            )
        if outcome == "wrong" and verdict.part:
            wrong.append({"file": read.row["file"], "accepted": verdict.part.manufacturer_code})
    return {name: dict(counts) for name, counts in groups.items()} | {"wrong": wrong}


def _number_in_text(reads: Sequence[_Read]) -> dict[str, str]:
    """Return by difficulty how many photos have a right number somewhere in what was read."""
    found: defaultdict[str, list[bool]] = defaultdict(list)
    for read in reads:
        if read.right:
            text = " ".join(loose_key(line.text) for line in read.markings.lines)
            found[read.row["difficulty"]].append(any(loose_key(key) in text for key in read.right))
    return {difficulty: f"{sum(hits)} of {len(hits)}" for difficulty, hits in found.items()}
