"""Settings of the installation as a whole."""

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field

from settings.groups.base import Group


class LogSettings(Group):
    """Logs, on standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="The least severe that is shown.")
    json_lines: bool = Field(False, description="One JSON object a line instead of text.")


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
