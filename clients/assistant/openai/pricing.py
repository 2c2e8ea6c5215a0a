"""OpenAI's prices, as published in November 2026: standard rates, up to 272,000 input tokens."""

from typing import Final, NamedTuple

_MILLION: Final = 1_000_000


class Price(NamedTuple):
    """Prices in US dollars for a million tokens."""

    fresh_input: float
    cached_input: float
    output: float


PRICES: Final = {
    "gpt-6.2-astra": Price(8.00, 0.40, 40.00),
    "gpt-6.2-sol": Price(2.00, 0.10, 10.00),
    "gpt-6.1-sol": Price(2.00, 0.10, 10.00),
    "gpt-6.1-terra": Price(1.00, 0.05, 5.00),
    "gpt-6-astra": Price(10.00, 1.00, 50.00),
    "gpt-6-sol": Price(2.00, 0.20, 10.00),
    "gpt-6-luna": Price(0.10, 0.01, 0.50),
    "gpt-5.6-sol": Price(4.00, 0.40, 20.00),
    "gpt-5.6-terra": Price(2.00, 0.20, 12.00),
    "gpt-5.6-luna": Price(0.20, 0.02, 1.20),
    "gpt-5.5": Price(5.00, 0.50, 30.00),
    "gpt-5.4": Price(2.50, 0.25, 15.00),
    "gpt-5.4-mini": Price(0.75, 0.075, 4.50),
    "gpt-5.4-nano": Price(0.20, 0.02, 1.25),
    "gpt-5.2": Price(1.75, 0.175, 14.00),
    "gpt-5.1": Price(1.25, 0.125, 10.00),
    "gpt-5": Price(1.25, 0.125, 10.00),
    "gpt-5-mini": Price(0.25, 0.025, 2.00),
    "gpt-5-nano": Price(0.05, 0.005, 0.40),
}
"""Prices by the model's name; the name of a dated snapshot begins with it."""

WEB_SEARCH_USD: Final = 0.01
"""One search by the web search tool, at ten dollars a thousand; its results are billed as input tokens."""


def cost_usd(model: str, *, input_tokens: int, cached_tokens: int, output_tokens: int, searches: int = 0) -> float:
    """Return the cost of a call; the tokens of a model without a known price count as 0.0."""
    price = _price_of(model)
    tokens = (
        (input_tokens - cached_tokens) * price.fresh_input
        + cached_tokens * price.cached_input
        + output_tokens * price.output
    )
    return round(tokens / _MILLION + searches * WEB_SEARCH_USD, 6)


def _price_of(model: str) -> Price:
    names = [name for name in PRICES if model == name or model.startswith(f"{name}-2")]
    return PRICES[max(names, key=len)] if names else Price(0, 0, 0)
