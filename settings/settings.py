"""Reading the environment and `.env` into one frozen object."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, Field, HttpUrl, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnparsableSetting

from settings.env_file import refuse_foreign
from settings.errors import SettingsError
from settings.groups import (
    ApiSettings,
    AssistantSettings,
    AuditSettings,
    BrokerSettings,
    DatabaseSettings,
    DeploymentSettings,
    EngineSettings,
    FaultSettings,
    FetchSettings,
    ImageSettings,
    IntakeSettings,
    LogSettings,
    MetricsSettings,
    OcrSettings,
    PdfSettings,
    RefreshSettings,
    ReorgSettings,
    RetagSettings,
    RetentionSettings,
    SandboxSettings,
    Seconds,
    Stage,
    StoreSettings,
    TracesSettings,
)

PREFIX = "PARTFLOW_"
_NOT_SETTINGS = {"PARTFLOW_PG_BIN", "PARTFLOW_VENV"}
"The embedded stack and the launcher read these, before there are settings."
_HOME = Path(__file__).resolve().parents[1]
_ENV_FILE = (_HOME if (_HOME / "pyproject.toml").exists() else Path.cwd()) / ".env"


class OpenAISettings(BaseSettings):
    """OpenAI, under the names that its own tools use."""

    model_config = SettingsConfigDict(
        env_prefix="OPENAI_", env_file=_ENV_FILE, env_ignore_empty=True, frozen=True, extra="ignore"
    )

    api_key: SecretStr | None = Field(None, description="The API key; without one the local assistant answers.")
    base_url: HttpUrl = Field(HttpUrl("https://api.openai.com/v1"), description="The address of the Responses API.")
    vision_model: str = Field("gpt-6.2-sol", description="The model that identifies parts on photos.")
    search_model: str = Field("gpt-6.2-sol", description="The model that searches the web for datasheets.")
    text_model: str = Field("gpt-6-luna", description="The model that suggests tags and types.")
    timeout_seconds: Seconds = Field(60, description="Seconds that one answer may take.")


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
    ocr: OcrSettings = Field(default_factory=OcrSettings)
    pdf: PdfSettings = Field(default_factory=PdfSettings)
    sandbox: SandboxSettings = Field(default_factory=SandboxSettings)
    fetch: FetchSettings = Field(default_factory=FetchSettings)
    engine: EngineSettings = Field(default_factory=EngineSettings)
    intake: IntakeSettings = Field(default_factory=IntakeSettings)
    assistant: AssistantSettings = Field(default_factory=AssistantSettings)
    reorg: ReorgSettings = Field(default_factory=ReorgSettings)
    refresh: RefreshSettings = Field(default_factory=RefreshSettings)
    retag: RetagSettings = Field(default_factory=RetagSettings)
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    metrics: MetricsSettings = Field(default_factory=MetricsSettings)
    traces: TracesSettings = Field(default_factory=TracesSettings)
    deployment: DeploymentSettings = Field(default_factory=DeploymentSettings)
    audit: AuditSettings = Field(default_factory=AuditSettings)
    fault: FaultSettings = Field(default_factory=FaultSettings)
    openai: OpenAISettings = Field(default_factory=OpenAISettings)

    @model_validator(mode="after")
    def _openai_has_a_key(self) -> "Settings":
        if self.assistant.kind == "openai" and not self.openai.api_key:
            raise ValueError("OPENAI_API_KEY: expected a key, because PARTFLOW_ASSISTANT_KIND is openai")
        return self

    @model_validator(mode="after")
    def _steps_give_up_before_their_messages(self) -> "Settings":
        if self.broker.delivery_limit <= self.engine.max_attempts:
            raise ValueError(
                "PARTFLOW_BROKER_DELIVERY_LIMIT: expected more than PARTFLOW_ENGINE_MAX_ATTEMPTS, "
                f"which is {self.engine.max_attempts}"
            )
        return self

    @model_validator(mode="after")
    def _production_has_no_faults(self) -> "Settings":
        if self.fault.folder and self.deployment.stage == Stage.PRODUCTION:
            raise ValueError("PARTFLOW_FAULT_FOLDER: expected none, because PARTFLOW_DEPLOYMENT_STAGE is production")
        return self


@cache
def get_settings() -> Settings:
    """Read the settings once, and return them.

    Raises:
        SettingsError: a value is wrong, or others could change it.
    """
    refuse_foreign(_ENV_FILE)
    _refuse_unknown(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None
    except UnparsableSetting as error:
        raise SettingsError(f"{error}; name one of its settings, as .env.example does") from None


def use_settings(values: Mapping[str, str]) -> Settings:
    """Put variables into the environment of this process, and return the settings that come of it.

    Raises:
        SettingsError: a value is wrong.
    """
    os.environ.update(values)
    get_settings.cache_clear()
    return get_settings()


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """Refuse unknown names with our prefix, because a misspelt setting would silently have no effect."""
    known = {name.upper(): field.annotation for name, field in Settings.model_fields.items()}
    for name in environment:
        group, _, setting = name.removeprefix(PREFIX).partition("_")
        kind = known.get(group)
        if not name.startswith(PREFIX) or name in _NOT_SETTINGS or group == "OPENAI":
            continue
        if not (
            isinstance(kind, type)
            and issubclass(kind, BaseModel)
            and (setting.lower() in kind.model_fields or not setting)
        ):
            raise SettingsError(f"{name} is not a setting; correct the name, or see .env.example for all of them")


def _explain(error: ValidationError) -> str:
    prefix = "OPENAI_" if error.title == OpenAISettings.__name__ else PREFIX
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        words = [part for part in problem["loc"] if isinstance(part, str)]
        name = f"{prefix}{'_'.join(words).upper()}: " if words else ""
        lines.append(name + problem["msg"].removeprefix("Value error, "))
    return "\n".join(lines)
