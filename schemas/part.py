"""Parts: their fields, lists, duplicates and merges."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from schemas.base import Dto
from schemas.document import DocumentOut
from schemas.id4 import PartKey
from schemas.problem import Problem
from schemas.slot import Slot
from schemas.suggestion import SuggestionOut
from schemas.tag import TagWord
from schemas.text import Address, Code, Line, Text
from schemas.type import TypeName

MAX_TAGS: Final = 50


class PartFields(Dto):
    """The fields of a part that a person may set."""

    manufacturer_code: Code | None = None
    manufacturer: Line | None = None
    type: TypeName | None = Field(None, description="The name of an existing type, in any case.")
    description: Text | None = None
    tags: Annotated[tuple[TagWord, ...], Field(max_length=MAX_TAGS)] | None = Field(
        None, description="All tags of the part; a synonym is stored as its tag."
    )
    seller: Line | None = None
    seller_link: Address | None = None


class NewPart(PartFields):
    """A part to add; the system gives it an id4."""


class PartPatch(PartFields):
    """The fields of a part to change: a field that is left out keeps its value; null clears it, for machines too."""


class MergePart(Dto):
    """The part to merge this one into."""

    into: PartKey
    command_id: UUID = Field(
        description="An ID that the client makes for each merge; a repeated one changes nothing more."
    )


class PartSort(StrEnum):
    """The order of a list of parts; a minus in front means descending."""

    ID4 = "id4"
    ID4_DOWN = "-id4"
    CREATED = "created"
    CREATED_DOWN = "-created"
    UPDATED = "updated"
    UPDATED_DOWN = "-updated"
    CODE = "code"
    CODE_DOWN = "-code"


class PartFilter(StrEnum):
    """Parts that need care."""

    UNIDENTIFIED = "unidentified"
    "no number, description, type, tags, seller, stock, project or document but photos, and no run at work on it"


class PartQuery(Dto):
    """The parts to list, and their order."""

    type: Annotated[str, Field(max_length=100, description="The name of a type, in any case.")] | None = None
    tag: TagWord | None = Field(None, description="A tag or a synonym of one.")
    code: (
        Annotated[
            str,
            Field(
                max_length=100,
                description="A part number in any spelling: a decimal point matters, case, spaces and hyphens do not.",
            ),
        ]
        | None
    ) = None
    manufacturer: (
        Annotated[
            str,
            Field(
                max_length=100,
                description="A manufacturer by any of its names; companies of its history are found too.",
            ),
        ]
        | None
    ) = None
    seller: (
        Annotated[str, Field(max_length=100, description="A seller by any of its names: digikey finds Digi-Key too.")]
        | None
    ) = None
    box: Annotated[int, Field(ge=1, le=2_147_483_647, description="Parts that lie in this box.")] | None = None
    without_datasheet: bool | None = Field(
        None, description="true: only parts without a datasheet; false: only parts with one."
    )
    needs_review: bool | None = Field(None, description="Whether the part has suggestions that wait for a decision.")
    filter: PartFilter | None = Field(
        None, description="unidentified: only parts of which nothing is known, and on which nothing hangs but photos."
    )
    out_of_stock: bool | None = Field(None, description="true: only parts without stock; false: only parts in stock.")
    retired: bool = Field(False, description="true: only retired parts; false: none of them.")
    sort: PartSort = Field(
        PartSort.ID4, description="A minus in front means descending. code: by number, parts without one last."
    )
    after: Annotated[str, Field(max_length=500, description="`next` of the page before.")] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class RetireParts(Dto):
    """The parts to retire: those named, or those that a filter selects and that wait for no decision."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["parts"]}, {"required": ["filter"]}]})

    parts: Annotated[tuple[PartKey, ...], Field(min_length=1, max_length=1000)] | None = None
    filter: PartFilter | None = Field(None, description="At most 1000 parts are retired at once.")

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if (self.parts is None) == (self.filter is None):
            raise ValueError("the request names no parts, or names them twice; give either parts or filter")
        return self


class KeptPart(Dto):
    """A part that was not retired, and the reason."""

    part: str
    refused: Problem


class RetiredParts(Dto):
    """The parts that were retired, and those that were not."""

    retired: tuple[str, ...]
    kept: tuple[KeptPart, ...]
    more: bool
    "whether the filter selects more parts; repeat the request"


class DuplicateQuery(Dto):
    """A part number to look for before a part is made for it."""

    code: Code
    manufacturer: Line | None = None


class DuplicateReason(StrEnum):
    """The reason why a part may be the same."""

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
    "same_number: another spelling of the number, and not of another maker; near_number: similar, or another maker's"
    similarity: Annotated[float, Field(ge=0, le=1)]
    links: dict[str, str]


class DuplicateList(Dto):
    """Parts that may be the same, most likely first."""

    duplicates: tuple[DuplicateOut, ...]


class PlacementOut(Dto):
    """The quantity of a part in a location."""

    slot: Slot
    "box and location, such as 7-3"
    box_no: int
    loc_no: int
    quantity: int


class NewSeller(Dto):
    """A seller of a part, with its order code and the address of its page."""

    seller: Line
    order_code: Code | None = None
    link: Address | None = None


class SellerOut(Dto):
    """A seller of a part."""

    id: int
    seller: str
    order_code: str | None
    link: str | None


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
    "the URL of its picture"
    created_at: datetime
    updated_at: datetime
    retired_at: datetime | None
    links: dict[str, str]


class PartOut(PartSummary):
    """A part with its placements, documents and open suggestions."""

    seller: str | None
    seller_link: str | None
    set_by: dict[str, Literal["person", "machine"]]
    "whether a person or a machine set each field; a machine only suggests changes to a person's fields"
    merged_from: tuple[str, ...]
    "the id4s of parts that were merged into this one; they now lead to it"
    sellers: tuple[SellerOut, ...]
    "all sellers with their order codes; `seller` is the one to buy from first"
    placements: tuple[PlacementOut, ...]
    documents: tuple[DocumentOut, ...]
    suggestions: tuple[SuggestionOut, ...]
    "those that wait for a decision, oldest first"


class PartCreated(PartOut):
    """A new part, with the parts that may be the same."""

    duplicates: tuple[DuplicateOut, ...]


class PartPage(Dto):
    """A page of parts; `next` is the cursor of the page after it."""

    parts: tuple[PartSummary, ...]
    next: str | None
