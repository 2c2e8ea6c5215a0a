"""Validation of requests and the OpenAPI document, both from the same DTOs."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask import Request
from flask import Response as FlaskResponse
from pydantic import ValidationError
from spectree import Response, SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData
from spectree.plugins.flask_plugin import FlaskPlugin
from werkzeug.exceptions import BadRequest

from schemas.base import Dto
from schemas.errors import InvalidInput, TooLarge, UnsupportedMedia
from schemas.problem import Problem

VERSION = "0.1.0"
MAX_JSON_BYTES = 1_000_000


class StrictFlaskPlugin(FlaskPlugin):
    """Spectree for Flask, but a body must be what it says it is, and what streams is not read into memory."""

    def request_validation(
        self, request: Request, query: Any, json: Any, form: Any, headers: Any, cookies: Any
    ) -> None:
        """Check the body before its fields; the stock plugin takes broken JSON for an empty object."""
        is_form = request.mimetype == "multipart/form-data"
        if json and not (form and is_form):
            _check_json(request)
        elif form and not is_form:
            raise UnsupportedMedia("send the body as multipart/form-data", field="Content-Type")
        try:
            super().request_validation(request, query, json, form, headers, cookies)  # type: ignore[no-untyped-call]  # spectree has no types here
        except ValidationError as error:
            raise _invalid(error) from error

    def validate_response(
        self, resp: Any, resp_model: Response | None, skip_validation: bool, force_resp_serialize: bool
    ) -> Any:
        """Leave a finished response alone; the stock plugin would read its stream."""
        if isinstance(resp, FlaskResponse):
            return resp, None
        return super().validate_response(resp, resp_model, skip_validation, force_resp_serialize)


def _check_json(request: Request) -> None:
    if (request.content_length or 0) > MAX_JSON_BYTES:
        raise TooLarge(f"a JSON body may have {MAX_JSON_BYTES} bytes; send less", limit=MAX_JSON_BYTES)
    if not request.get_data():
        return
    if not request.is_json:
        raise UnsupportedMedia("send the body as application/json", field="Content-Type")
    try:
        body = request.get_json()
    except (BadRequest, RecursionError) as error:
        raise InvalidInput("the body is not valid JSON; correct it", field="body") from error
    if not isinstance(body, dict):
        raise InvalidInput("the body must be a JSON object, as {…}", field="body")


def _invalid(error: ValidationError) -> InvalidInput:
    problems = [
        {
            "field": ".".join(str(part) for part in each["loc"]) or "body",
            "message": each["msg"].removeprefix("Value error, "),
        }
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    sentence = "; ".join(f"{each['field']}: {each['message']}" for each in problems)
    return InvalidInput(sentence, field=problems[0]["field"], problems=problems)


def _complain(_request: Any, _response: Any, error: Exception | None, _instance: Any, _adapter: Any) -> None:
    if error is not None:
        raise error


spec = SpecTree(
    backend=StrictFlaskPlugin,
    after=_complain,
    validation_error_status=400,
    validation_error_model=Problem,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    title="Partflow",
    description="Electronic-parts inventory: photograph a bag of parts, get a finished entry.",
    version=VERSION,
    path="docs",
    filename="openapi.json",
    mode="strict",
    # Spectree's own pages load their scripts from a CDN.
    page_templates={},
    security_schemes=[SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    security={"token": []},
)


class Answers(Response):
    """What an endpoint answers, some of it as files."""

    files: Mapping[int, Sequence[str]] = MappingProxyType({})

    def generate_spec(self, naming_strategy: Any = str) -> dict[str, Any]:
        """Describe files as bytes of their media types; the stock response knows JSON only."""
        described: dict[str, Any] = super().generate_spec(naming_strategy)
        for status, media_types in self.files.items():
            content = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in media_types}
            described[str(status)]["content"] = content
        return described


def answers(*refusals: int, files: Mapping[int, Sequence[str]] | None = None, **models: type[Dto] | None) -> Answers:
    """Return what an endpoint answers: a DTO per status (`HTTP_200=PartOut`), files per status, and Problems."""
    problems = {f"HTTP_{status}": Problem for status in (400, 401, *refusals, 500, 503)}
    answer = Answers(**{**problems, **{f"HTTP_{status}": None for status in files or ()}, **models})
    answer.files = files or {}
    return answer
