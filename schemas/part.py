"""Parts."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Dto
from schemas.document import DocumentOut
from schemas.id4 import PartKey
from schemas.slot import Slot
from schemas.suggestion import SuggestionOut
from schemas.tag import TagWord
from schemas.text import Address, Code, Line, Text
from schemas.type import TypeName

MAX_TAGS: Final = 50


class PartFields(Dto):
    """What a person may say of a part."""

    manufacturer_code: Code | None = None
    manufacturer: Line | None = None
    type: TypeName | None = Field(None, description="The name of a type that there is, in whatever case.")
    description: Text | None = None
    tags: Annotated[tuple[TagWord, ...], Field(max_length=MAX_TAGS)] | None = Field(
        None, description="All its tags; a synonym is stored as the tag that it stands for."
    )
    seller: Line | None = None
    seller_link: Address | None = None


class NewPart(PartFields):
    """A part to add; its id4 is made by the system."""


class PartPatch(PartFields):
    """What to change of a part: a field that is not named stays, null clears it, for machines too."""


class MergePart(Dto):
    """The part that this one turned out to be."""

    into: PartKey
    command_id: UUID = Field(description="Made by the client, new for each merge; sent again, it changes nothing more.")


class PartSort(StrEnum):
    """By what parts are sorted; with a minus from the highest down."""

    ID4 = "id4"
    ID4_DOWN = "-id4"
    CREATED = "created"
    CREATED_DOWN = "-created"
    UPDATED = "updated"
    UPDATED_DOWN = "-updated"
    CODE = "code"
    CODE_DOWN = "-code"


class PartQuery(Dto):
    """Which parts to list, and in which order."""

    type: Annotated[str, Field(max_length=100, description="The name of a type, in whatever case.")] | None = None
    tag: TagWord | None = Field(None, description="A tag or a synonym of one.")
    code: (
        Annotated[str, Field(max_length=100, description="A manufacturer code; only letters and digits count.")] | None
    ) = None
    box: Annotated[int, Field(ge=1, le=2_147_483_647, description="Parts that lie in this box.")] | None = None
    without_datasheet: bool | None = Field(None, description="false: only those with one.")
    needs_review: bool | None = Field(None, description="Whether suggestions wait for a decision.")
    out_of_stock: bool | None = Field(None, description="false: only those in stock.")
    retired: bool = Field(False, description="true: only retired parts, which are left out otherwise.")
    sort: PartSort = Field(
        PartSort.ID4, description="A minus in front turns it round. code: by number, those without one last."
    )
    after: Annotated[str, Field(max_length=500, description="What `next` was, for the page after it.")] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class DuplicateQuery(Dto):
    """A number to look for before a part is made of it."""

    code: Code
    manufacturer: Line | None = None


class DuplicateReason(StrEnum):
    """Why a part may be the same."""

    SAME_NUMBER = "same_number"
    NEAR_NUMBER = "near_number"


class DuplicateOut(Dto):
    """A part that may be the same."""

    id4: str
    manufacturer_code: str
    manufacturer: str | None
    description: str | None
    retired: bool
    reason: DuplicateReason
    "same_number: by letters and digits, and no other maker is known; near_number: similar, or another maker's"
    similarity: Annotated[float, Field(ge=0, le=1)]
    links: dict[str, str]


class DuplicateList(Dto):
    """Parts that may be the same, likeliest first."""

    duplicates: tuple[DuplicateOut, ...]


class PlacementOut(Dto):
    """A quantity of a part in a location."""

    slot: Slot
    "box and location, as 7-3"
    box_no: int
    loc_no: int
    quantity: int


class PartSummary(Dto):
    """A part in a list."""

    id4: str
    manufacturer_code: str | None
    manufacturer: str | None
    type: str | None
    description: str | None
    tags: tuple[str, ...]
    quantity: int
    image: str | None
    "the address of its picture"
    created_at: datetime
    updated_at: datetime
    retired_at: datetime | None
    links: dict[str, str]


class PartOut(PartSummary):
    """A part with everything that hangs on it."""

    seller: str | None
    seller_link: str | None
    set_by: dict[str, Literal["person", "machine"]]
    "who set which field; what a person set, or cleared, a machine only proposes to change"
    merged_from: tuple[str, ...]
    "other letters that stand for this part, because their parts were merged into it"
    placements: tuple[PlacementOut, ...]
    documents: tuple[DocumentOut, ...]
    suggestions: tuple[SuggestionOut, ...]
    "those that wait for a decision, oldest first"


class PartCreated(PartOut):
    """A new part, and those that may be the same."""

    duplicates: tuple[DuplicateOut, ...]


class PartPage(Dto):
    """A page of parts; `next` is the cursor of the page after it."""

    parts: tuple[PartSummary, ...]
    next: str | None
