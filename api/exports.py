"""Taking the whole inventory out."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from api.http.openapi import answers, spec
from models.session import snapshot_scope
from services.export import ExportService

bp = Blueprint("exports", __name__)


@bp.get("/export.jsonl")
@spec.validate(resp=answers(429, files={200: ["application/jsonl"]}), tags=["in and out"])
def json_lines() -> Response:
    """Download everything as JSON Lines: an object a line, with its kind; the last, `end`, says that it is whole.

    Types, tag synonyms, boxes, parts, documents (without their bytes), placements, stock commands with their changes,
    and suggestions, all as of one moment.
    """
    return _streamed(ExportService.export_json_lines, "application/jsonl", "jsonl")


@bp.get("/export.csv")
@spec.validate(resp=answers(429, files={200: ["text/csv"]}), tags=["in and out"])
def csv() -> Response:
    """Download the parts as CSV for a spreadsheet: a row for each slot that a part lies in, or one with quantity 0.

    UTF-8 with a byte order mark. A text that a spreadsheet would take for a formula has an apostrophe before it, which
    POST /imports takes off again.
    """
    return _streamed(ExportService.export_csv, "text/csv; charset=utf-8", "csv")


def _streamed(export: Callable[[Session], Iterator[str]], media_type: str, suffix: str) -> Response:
    with ExitStack() as opening:
        lines = export(opening.enter_context(snapshot_scope()))
        # The first line here, so that a database that is away is an answer and no broken download.
        first = next(lines)
        opened = opening.pop_all()
    answer = Response((text.encode() for text in chain([first], lines)), content_type=media_type)
    answer.call_on_close(opened.close)
    name = f"partflow-{datetime.now(UTC):%Y-%m-%d}.{suffix}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
