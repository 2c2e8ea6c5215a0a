"""Settings of the servers that Partflow uses, and of its own."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, FilePath, HttpUrl, SecretStr, field_validator

from settings.groups.base import Count, Group, HostNames, Megabytes, Seconds
from settings.groups.token import Token, read_token


class DatabaseSettings(Group):
    """PostgreSQL."""

    url: SecretStr = Field(
        SecretStr("postgresql+psycopg://localhost/partflow"),
        description="The address of PostgreSQL, such as postgresql+psycopg://user:password@host/name.",
    )
    pool_size: Count = Field(5, description="Connections that each process keeps open.")
    lock_seconds: Seconds = Field(
        5, description="Seconds that a statement waits for what another transaction holds; it is tried again later."
    )
    idle_seconds: Seconds = Field(
        300, description="Seconds that a transaction may stand still; then PostgreSQL ends it, and its locks are free."
    )

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
        Path(".partflow/broker"), description="The folder of the messages of filesystem://; all on one file system."
    )
    delivery_limit: Count = Field(
        20, description="Deliveries of one message before RabbitMQ makes it a dead letter; see docs/operations.md."
    )
    confirm_seconds: Seconds = Field(5, description="Seconds that RabbitMQ may take to confirm a message.")
    connect_seconds: Seconds = Field(1, description="Seconds that connecting to RabbitMQ may take.")

    @field_validator("url")
    @classmethod
    def _is_known(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("filesystem://", "amqp://", "amqps://")):
            raise ValueError("expected filesystem://, or an address that starts with amqp:// or amqps://")
        return value


class StoreKind(StrEnum):
    """The kind of storage for documents."""

    FOLDER = "folder"
    S3 = "s3"


class StoreSettings(Group):
    """Object storage."""

    kind: StoreKind = Field(StoreKind.FOLDER, description="folder or s3.")
    folder: Path = Field(Path(".partflow/objects"), description="The folder of the objects, when the kind is folder.")
    endpoint_url: HttpUrl | None = Field(None, description="The S3 endpoint, such as a Ceph RADOS Gateway.")
    region: str = Field("us-east-1", description="The S3 region; Ceph accepts any.")
    access_key: SecretStr | None = Field(None, description="The S3 access key.")
    secret_key: SecretStr | None = Field(None, description="The S3 secret key.")
    docs_bucket: str = Field("inventory-docs", description="The bucket for PDFs.")
    images_bucket: str = Field("inventory-images", description="The bucket for photos.")
    ca_file: FilePath | None = Field(
        None,
        description="A file of CA certificates (PEM) for an https endpoint that no public authority certifies.",
    )
    versioning: bool = Field(
        False,
        description="Whether S3 keeps old versions of objects, so that an administrator can restore a deleted one.",
    )
    connect_seconds: Seconds = Field(3, description="Seconds that connecting to S3 may take.")
    read_seconds: Seconds = Field(10, description="Seconds that S3 may be silent.")
    total_seconds: Seconds = Field(
        60,
        description="Seconds that one operation on S3 may take with all its attempts; of a read, only the waits count.",
    )
    max_attempts: Annotated[int, Field(ge=1, le=10)] = Field(
        3, description="Attempts of an S3 request before its operation fails."
    )


class ApiSettings(Group):
    """The HTTP server."""

    host: str = Field("127.0.0.1", description="The address to listen on; a public one needs a token.")
    port: Annotated[int, Field(ge=1, le=65_535)] = Field(8080, description="The port to listen on.")
    token: Token | None = Field(
        None, description="When set, every request needs 'Authorization: Bearer TOKEN'; at least 20 characters."
    )
    hosts: HostNames = Field(
        (),
        description="The names, such as parts.lab, by which users may reach the API, divided by commas; local names "
        "always count. Without any, a token that is set lets all names in.",
    )
    token_file: Path | None = Field(None, description="A file that holds the token, instead of PARTFLOW_API_TOKEN.")
    make_token: bool = Field(
        True,
        description="Whether up and demo, without a token, make one in their data folder; otherwise every account of "
        "this machine may read and change everything.",
    )
    cors_origin: Annotated[str, Field(pattern=r"^https?://[^/\s]+$")] | None = Field(
        None, description="The one origin from which a front end may call the API."
    )
    public_url: HttpUrl | None = Field(
        None, description="The address under which users reach the API, such as https://parts.lab; Flower links to it."
    )
    flower_url: HttpUrl | None = Field(
        None, description="The address under which operators reach Flower, with its path; runs have a link to it."
    )
    threads: Count = Field(
        8,
        description="The most quick requests served at the same time; each other kind of request has threads of its "
        "own.",
    )
    max_connections: Count = Field(
        1000,
        description="The most connections at the same time; over it, the client that waits longest is disconnected.",
    )
    header_seconds: Seconds = Field(10, description="Seconds that a client may take to send the headers of a request.")
    idle_seconds: Seconds = Field(30, description="Seconds that a connection stays open between two requests.")
    min_rate: Count = Field(
        1000,
        description="The least bytes per second, over 15 seconds, at which a client must send its body and take its "
        "answer.",
    )
    max_upload_mb: Megabytes = Field(256, description="Megabytes of the largest request body.")
    min_free_mb: Annotated[int, Field(ge=0)] = Field(
        200, description="Megabytes that stay free on the server's disks; photos and documents are refused before that."
    )
    max_photos: Count = Field(2000, description="The most photos in one request.")
    max_batch_mb: Megabytes = Field(8000, description="Megabytes of the largest request body of several photos.")
    look_seconds: Seconds = Field(
        5, description="Seconds that looking at an upload may take; a worker looks at what takes longer."
    )
    max_import_mb: Megabytes = Field(20, description="Megabytes of the largest file of parts to import.")
    max_import_rows: Count = Field(10_000, description="The most rows of a file of parts to import.")
    search_seconds: Seconds = Field(5, description="Seconds that one search may take.")

    def access_token(self) -> SecretStr | None:
        """Return the token, wherever it is kept; None when everybody who reaches the server may call.

        Raises:
            SettingsError: the file of the token cannot be read, or what it holds is no good token.
        """
        return self.token or (read_token(self.token_file) if self.token_file else None)
