"""The settings, a group per subject; each field's description is its line in `.env.example`."""

from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FilePath, HttpUrl, SecretStr, field_validator
from pydantic_settings import NoDecode

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Megabytes = Annotated[int, Field(ge=1, le=10_000)]


def _split(value: object) -> object:
    return tuple(filter(None, (word.strip() for word in value.split(",")))) if isinstance(value, str) else value


Endpoint = Annotated[str, Field(pattern=r"^(\d+(\.\d+){3}|\[[0-9a-fA-F:.]+\]):\d{1,5}$")]
Endpoints = Annotated[tuple[Endpoint, ...], NoDecode, BeforeValidator(_split)]

Sides = Annotated[
    tuple[Annotated[int, Field(ge=16, le=4096)], ...],
    NoDecode,
    BeforeValidator(_split),
    Field(min_length=1, max_length=8),
]


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Group(BaseModel):
    """A frozen group of settings."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class DatabaseSettings(Group):
    """PostgreSQL."""

    url: SecretStr = Field(
        SecretStr("postgresql+psycopg://localhost/partflow"),
        description="Where PostgreSQL is, as postgresql+psycopg://user:password@host/name.",
    )
    pool_size: Count = Field(5, description="Connections each process keeps open.")

    @field_validator("url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith("postgresql+psycopg://"):
            raise ValueError("expected an address that starts with postgresql+psycopg://")
        return value


class BrokerSettings(Group):
    """The message broker."""

    url: SecretStr = Field(
        SecretStr("filesystem://"),
        description="filesystem:// for one machine, or amqp://user:password@host:5672/vhost for RabbitMQ.",
    )
    folder: Path = Field(
        Path(".partflow/broker"), description="Where filesystem:// keeps its messages; all on one file system."
    )
    delivery_limit: Count = Field(
        20, description="Deliveries of one message before RabbitMQ makes it a dead letter; see docs/operations.md."
    )
    confirm_seconds: Seconds = Field(5, description="How long RabbitMQ may take to confirm a message.")
    connect_seconds: Seconds = Field(1, description="How long connecting to RabbitMQ may take.")

    @field_validator("url")
    @classmethod
    def _is_known(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("filesystem://", "amqp://", "amqps://")):
            raise ValueError("expected filesystem://, or an address that starts with amqp:// or amqps://")
        return value


class StoreKind(StrEnum):
    """Where documents are kept."""

    FOLDER = "folder"
    S3 = "s3"


class StoreSettings(Group):
    """Object storage."""

    kind: StoreKind = Field(StoreKind.FOLDER, description="folder or s3.")
    folder: Path = Field(Path(".partflow/objects"), description="The folder, when the kind is folder.")
    endpoint_url: HttpUrl | None = Field(None, description="The S3 endpoint, e.g. of a Ceph RADOS Gateway.")
    region: str = Field("us-east-1", description="The S3 region; Ceph takes any.")
    access_key: SecretStr | None = Field(None, description="The S3 access key.")
    secret_key: SecretStr | None = Field(None, description="The S3 secret key.")
    docs_bucket: str = Field("inventory-docs", description="The bucket for PDFs.")
    images_bucket: str = Field("inventory-images", description="The bucket for photos.")
    ca_file: FilePath | None = Field(
        None,
        description="The certificates (PEM) that an https endpoint is trusted by, when no public authority knows it.",
    )
    versioning: bool = Field(
        False, description="Whether S3 keeps old versions of its objects, so that a deleted one can be brought back."
    )
    connect_seconds: Seconds = Field(3, description="How long connecting to S3 may take.")
    read_seconds: Seconds = Field(10, description="How long S3 may be silent.")
    total_seconds: Seconds = Field(
        60, description="How long one operation on S3 may take with all its attempts; a read, how long it may wait."
    )
    max_attempts: Annotated[int, Field(ge=1, le=10)] = Field(
        3, description="Attempts of an S3 request before its operation fails."
    )
    garbage_seconds: Seconds = Field(3600, description="How often bytes that nothing refers to are looked for.")
    garbage_grace_hours: Annotated[float, Field(gt=0, le=10_000)] = Field(
        168, description="How long bytes are kept that nothing refers to any more; a run refers to its own as long."
    )
    garbage_batch: Count = Field(1000, description="Objects that are deleted at most in one look.")


class ApiSettings(Group):
    """The HTTP server."""

    host: str = Field("127.0.0.1", description="The address to listen on; a public one needs PARTFLOW_API_TOKEN.")
    port: Annotated[int, Field(ge=1, le=65_535)] = Field(8080, description="The port to listen on.")
    token: SecretStr | None = Field(None, description="When set, every request needs 'Authorization: Bearer TOKEN'.")
    cors_origin: Annotated[str, Field(pattern=r"^https?://[^/\s]+$")] | None = Field(
        None, description="The one origin a front end may call from."
    )
    threads: Count = Field(8, description="Requests served at the same time.")
    max_upload_mb: Megabytes = Field(256, description="The largest request body.")
    max_photos: Count = Field(2000, description="Photos in one request.")
    max_batch_mb: Megabytes = Field(8000, description="The largest request body of many photos.")
    max_import_mb: Megabytes = Field(20, description="The largest file of parts that is imported.")
    max_import_rows: Count = Field(10_000, description="Rows of a file of parts that is imported.")
    keep_keys_days: Count = Field(30, description="How long an Idempotency-Key is remembered.")


class ImageSettings(Group):
    """Limits for reading photos."""

    max_megapixels: Count = Field(60, description="The largest photo that is decoded.")
    max_side: Count = Field(3000, description="Pixels of the longer side of the copy that is read.")
    timeout_seconds: Seconds = Field(20, description="How long decoding one photo may take.")
    memory_mb: Megabytes = Field(1024, description="Memory that decoding one photo may take.")
    thumbnail_sides: Sides = Field((128, 512), description="Pixels of the longer side of the thumbnails, as 128,512.")


class PdfSettings(Group):
    """Limits for reading PDFs."""

    max_pages: Count = Field(2000, description="Pages a document may have.")
    max_read_pages: Count = Field(600, description="Pages whose text is kept for search.")
    timeout_seconds: Seconds = Field(40, description="How long reading one PDF may take.")
    memory_mb: Megabytes = Field(1024, description="Memory that reading one PDF may take.")


class FetchSettings(Group):
    """Limits for fetching what a model, a catalogue or a user proposes."""

    connect_seconds: Seconds = Field(5, description="How long connecting may take.")
    read_seconds: Seconds = Field(15, description="How long the other side may be silent.")
    total_seconds: Seconds = Field(60, description="How long one fetch may take with all its redirects.")
    max_mb: Megabytes = Field(50, description="The largest file that is fetched.")
    max_redirects: Annotated[int, Field(ge=0, le=20)] = Field(5, description="Redirects that are followed.")
    allow_http: bool = Field(True, description="Whether plain http is allowed beside https.")
    allowed_addresses: Endpoints = Field(
        (), description="Private addresses that may be fetched from all the same, as 127.0.0.1:8000,10.0.0.5:80."
    )
    max_per_host: Count = Field(4, description="Fetches from one host at a time, by all workers together.")
    user_agent: str = Field("Partflow/0.1 (electronic-parts inventory)", description="The name that fetches give.")


class PipelineSettings(Group):
    """How runs are carried out."""

    max_datasheet_candidates: Annotated[int, Field(ge=1, le=20)] = Field(
        5, description="Datasheet candidates that are fetched and judged per part."
    )
    lease_seconds: Seconds = Field(30, description="How long a step is its worker's without a heartbeat.")
    reconcile_seconds: Seconds = Field(10, description="How often lost work is looked for.")
    prepare_seconds: Seconds = Field(20, description="How often documents without thumbnails are looked for.")
    stall_seconds: Seconds = Field(45, description="How long a run may stand still before it is sent again.")
    reconcile_batch: Count = Field(200, description="Runs that are sent again at most in one look.")
    deadline_seconds: Seconds = Field(
        3600, description="How long a run may be worked on before it is failed; waiting does not count."
    )
    stop_seconds: Seconds = Field(
        5, description="How long a worker that has to stop goes on with its steps before it hands them back."
    )
    max_attempts: Annotated[int, Field(ge=1, le=20)] = Field(4, description="Attempts of a step before it gives up.")
    heal_seconds: Seconds = Field(
        900, description="How soon a run that lacks something is tried again by itself; four times later each time."
    )
    heal_times: Annotated[int, Field(ge=0, le=10)] = Field(
        4, description="How often a run that lacks something is tried again by itself."
    )
    bulk_window: Count = Field(24, description="Runs of batches that are with the workers at a time.")
    interactive_photos: Count = Field(
        10, description="Photos in one request that a person waits for; the runs of more of them are bulk work."
    )
    keep_days: Count = Field(180, description="How long ended runs are kept; what they found stays for ever.")
    accept_confidence: Annotated[float, Field(ge=0, le=1)] = Field(
        0.85, description="How sure the machine must be to set a part number itself; below, it only proposes."
    )
    accept_words_confidence: Annotated[float, Field(ge=0, le=1)] = Field(
        0.6, description="How sure the machine must be to set tags and type itself; below, it only proposes."
    )
    max_tags: Annotated[int, Field(ge=1, le=50)] = Field(8, description="Tags that are put on a part.")


class AssistantSettings(Group):
    """Which assistant answers."""

    kind: Literal["auto", "local", "openai"] = Field(
        "auto", description="auto takes openai when OPENAI_API_KEY is set, else local."
    )
    max_calls: Count = Field(8, description="Questions to one model at a time, by all workers together.")
    daily_budget_usd: Annotated[float, Field(ge=0)] = Field(
        5.0, description="What models may cost a day; over it, steps leave a gap named budget."
    )
    suggest_seconds: Seconds = Field(20, description="How long a person waits for an answer to /ai/suggest.")


class Stage(StrEnum):
    """What an installation is for."""

    PRODUCTION = "production"
    TEST = "test"


class DeploymentSettings(Group):
    """The installation."""

    stage: Stage = Field(Stage.PRODUCTION, description="production, or test, where faults may be injected.")


class FaultSettings(Group):
    """Faults on purpose, for tests."""

    folder: Path | None = Field(
        None, description="A process that comes to a fault point whose name is a file in here deletes it and dies."
    )


class LogSettings(Group):
    """Logs, on standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="The least severe that is shown.")
    json_lines: bool = Field(False, description="One JSON object a line instead of text.")
