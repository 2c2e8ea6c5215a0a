"""Search: what is asked, found and completed."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from schemas.base import Dto
from schemas.id4 import PartKey
from schemas.part import PlacementOut

MAX_TYPED: Final = 4000
"Characters of a query that fit into the line of a request, whatever they are."
MAX_QUERY: Final = 200
"Characters of a query that are read; the rest cannot say anything that these did not."


class WordKind(StrEnum):
    """What a word of the inventory is."""

    WORD = "word"
    TAG = "tag"
    MAKER = "maker"


class HitKind(StrEnum):
    """Why a part was found, best first."""

    ID4 = "id4"
    SLOT = "slot"
    NUMBER = "number"
    SEPARATORS = "separators"
    "the number, but for a point or another sign"
    MISREAD = "misread"
    "the number, but for letters and digits that look alike"
    BEGINNING = "beginning"
    MISREAD_BEGINNING = "misread_beginning"
    "the number begins so, but for letters and digits that look alike"
    BASE = "base"
    "the number but for a suffix that is known"
    ONE_SLIP = "one_slip"
    TWO_SLIPS = "two_slips"
    FAMILY = "family"
    "a number that begins the same, such as that of another package"
    INFIX = "infix"
    "the number contains it"
    WORDS = "words"
    SPELLING = "spelling"
    "words, after a misspelt one was corrected"
    FILTER = "filter"
    DATASHEET = "datasheet"


class SearchField(StrEnum):
    """Where in a part something was found."""

    ID4 = "id4"
    MANUFACTURER_CODE = "manufacturer_code"
    MANUFACTURER = "manufacturer"
    TYPE = "type"
    TAGS = "tags"
    DESCRIPTION = "description"
    SELLERS = "sellers"
    DOCUMENTS = "documents"
    PROJECTS = "projects"
    SLOT = "slot"
    DATASHEET = "datasheet"


class Fragment(Dto):
    """A field in which something was found."""

    field: SearchField
    text: str
    marks: tuple[tuple[int, int], ...] = Field(
        (), description="Where in the text the query stands: pairs of first character and the one after the last."
    )
    document: int | None = Field(None, description="The datasheet, if it was found there.")
    page: int | None = Field(None, description="Its page, from 1.")


class Hit(Dto):
    """A part that was found."""

    id4: str
    manufacturer_code: str | None
    manufacturer: str | None
    type: str | None
    description: str | None
    tags: tuple[str, ...]
    quantity: int
    placements: tuple[PlacementOut, ...]
    retired: bool
    why: HitKind
    fragments: tuple[Fragment, ...]
    score: float


class Advice(Dto):
    """What to ask instead, when nothing was found."""

    did_you_mean: tuple[str, ...] = Field((), description="The query with its misspelt words corrected.")
    without: str | None = Field(None, description="The word without which something is found.")
    instead: str | None = Field(None, description="The query without it.")


class SearchResult(Dto):
    """The parts that were found, best first."""

    query: str
    hits: tuple[Hit, ...]
    more: bool = Field(description="Whether more parts were found than are shown.")
    advice: Advice | None = None


class SearchQuery(Dto):
    """What to search for."""

    q: Annotated[
        str,
        Field(
            max_length=MAX_TYPED,
            description=(
                "Letters of a bag, a slot (7-3), a box, a part number, words or values in any order, and filters:"
                " type:relay box:7 tag:smd in:stock has:datasheet maker:ti project:radio qty<10."
                " The first 200 characters are read."
            ),
        ),
    ]
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class Rebuild(Dto):
    """Where to continue rebuilding the search index."""

    after: PartKey | None = Field(None, description="`next` of the answer before; without it, from the beginning.")


class Rebuilt(Dto):
    """How far it is built."""

    parts: int = Field(description="Parts in this step.")
    total: int = Field(description="All parts.")
    next: str | None = Field(description="Where to go on; null when all are done.")


class Completion(Dto):
    """A way to go on typing."""

    text: str
    "the whole query, completed"
    kind: str
    "number, maker, tag, type, word or filter"


class Completions(Dto):
    """Ways to go on typing, best first."""

    completions: tuple[Completion, ...]


class CompletionQuery(Dto):
    """What was typed so far."""

    q: Annotated[str, Field(max_length=MAX_TYPED)]
    limit: Annotated[int, Field(ge=1, le=20)] = 8
