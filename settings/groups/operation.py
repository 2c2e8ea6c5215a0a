"""Settings of the installation as a whole."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, HttpUrl

from settings.groups.base import Group


class LogSettings(Group):
    """Logs, on standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="The least severe level to log.")
    json_lines: bool = Field(False, description="Whether to log one JSON object per line instead of text.")


class MetricsSettings(Group):
    """Metrics of the workers; those of the API are at its /metrics."""

    port: Annotated[int, Field(ge=1, le=65_535)] | None = Field(
        None,
        description="The port at which a worker serves the metrics of its processes; it needs "
        "PROMETHEUS_MULTIPROC_DIR, a folder of its own. Without a port none are served.",
    )
    host: str = Field(
        "127.0.0.1", description="The address of that port. It asks for no token, so let only Prometheus reach it."
    )


class TracesSettings(Group):
    """Traces of OpenTelemetry."""

    endpoint: HttpUrl | None = Field(
        None,
        description="Where to send traces, by OTLP over HTTP, such as http://collector:4318/v1/traces; it needs the "
        "extra traces. Without an endpoint none are made.",
    )


class Stage(StrEnum):
    """The purpose of an installation."""

    PRODUCTION = "production"
    TEST = "test"


class DeploymentSettings(Group):
    """The installation."""

    stage: Stage = Field(Stage.PRODUCTION, description="production or test; only test allows injected faults.")


class SandboxSettings(Group):
    """The walls around the parsers of files."""

    require: Literal["all", "none"] = Field(
        "none",
        description="all or none; all: what this system does not let build all walls around is not parsed. "
        "./partflow doctor shows them.",
    )


class AuditSettings(Group):
    """The audit of the dependencies; only ./partflow audit reads it."""

    source: HttpUrl = Field(
        HttpUrl("https://api.osv.dev"), description="The source of advisories, which answers as https://osv.dev does."
    )


class FaultSettings(Group):
    """Injected faults, for tests."""

    folder: Path | None = Field(
        None,
        description="The folder of faults: a process at a fault point whose name is a file here deletes it and dies.",
    )
