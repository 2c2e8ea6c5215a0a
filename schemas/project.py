"""Projects and their requirements."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, model_validator

from schemas.base import Dto
from schemas.id4 import PartKey
from schemas.text import Line, Text

MAX_BUILDS: Final = 1000
MAX_PROJECT_NAME: Final = 100
MAX_PER_BUILD: Final = 1_000_000

ProjectName = Annotated[Line, Field(max_length=MAX_PROJECT_NAME)]
Builds = Annotated[int, Field(ge=1, le=MAX_BUILDS)]
PlannedBuilds = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_BUILDS,
        description="The number of builds that are planned and not done yet. An active project reserves the parts for "
        "them; each finished build lowers the number by one.",
    ),
]
PerBuild = Annotated[int, Field(ge=1, le=MAX_PER_BUILD, description="The quantity that one build needs.")]
Designators = Annotated[Text, Field(description="The places on the board, such as R1, R2, R7.")]
Placeholder = Annotated[Line, Field(description="A text for a part that is not in the inventory yet.")]


class ProjectState(StrEnum):
    """The state of a project; an archived one reserves nothing and cannot be built."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class NewProject(Dto):
    """A project to add."""

    name: ProjectName
    description: Text | None = None
    builds: PlannedBuilds = 1


class ProjectPatch(Dto):
    """The fields of a project to change: a field that is left out keeps its value; null clears the description."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    name: ProjectName | None = None
    description: Text | None = None
    state: ProjectState | None = None
    builds: PlannedBuilds | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("the request changes nothing; give at least one of name, description, state and builds")
        return self


class NewRequirement(Dto):
    """A line to add to a project: a part, or a placeholder for one that is not in the inventory yet."""

    part: PartKey | None = None
    placeholder: Placeholder | None = None
    quantity: PerBuild
    designators: Designators | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.part is None) == (self.placeholder is None):
            raise ValueError("give either a part or a placeholder")
        return self


class NewRequirements(Dto):
    """The lines to add to a project, all of them or none."""

    requirements: Annotated[tuple[NewRequirement, ...], Field(min_length=1, max_length=500)]


class RequirementPatch(Dto):
    """The fields of a line to change: a field that is left out keeps its value; null clears designators and note."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    part: PartKey | None = Field(None, description="The part that replaces the placeholder or the other part.")
    placeholder: Placeholder | None = Field(None, description="The new text of a placeholder.")
    quantity: PerBuild | None = None
    designators: Designators | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(
                "the request changes nothing; give at least one of part, placeholder, quantity, designators and note"
            )
        if self.part is not None and self.placeholder is not None:
            raise ValueError("give either a part or a placeholder")
        return self


class ProjectQuery(Dto):
    """The projects to list."""

    state: ProjectState | None = None
    after: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class RequirementOut(Dto):
    """A line of a project; either a part or a placeholder."""

    id: int
    part: str | None
    placeholder: str | None
    manufacturer_code: str | None
    description: str | None
    quantity: int
    "for one build"
    designators: str | None
    note: str | None
    links: dict[str, str]


class RequirementList(Dto):
    """Lines of a project."""

    requirements: tuple[RequirementOut, ...]


class ProjectSummary(Dto):
    """A project in a list."""

    id: int
    name: str
    description: str | None
    state: ProjectState
    builds: int
    "planned and not done yet"
    created_at: datetime
    updated_at: datetime
    links: dict[str, str]


class ProjectOut(ProjectSummary):
    """A project with its requirements."""

    requirements: tuple[RequirementOut, ...]


class ProjectPage(Dto):
    """A page of projects, oldest first; `next` is the cursor of the page after it."""

    projects: tuple[ProjectSummary, ...]
    next: int | None
