"""The assistant that asks OpenAI: vision, web search and text through the Responses API."""

import base64
import json
from typing import Final

import httpx2
import openai
from openai.types.responses import ResponseInputContentParam
from pydantic import BaseModel, JsonValue

from clients.assistant.base import Answered, Job
from clients.assistant.leads import catalogue_leads
from clients.assistant.openai.cleaning import clean_datasheets, clean_parts, clean_tags, clean_type
from clients.assistant.openai.prompt import VERSIONS
from clients.assistant.openai.responses import Reply, ask
from clients.assistant.openai.wire import WireDatasheets, WireParts, WireTags, WireType
from schemas.assistant import (
    DatasheetAnswer,
    DatasheetQuestion,
    IdentifyAnswer,
    IdentifyQuestion,
    PartText,
    TagAnswer,
    TagQuestion,
    TypeAnswer,
    TypeQuestion,
)
from schemas.base import Dto
from settings.settings import OpenAISettings

_MOST_PAGES: Final = 4
_PAGE_LENGTH: Final = 6000
_SAFE: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e"})


class OpenAIAssistant:
    """Answers with the models that the settings name; they must be reasoning models with structured outputs.

    It does not retry, because the ledger does, within the budget. `http_client` replaces the network in tests.
    """

    name = "openai"

    def __init__(self, settings: OpenAISettings, *, http_client: httpx2.Client | None = None) -> None:
        key = settings.api_key.get_secret_value() if settings.api_key else ""
        self._client = openai.OpenAI(
            api_key=key,
            base_url=str(settings.base_url),
            timeout=settings.timeout_seconds,
            max_retries=0,
            http_client=http_client,
        )
        self._models = {
            Job.IDENTIFY: settings.vision_model,
            Job.FIND_DATASHEETS: settings.search_model,
            Job.SUGGEST_TAGS: settings.text_model,
            Job.SUGGEST_TYPE: settings.text_model,
        }

    def version(self, job: Job) -> str:
        """Return the model and the version of the prompt."""
        return f"{self._models[job]}/{VERSIONS[job]}"

    def identify(self, question: IdentifyQuestion) -> Answered[IdentifyAnswer]:
        """Identify the parts on the photo, given its markings."""
        data = _data(question, exclude={"photo"})
        reply = self._ask(Job.IDENTIFY, WireParts, [data, *_image(question.photo)])
        return Answered(clean_parts(reply.content, reply.usage.model), reply.usage)

    def find_datasheets(self, question: DatasheetQuestion) -> Answered[DatasheetAnswer]:
        """Search the web; the catalogue's addresses follow the model's."""
        reply = self._ask(Job.FIND_DATASHEETS, WireDatasheets, [_data(question)])
        known = catalogue_leads(question)
        return Answered(clean_datasheets(reply.content, question, model=reply.usage.model, known=known), reply.usage)

    def suggest_tags(self, question: TagQuestion) -> Answered[TagAnswer]:
        """Choose tags by the texts about the part."""
        shown = question.model_copy(update={"part": _shortened(question.part)})
        reply = self._ask(Job.SUGGEST_TAGS, WireTags, [_data(shown)])
        return Answered(clean_tags(reply.content, question, reply.usage.model), reply.usage)

    def suggest_type(self, question: TypeQuestion) -> Answered[TypeAnswer]:
        """Choose the type by the texts about the part."""
        shown = question.model_copy(update={"part": _shortened(question.part)})
        reply = self._ask(Job.SUGGEST_TYPE, WireType, [_data(shown)])
        return Answered(clean_type(reply.content, question, reply.usage.model), reply.usage)

    def _ask[T: BaseModel](self, job: Job, shape: type[T], content: list[ResponseInputContentParam]) -> Reply[T]:
        return ask(
            self._client,
            shape,
            model=self._models[job],
            prompt_version=VERSIONS[job],
            question=[{"role": "user", "content": content}],
            search=job is Job.FIND_DATASHEETS,
        )


def _data(question: Dto, exclude: set[str] | None = None) -> ResponseInputContentParam:
    """Return the question as a data block; its angle brackets are escaped, so that no text in it can end the block."""
    fields: JsonValue = question.model_dump(mode="json", exclude=exclude, exclude_none=True)
    text = json.dumps(fields, ensure_ascii=False).translate(_SAFE)
    return {"type": "input_text", "text": f"<data>\n{text}\n</data>"}


def _image(photo: bytes | None) -> list[ResponseInputContentParam]:
    if photo is None:
        return []
    url = f"data:image/jpeg;base64,{base64.b64encode(photo).decode('ascii')}"
    return [{"type": "input_image", "image_url": url, "detail": "high"}]


def _shortened(part: PartText) -> PartText:
    return part.model_copy(update={"datasheet": tuple(page[:_PAGE_LENGTH] for page in part.datasheet[:_MOST_PAGES])})
