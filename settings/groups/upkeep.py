"""Settings of what is done again and again with parts that are there."""

from typing import Annotated, Literal

from pydantic import Field

from settings.groups.base import Count, Group, Seconds

_Days = Annotated[float, Field(ge=0, le=10_000)]


class RefreshSettings(Group):
    """Refreshing of datasheets."""

    age_days: _Days = Field(90, description="Days until the addresses of a part's datasheet are asked again.")
    jitter_days: _Days = Field(
        30, description="The most days by which a part is asked later than that, so that not all are due in one night."
    )
    max_per_day: Count = Field(200, description="The most parts that are refreshed in a day (UTC), the oldest first.")
    max_sources: Annotated[int, Field(ge=1, le=20)] = Field(
        3, description="The most addresses to ask for one part, one after the other until one has a datasheet."
    )
    host_seconds: Seconds = Field(
        2, description="Seconds between two requests of refreshes to one host, by all workers together."
    )
    adopt: Literal["propose", "adopt"] = Field(
        "propose",
        description="propose or adopt; adopt: a later datasheet becomes the part's datasheet by itself, unless a "
        "person chose that.",
    )


class RetagSettings(Group):
    """Tagging parts again."""

    max_per_day: Count = Field(200, description="The most parts that are tagged again in a day (UTC), oldest first.")
