"""Imports of tables of parts."""

from contextlib import closing
from typing import Annotated
from uuid import UUID

from flask import Blueprint, request, url_for
from pydantic import BeforeValidator, ConfigDict, Field
from spectree.model_adapter.pydantic_adapter import BaseFile

from api.http.idempotency import RetryHeaders, hold
from api.http.openapi import answers, spec
from api.http.transaction import app, db, publish_after_commit
from api.http.uploads import clean
from engine.ledger.run import RunService
from models import PartImport, PipelineRun
from pipelines.csv_import import preview_import, start_import
from schemas.errors import InvalidInput, TooLarge
from schemas.ledger import RunState
from schemas.part_import import ImportForm, ImportOptions, ImportOut, ImportPreview, ImportReport
from schemas.run import Progress
from services.part_import import ImportFile, PartImportService

bp = Blueprint("imports", __name__, url_prefix="/imports")


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


class ImportUpload(ImportForm):
    """A table of parts, and how to read it."""

    model_config = ConfigDict(json_schema_extra={"required": ["file"]})

    file: Annotated[list[BaseFile], BeforeValidator(_listed)] = Field(
        [], description="One CSV file (comma, semicolon, tab or bar; UTF-8, UTF-16 or Windows-1252)."
    )


@bp.post("")
@spec.validate(resp=answers(409, 413, 415, 422, 429, HTTP_200=ImportPreview, HTTP_202=ImportOut), tags=["in and out"])
def add(form: ImportUpload, headers: RetryHeaders) -> ImportPreview | tuple[ImportOut, int, dict[str, str]]:
    """Import a table of parts; with dry_run, only show what each row would do.

    A row is about the part of its id4, else of its part number and maker, else of its description; where there is
    none, it adds one. It fills in what it says, and books its quantity into its slot. When a row is bad, nothing is
    imported (422, with every bad row and its line), unless skip_bad_rows is said.

    The same file with the same options is imported once, however often it is sent; an Idempotency-Key that was not
    used for it before makes it another import. One that failed is tried again.
    """
    key = headers.key
    file = _received()
    if form.dry_run:
        return preview_import(db(), file, form.options)
    hold("imports", key, [file.sha256, form.options.model_dump_json()])
    started = start_import(db(), file, form.options, again=key)
    if started.run:
        publish_after_commit([started.run])
    shown = _shown(started.found)
    replayed = {} if started.run else {"Idempotency-Replayed": "true"}
    return shown, 202, {"Location": shown.links["self"], **replayed}


@bp.get("/<uuid:import_id>")
@spec.validate(resp=answers(404, HTTP_200=ImportOut), tags=["in and out"])
def get(import_id: UUID) -> ImportOut:
    """Show the progress of an import and, when it has ended, what it did and which rows it left out."""
    return _shown(PartImportService.get(db(), import_id))


def _received() -> ImportFile:
    files = request.files.getlist("file")
    if len(files) != 1:
        raise InvalidInput("send one file at a time, in the form field file", field="file")
    limit = app().settings.api.max_import_mb
    with closing(files[0]) as file:
        content = file.stream.read(limit * 1_000_000 + 1)
    if len(content) > limit * 1_000_000:
        raise TooLarge(f"the file is too large: PARTFLOW_API_MAX_IMPORT_MB allows {limit} MB; split it", limit=limit)
    return ImportFile(clean(files[0].filename), content)


def _shown(found: PartImport) -> ImportOut:
    run = RunService.get(db(), found.run_id) if found.run_id else None
    links = {"self": url_for("imports.get", import_id=found.id)}
    if run:
        links["run"] = url_for("runs.get", run_id=run.id)
    return ImportOut(
        id=found.id,
        filename=found.filename,
        options=ImportOptions.model_validate(found.options),
        state=_state(found, run),
        progress=Progress(done=found.total if found.is_applied else found.done, total=found.total),
        report=found.report,
        error=run.error if run else None,
        created_at=found.created_at,
        links=links,
    )


def _state(found: PartImport, run: PipelineRun | None) -> RunState:
    """Return the state of the run, unless the run was deleted, or was cancelled after the rows had been counted."""
    if run and not (found.is_applied and run.state == RunState.CANCELLED):
        return run.state
    if not found.is_applied:
        return RunState.FAILED
    return RunState.PARTIAL if ImportReport.model_validate(found.report).bad else RunState.SUCCEEDED
