"""Validation of requests and the OpenAPI document, both from the same DTOs."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, cast

from flask import Request
from flask import Response as FlaskResponse
from pydantic import TypeAdapter, ValidationError
from spectree import Response, SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData
from spectree.plugins.flask_plugin import FlaskPlugin

from api.http.wording import wording
from schemas.base import Dto
from schemas.errors import InvalidInput, UnsupportedMedia
from schemas.id4 import PartKey
from schemas.problem import Problem
from schemas.slot import Slot
from schemas.storable import UNSTORABLE
from schemas.tag import TagWord
from schemas.type import TypeName

VERSION = "0.1.0"


class StrictFlaskPlugin(FlaskPlugin):
    """Spectree for Flask, but a body must be what it says it is, and what streams is not read into memory."""

    def request_validation(
        self, request: Request, query: Any, json: Any, form: Any, headers: Any, cookies: Any
    ) -> None:
        """Read JSON as the document has it; the stock plugin takes broken JSON for an empty object."""
        is_form = request.mimetype == "multipart/form-data"
        as_json = json is not None and not (form and is_form)
        if as_json:
            _check_json(request)
        elif form and not is_form:
            raise UnsupportedMedia("send the body as multipart/form-data", field="Content-Type")
        try:
            super().request_validation(request, query, None, form, headers, cookies)  # type: ignore[no-untyped-call]  # spectree has no types here
            if as_json:
                # Strict: text is not a number, and 0 is not false, as the document says.
                body = json.model_validate_json(request.get_data() or b"{}", strict=True)
                cast(Any, request).context = cast(Any, request).context._replace(json=body)
        except ValidationError as error:
            raise _invalid(error) from error
        _check_texts(request)

    def validate_response(
        self, resp: Any, resp_model: Response | None, skip_validation: bool, force_resp_serialize: bool
    ) -> Any:
        """Leave a finished response alone; the stock plugin would read its stream."""
        if isinstance(resp, FlaskResponse):
            return resp, None
        return super().validate_response(resp, resp_model, skip_validation, force_resp_serialize)

    def parse_path(
        self, route: Mapping[str, str] | None, path_parameter_descriptions: Mapping[str, str] | None
    ) -> tuple[str, list[dict[str, Any]]]:
        """Describe the words of an address as the DTOs do; the stock plugin knows that they are text."""
        path, parameters = super().parse_path(route, path_parameter_descriptions)
        for each in parameters:
            each["schema"] = _path_words().get(each["name"], each["schema"])
        return path, parameters


@cache
def _path_words() -> dict[str, dict[str, Any]]:
    words: dict[str, Any] = {"id4": PartKey, "slot": Slot, "name": TypeName, "tag": TagWord, "synonym": TagWord}
    return {name: TypeAdapter(word).json_schema() for name, word in words.items()}


def _check_json(request: Request) -> None:
    if request.get_data() and not request.is_json:
        raise UnsupportedMedia("send the body as application/json", field="Content-Type")


def _check_texts(request: Request) -> None:
    context = cast(Any, request).context
    for given in (context.query, context.json, context.form):
        for field, text in _texts(given.model_dump() if given else {}):
            if UNSTORABLE.search(text.replace("\r\n", "\n")):
                raise InvalidInput(
                    f"{field}: control characters other than tabs and line breaks are not stored; leave them out",
                    field=field,
                )


def _texts(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield ".".join(path), value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(each, (*path, str(key)))
    elif isinstance(value, Sequence):
        for number, each in enumerate(value):
            yield from _texts(each, (*path, str(number)))


def _invalid(error: ValidationError) -> InvalidInput:
    problems = [
        {"field": ".".join(str(part) for part in each["loc"]) or "body", "message": wording(each)}
        for each in error.errors(include_url=False, include_input=False)
    ]
    sentence = "; ".join(f"{each['field']}: {each['message']}" for each in problems)
    return InvalidInput(sentence, field=problems[0]["field"], problems=problems)


def _complain(_request: Any, _response: Any, error: Exception | None, _instance: Any, _adapter: Any) -> None:
    if error is not None:
        raise error


class OpenApiDocument(SpecTree):
    """The OpenAPI document, in which a body may be left out when nothing in it is needed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._described: dict[str, str] = {}

    def _add_model(self, model: Any, mode: Any = "validation") -> str:
        """Describe a model once; the stock method does so for every endpoint, and the API starts a second later."""
        name: str = self.naming_strategy(model)
        if self._described.get(name) != mode:
            super()._add_model(model, mode)
            self._described[name] = mode
        return name

    def _generate_spec(self) -> dict[str, Any]:
        document: dict[str, Any] = super()._generate_spec()
        schemas = document["components"]["schemas"]
        operations = (operation for path in document["paths"].values() for operation in path.values())
        for body in (each["requestBody"] for each in operations if "requestBody" in each):
            names = (content["schema"]["$ref"].rpartition("/")[-1] for content in body["content"].values())
            body["required"] = any({"required", "minProperties"} & schemas[name].keys() for name in names)
        return document


spec = OpenApiDocument(
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
    problems = {f"HTTP_{status}": Problem for status in (400, 401, 403, *refusals, 429, 500, 503)}
    answer = Answers(**{**problems, **{f"HTTP_{status}": None for status in files or ()}, **models})
    answer.files = files or {}
    return answer
