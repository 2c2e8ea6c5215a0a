"""Questions that several tests ask."""

from pydantic import HttpUrl, SecretStr

from schemas.assistant import DatasheetQuestion, IdentifyQuestion, PartText, TagQuestion, TypeQuestion
from schemas.identification import CatalogueEntry
from schemas.markings import Markings, TextLine
from schemas.vocabulary import DEFAULT_TYPES, VOCABULARY
from settings.settings import OpenAISettings

PART = PartText(
    manufacturer_code="XQ1234-5",
    description="Low dropout voltage regulator",
    datasheet=("XQ1234 low dropout regulator", "an I2C interface"),
)
IDENTIFY = IdentifyQuestion(
    photo=b"\xff\xd8jpeg", markings=Markings(lines=(TextLine(text="XQ1234", confidence=0.9, height=0.1),))
)
DATASHEETS = DatasheetQuestion(
    manufacturer_code="XQ1234-5",
    catalogue=(
        CatalogueEntry(source="demo", manufacturer_code="XQ1234-5", datasheet_url="https://parts.example/c.pdf"),
    ),
    limit=3,
)
TAGS = TagQuestion(part=PART, vocabulary=VOCABULARY, limit=4)
TYPE = TypeQuestion(part=PART, types=DEFAULT_TYPES)


def openai_settings(base_url: str = "http://127.0.0.1:9/v1", timeout_seconds: float = 5) -> OpenAISettings:
    """Return settings with a key, for that address."""
    return OpenAISettings(
        api_key=SecretStr("sk-test-secret"),
        base_url=HttpUrl(base_url),
        vision_model="gpt-6.2-sol",
        search_model="gpt-6.2-sol",
        text_model="gpt-6-luna",
        timeout_seconds=timeout_seconds,
    )
