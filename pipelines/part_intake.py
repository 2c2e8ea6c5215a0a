"""From a part number to a finished part."""

from typing import Any

from celery import chain, chord
from celery.canvas import Signature

from tasks.assist import categorise_part, discover_datasheets, tag_part
from tasks.fetch import fetch_candidate
from tasks.identify import identify_part
from tasks.ingest import ingest_datasheet
from tasks.inventory import choose_datasheet, finish_run, suggest_slot


def part_intake(run_id: str, epoch: int, candidates: int) -> Signature[Any]:
    """Identify part → … → finish."""
    return chain(*from_number(run_id, epoch, candidates))


def from_number(run_id: str, epoch: int, candidates: int) -> list[Signature[Any]]:
    """Identify → discover → chord(fetch 1..N → choose) → ingest → tag → categorise → suggest slot → finish."""
    return [
        identify_part.si(run_id, 0, epoch),
        discover_datasheets.si(run_id, 0, epoch),
        chord(
            [fetch_candidate.si(run_id, slot, epoch) for slot in range(candidates)],
            choose_datasheet.si(run_id, 0, epoch),
        ),
        ingest_datasheet.si(run_id, 0, epoch),
        tag_part.si(run_id, 0, epoch),
        categorise_part.si(run_id, 0, epoch),
        suggest_slot.si(run_id, 0, epoch),
        finish_run.si(run_id, 0, epoch),
    ]
