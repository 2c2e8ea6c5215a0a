"""Reading the environment and `.env` into one frozen object."""

from functools import cache
from pathlib import Path

from pydantic import Field, HttpUrl, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnparsableSetting

from settings.groups import (
    ApiSettings,
    AssistantSettings,
    BrokerSettings,
    DatabaseSettings,
    FetchSettings,
    ImageSettings,
    LogSettings,
    PdfSettings,
    PipelineSettings,
    Seconds,
    StoreSettings,
)

PREFIX = "PARTFLOW_"
_ENV_FILE = Path(__file__).resolve().parents[1] / ".env"


class OpenAISettings(BaseSettings):
    """OpenAI, under the names its own tools use."""

    model_config = SettingsConfigDict(
        env_prefix="OPENAI_", env_file=_ENV_FILE, env_ignore_empty=True, frozen=True, extra="ignore"
    )

    api_key: SecretStr | None = Field(None, description="The key; without one the local assistant answers.")
    base_url: HttpUrl = Field(HttpUrl("https://api.openai.com/v1"), description="Where the Responses API is.")
    vision_model: str = Field("gpt-6.2-sol", description="The model that looks at photos.")
    search_model: str = Field("gpt-6.2-sol", description="The model that searches the web for datasheets.")
    text_model: str = Field("gpt-6-luna", description="The model that tags and categorises.")
    timeout_seconds: Seconds = Field(60, description="How long one answer may take.")


class Settings(BaseSettings):
    """All settings: `PARTFLOW_DATABASE_URL` is `settings.database.url`, and so on."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=_ENV_FILE,
        env_ignore_empty=True,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        frozen=True,
        extra="ignore",
    )

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    broker: BrokerSettings = Field(default_factory=BrokerSettings)
    store: StoreSettings = Field(default_factory=StoreSettings)
    api: ApiSettings = Field(default_factory=ApiSettings)
    image: ImageSettings = Field(default_factory=ImageSettings)
    pdf: PdfSettings = Field(default_factory=PdfSettings)
    fetch: FetchSettings = Field(default_factory=FetchSettings)
    pipeline: PipelineSettings = Field(default_factory=PipelineSettings)
    assistant: AssistantSettings = Field(default_factory=AssistantSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    openai: OpenAISettings = Field(default_factory=OpenAISettings)

    @model_validator(mode="after")
    def _openai_has_a_key(self) -> "Settings":
        if self.assistant.kind == "openai" and not self.openai.api_key:
            raise ValueError("OPENAI_API_KEY: expected a key, because PARTFLOW_ASSISTANT_KIND is openai")
        return self


class SettingsError(Exception):
    """A setting is wrong; the message names the variable and what was expected, and never its value."""


@cache
def get_settings() -> Settings:
    """Read the settings once.

    Raises:
        SettingsError: a value is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None
    except UnparsableSetting as error:
        raise SettingsError(f"{error}; name one of its settings, as .env.example does") from None


def _explain(error: ValidationError) -> str:
    prefix = "OPENAI_" if error.title == OpenAISettings.__name__ else PREFIX
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        name = f"{prefix}{'_'.join(str(part) for part in problem['loc']).upper()}: " if problem["loc"] else ""
        lines.append(name + problem["msg"].removeprefix("Value error, "))
    return "\n".join(lines)
