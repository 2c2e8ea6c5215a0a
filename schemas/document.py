"""Documents on a part."""

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
from schemas.text import MAX_ADDRESS, MAX_LINE, short_address

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LINE)]
Address = Annotated[
    HttpUrl,
    UrlConstraints(max_length=MAX_ADDRESS, allowed_schemes=["http", "https"]),
    AfterValidator(short_address),
]
"An address for a browser, which has no other scheme, such as javascript."
SHA256_PATTERN: Final = r"^[0-9a-f]{64}$"
BigKey = Annotated[int, Field(ge=1, lt=2**63)]


class DocumentKind(StrEnum):
    """What a document is; its content says so, not its name."""

    PDF = "pdf"
    IMAGE = "image"
    LINK = "link"


class DocumentOut(Dto):
    """A document as the API shows it; `content` and `thumbnail` are addresses."""

    id: int
    part: str
    kind: DocumentKind
    title: str | None
    is_main_image: bool
    is_datasheet: bool
    datasheet_by: Literal["person", "machine"] | None
    "who said whether it is the datasheet"
    sha256: str | None
    size: int | None
    media_type: str | None
    pages: int | None
    public_url: str | None
    original_filename: str | None
    content: str | None
    thumbnail: str | None
    created_at: datetime


class DocumentList(Dto):
    """The documents of a part, oldest first."""

    documents: tuple[DocumentOut, ...]


class DocumentFields(Dto):
    """What a person says of a document."""

    title: Title | None = Field(None, description="null takes it away.")
    is_main_image: bool | None = Field(None, description="Images only; the part's other images are not it then.")
    is_datasheet: bool | None = Field(None, description="PDFs only; the part's other PDFs are not it then.")


class DocumentPatch(DocumentFields):
    """What to change of a document; what is not given stays."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one of title, is_main_image and is_datasheet")
        return self


class NewDocument(DocumentFields):
    """A link, or a document that is here already and shall belong to this part too."""

    url: Address | None = Field(None, description="The address of a link; http or https.")
    document: BigKey | None = Field(None, description="The id of a document on another part.")
    sha256: Annotated[str, StringConstraints(pattern=SHA256_PATTERN)] | None = Field(
        None, description="The bytes of a document that is here already."
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if sum(each is not None for each in (self.url, self.document, self.sha256)) != 1:
            raise ValueError("give one of url, document and sha256; or send a file as multipart/form-data")
        return self


class ThumbnailQuery(Dto):
    """How large a thumbnail is wanted."""

    size: Annotated[int, Field(ge=1, le=4096, description="Pixels of the longer side; the nearest size is sent.")] = 256
