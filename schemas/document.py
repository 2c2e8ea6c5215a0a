"""Documents of a part."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    UrlConstraints,
    model_validator,
)

from schemas.base import Dto
from schemas.datasheet import DatasheetEvidence, RevisionChanges
from schemas.pdf import Chapter, PdfProperties
from schemas.text import MAX_ADDRESS, MAX_LINE, short_address

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LINE)]
Address = Annotated[
    HttpUrl,
    UrlConstraints(max_length=MAX_ADDRESS, allowed_schemes=["http", "https"]),
    AfterValidator(short_address),
]
"An address that a browser may open; other schemes, such as javascript, are refused."
SHA256_PATTERN: Final = r"^[0-9a-f]{64}$"
BigKey = Annotated[int, Field(ge=1, lt=2**63)]


class DocumentKind(StrEnum):
    """The kind of a document; its content decides it, not its name."""

    PDF = "pdf"
    IMAGE = "image"
    LINK = "link"


class DocumentOut(Dto):
    """A document as the API shows it; `content` and `thumbnail` are URLs."""

    id: int
    part: str
    kind: DocumentKind
    title: str | None
    is_main_image: bool
    is_datasheet: bool
    datasheet_by: Literal["person", "machine"] | None
    "whether a person or a machine set is_datasheet"
    evidence: DatasheetEvidence | None
    "why a machine took it for the datasheet: the quoted words with their page, and how sure it was"
    revision_of: int | None
    "the datasheet that this one is a later file of"
    changes: RevisionChanges | None
    "how it differs from that one"
    sha256: str | None
    size: int | None
    media_type: str | None
    pages: int | None
    "of a PDF; null until they were counted, which takes longer for some"
    public_url: str | None
    original_filename: str | None
    content: str | None
    thumbnail: str | None
    created_at: datetime


class DocumentDetail(DocumentOut):
    """A document with what a PDF says of itself; both are null until the PDF was looked at."""

    properties: PdfProperties | None
    chapters: tuple[Chapter, ...] | None
    "the outline, in its order"


class DocumentList(Dto):
    """The documents of a part, oldest first."""

    documents: tuple[DocumentOut, ...]


class DocumentFields(Dto):
    """The fields of a document that a person may set."""

    title: Title | None = Field(None, description="null removes it.")
    is_main_image: bool | None = Field(None, description="For images only; true makes this the part's only main image.")
    is_datasheet: bool | None = Field(None, description="For PDFs only; true makes this the part's only datasheet.")


class DocumentPatch(DocumentFields):
    """The fields of a document to change; a field that is left out keeps its value."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("the request changes nothing; give at least one of title, is_main_image and is_datasheet")
        return self


class NewDocument(DocumentFields):
    """A link, or a stored document to add to this part too."""

    url: Address | None = Field(None, description="The address of a link; http or https.")
    document: BigKey | None = Field(None, description="The id of a document on another part.")
    sha256: Annotated[str, StringConstraints(pattern=SHA256_PATTERN)] | None = Field(
        None, description="The SHA-256 of a stored document."
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if sum(each is not None for each in (self.url, self.document, self.sha256)) != 1:
            raise ValueError("give one of url, document and sha256; or send a file as multipart/form-data")
        return self


class ThumbnailQuery(Dto):
    """The requested size of a thumbnail."""

    size: Annotated[
        int, Field(ge=1, le=4096, description="Pixels of the longer side; the answer has the nearest size.")
    ] = 256
