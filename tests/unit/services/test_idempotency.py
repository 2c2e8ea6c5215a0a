"""Reading an Idempotency-Key."""

import pytest

from schemas.errors import InvalidInput
from services.idempotency import parse_key


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ('"8e03978e-40d5-43dd-bc93-6894a57f9324"', "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ('"order 7"', "order 7"),
        (r'"a \"b\" \\ c"', r'a "b" \ c'),
        (' "k" ', "k"),
    ],
)
def test_key_is_a_string_with_or_without_quotes(header: str, key: str) -> None:
    assert parse_key(header) == key


@pytest.mark.parametrize(
    "header", ["", '""', '"', '"open', 'open"', r'"\a"', "two words", "Ω", '"Ω"', "a\x7f", "x" * 256]
)
def test_malformed_key_is_refused(header: str) -> None:
    with pytest.raises(InvalidInput, match="is not valid; send 1 to 255"):
        parse_key(header)
