"""From a file of parts to the inventory."""

from typing import Any

from celery import chain
from celery.canvas import Signature

from tasks.imports import apply_import
from tasks.inventory import finish_run


def csv_import(run_id: str, epoch: int, _candidates: int) -> Signature[Any]:
    """Apply import → finish."""
    return chain(apply_import.si(run_id, 0, epoch), finish_run.si(run_id, 0, epoch))
