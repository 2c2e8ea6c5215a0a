"""From a file of parts to the inventory."""

from typing import Any, NamedTuple

from celery import chain
from celery.canvas import Signature
from sqlalchemy.orm import Session

from engine.enqueue import enqueue
from engine.ledger.run import RunService
from engine.pipeline import Pipeline, RunSteps
from engine.resume import resume
from engine.step.finish import finish_run
from models import PartImport, PipelineRun
from schemas.base import Dto
from schemas.errors import Unprocessable
from schemas.ledger import RunState
from schemas.part_import import ImportInput, ImportOptions, ImportPreview
from services.part_import import ImportFile, PartImportService, import_key, preview_of
from settings import get_settings
from tasks.imports import apply_import

_AGAIN = (RunState.FAILED, RunState.CANCELLED)


def canvas(steps: RunSteps) -> Signature[Any]:
    """Apply import → finish."""
    return chain(steps.one(apply_import), steps.one(finish_run))


CSV_IMPORT: Pipeline[Dto] = Pipeline(name="csv_import", canvas=canvas)


class StartedImport(NamedTuple):
    """An import, and its run if that is to be sent to the workers."""

    found: PartImport
    run: PipelineRun | None


def preview_import(session: Session, file: ImportFile, options: ImportOptions) -> ImportPreview:
    """Return what each row of a file would do; nothing changes.

    Raises:
        InvalidInput: it is not a table, or its columns are not understood.
    """
    max_rows = get_settings().api.max_import_rows
    return preview_of(PartImportService.plan(session, file.content, options, max_rows=max_rows), options)


def start_import(session: Session, file: ImportFile, options: ImportOptions, *, again: str | None) -> StartedImport:
    """Insert an import and its run, or return the one of the same file and options; one that failed is tried again.

    Raises:
        InvalidInput: it is not a table, or its columns are not understood.
        Unprocessable: it has bad rows, and they are not to be skipped.
    """
    import_id = import_key(file, options, again)
    before = PartImportService.find(session, import_id)
    if before is not None:
        return StartedImport(before, _tried_again(session, before))
    planned = PartImportService.plan(session, file.content, options, max_rows=get_settings().api.max_import_rows)
    if planned.bad and not options.skip_bad_rows:
        raise Unprocessable(
            f"{len(planned.bad)} of {planned.total} rows are bad, so nothing is imported; correct them, or set "
            f"skip_bad_rows to import the others. Line {planned.bad[0].line}: {planned.bad[0].problems[0].message}",
            field="file",
            bad=[row.model_dump(mode="json") for row in planned.bad],
        )
    if not PartImportService.create(session, import_id, file, options, total=planned.total):
        # Another request handed in the same file at the same moment, and has committed by now.
        return StartedImport(PartImportService.get(session, import_id), None)
    found = PartImportService.get(session, import_id)
    return StartedImport(found, _run(session, found))


def _run(session: Session, found: PartImport) -> PipelineRun:
    run = enqueue(session, CSV_IMPORT, ImportInput(import_id=found.id))
    found.run_id = run.id
    session.flush()
    return run


def _tried_again(session: Session, before: PartImport) -> PipelineRun | None:
    if before.is_applied:
        return None
    if before.run_id is None:
        # Its run ended so long ago that it was deleted.
        return _run(session, before)
    state = RunService.get(session, before.run_id).state
    return resume(session, before.run_id) if state in _AGAIN else None
