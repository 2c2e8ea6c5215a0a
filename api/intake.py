"""Starting pipelines."""

from collections.abc import Callable
from typing import Annotated, Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BeforeValidator, ConfigDict, Field
from spectree.model_adapter.pydantic_adapter import BaseFile

from api.http.idempotency import RetryHeaders, Started, start_once
from api.http.openapi import answers, spec
from api.http.photos import Photo, keep, receive
from api.http.transaction import app, db
from clients.object_store import Bucket, content_key
from engine.enqueue import start
from engine.pipeline import PIPELINES, Pipeline
from models import PipelineRun
from pipelines.photo_intake import start_photo_intake
from schemas.base import Dto
from schemas.id4 import PartKey
from schemas.intake import PhotoIntakeInput
from schemas.run import StartedRuns
from services.document import BlobService

bp = Blueprint("intake", __name__)


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


class PhotoIntakeForm(Dto):
    """Photos of bags or parts, and the part they show if it is there already."""

    model_config = ConfigDict(json_schema_extra={"required": ["photo"]})

    photo: Annotated[list[BaseFile], BeforeValidator(_listed)] = Field([], description="One or many JPEG, PNG or WebP.")
    part: PartKey | None = None


@bp.post("/pipelines/photo-intake/runs")
@spec.validate(resp=answers(404, 409, 413, 415, 422, 429, HTTP_202=StartedRuns), tags=["pipelines"])
def photo_intake(form: PhotoIntakeForm, headers: RetryHeaders) -> Started:
    """Start from photos: a run each, and a part for each unless one is named."""
    key = headers.key
    photos = receive(request.files.getlist("photo"), limit=app().settings.api.max_photos)
    keep(photos, app().store)
    return start_once(
        "photo-intake",
        key,
        (form.part or "", *(photo.sha256 for photo in photos)),
        start=lambda: _start_photos(photos, form.part),
    )


def _start_photos(photos: list[Photo], part: str | None) -> list[PipelineRun]:
    # In one order for all, so that two requests with the same photos cannot wait for each other.
    for photo in sorted(photos, key=lambda photo: photo.sha256):
        BlobService.ensure(
            db(),
            sha256=photo.sha256,
            bucket=Bucket.IMAGES,
            s3_key=content_key(photo.sha256),
            size=photo.size,
            media_type=photo.media_type,
        )
    inputs = [PhotoIntakeInput(photo_sha256=photo.sha256, filename=photo.filename) for photo in photos]
    return start_photo_intake(db(), inputs, part_id4=part)


def start_routes() -> Blueprint:
    """Return a route for each pipeline of the registry that a JSON body starts."""
    routes = Blueprint("pipelines", __name__, url_prefix="/pipelines")
    for pipeline in PIPELINES.values():
        if pipeline.takes is not None:
            routes.add_url_rule(f"/{_dashed(pipeline)}/runs", pipeline.name, _starter(pipeline), methods=["POST"])
    return routes


def _starter(pipeline: Pipeline[Any]) -> Callable[..., ResponseReturnValue]:
    def start_run(json: Any, headers: RetryHeaders) -> Started:
        return start_once(
            _dashed(pipeline),
            headers.key,
            [json.model_dump_json()],
            start=lambda: [start(db(), pipeline, json)],
        )

    start_run.__doc__ = pipeline.summary
    start_run.__annotations__["json"] = pipeline.takes
    start_run.__name__ = pipeline.name
    documented: Callable[..., ResponseReturnValue] = spec.validate(
        resp=answers(404, 409, 413, 415, 422, HTTP_202=StartedRuns), tags=["pipelines"]
    )(start_run)
    return documented


def _dashed(pipeline: Pipeline[Any]) -> str:
    return pipeline.name.replace("_", "-")
