"""Settings of reorganisation."""

from typing import Annotated

from pydantic import Field

from settings.groups.base import Group


class ReorgSettings(Group):
    """Reorganisation plans."""

    plan_days: Annotated[float, Field(gt=0, le=3650)] = Field(
        14, description="Days that a plan can be applied; after that, the rest is planned again."
    )
