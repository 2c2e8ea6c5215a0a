"""One call to the Responses API: the request, its cost, and its failures as errors of ours."""

from typing import Final, NamedTuple

import openai
from openai.types.responses import Response, ResponseInputParam, WebSearchToolParam
from pydantic import BaseModel, ValidationError

from clients.assistant.openai.pricing import cost_usd
from clients.assistant.openai.prompt import prompt_text
from clients.web.retry_after import retry_after
from observability.traces import span
from schemas.assistant import Usage
from schemas.errors import Permanent, StepError, Transient

_NEVER_SOON: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


class Reply[T](NamedTuple):
    """The content of a model's answer, and its cost."""

    content: T
    usage: Usage


def ask[T: BaseModel](
    client: openai.OpenAI,
    shape: type[T],
    *,
    model: str,
    prompt_version: str,
    question: ResponseInputParam,
    search: bool = False,
) -> Reply[T]:
    """Ask a reasoning model for an answer of a given shape.

    Raises:
        Transient: rate_limited, model_unavailable, timeout or bad_answer.
        Permanent: model_refused.
    """
    tools: list[WebSearchToolParam] = [{"type": "web_search"}] if search else []
    try:
        with span("model", "client", model=model, prompt=prompt_version):
            response = client.responses.parse(
                text_format=shape,
                parse_as=None,
                model=model,
                instructions=prompt_text(prompt_version),
                input=question,
                reasoning={"effort": "low"},
                store=False,
                tools=tools,
            )
        return Reply(_read(response, shape), _usage(response, prompt_version))
    except openai.APIError as error:
        raise _failure(error) from error
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # The SDK does not check the shape of a response, so a malformed body can break it, or this code, anywhere.
        raise Transient(
            "bad_answer", f"the model's service sent a malformed response: {type(error).__name__}"
        ) from error


def _usage(response: Response, prompt_version: str) -> Usage:
    """Return the cost of a call, at the price of the model that answered."""
    usage = response.usage
    details = usage.input_tokens_details if usage else None
    cached = (details.cached_tokens or 0) if details else 0
    input_tokens, output_tokens = (usage.input_tokens, usage.output_tokens) if usage else (0, 0)
    cost = cost_usd(
        response.model,
        input_tokens=input_tokens,
        cached_tokens=max(0, min(cached, input_tokens)),
        output_tokens=output_tokens,
        searches=sum(item.type == "web_search_call" and item.action.type == "search" for item in response.output),
    )
    return Usage(
        model=response.model,
        prompt_version=prompt_version,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cost_usd=cost,
    )


def _read[T: BaseModel](response: Response, shape: type[T]) -> T:
    contents = [content for item in response.output if item.type == "message" for content in item.content]
    if any(content.type == "refusal" for content in contents):
        raise Permanent("model_refused", "the model refused to answer")
    if response.error is not None:
        raise _failed(response.error.code)
    if response.incomplete_details is not None and response.incomplete_details.reason == "content_filter":
        raise Permanent("model_refused", "the model's content filter stopped the answer")
    try:
        return shape.model_validate_json(response.output_text)
    except ValidationError as error:
        raise Transient(
            "bad_answer", f"the model's answer breaks its schema in {error.error_count()} places"
        ) from error


def _failed(code: str) -> StepError:
    match code:
        case "rate_limit_exceeded":
            return Transient("rate_limited", "the model's service limits the rate of requests")
        case "server_error":
            return Transient("model_unavailable", "the model's service failed")
    return Permanent("model_refused", f"the model's service refused the request: {code}")


def _failure(error: openai.APIError) -> StepError:
    """Return our error for the SDK's, without its message, which may quote the key or the question."""
    match error:
        case openai.APITimeoutError():
            return Transient("timeout", "the model did not answer in time")
        case openai.APIConnectionError():
            return Transient("model_unavailable", "the model's service cannot be reached")
        case openai.RateLimitError() if error.code not in _NEVER_SOON:
            wait = retry_after(error.response.headers.get("retry-after"))
            return Transient("rate_limited", "the model's service limits the rate of requests", wait)
        case openai.APIStatusError() if error.status_code in {408, 409} or error.status_code >= 500:
            wait = retry_after(error.response.headers.get("retry-after"))
            return Transient("model_unavailable", f"the model's service failed with {error.status_code}", wait)
        case openai.APIStatusError():
            return Permanent("model_refused", f"the model's service refused the request with {error.status_code}")
    return Transient("bad_answer", "the model's service sent a malformed response")
