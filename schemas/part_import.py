"""Bringing parts in from a table."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, Json

from schemas.base import Dto
from schemas.id4 import PartKey
from schemas.ledger import RunState
from schemas.part import PartFields
from schemas.run import Progress
from schemas.slot import Slot
from schemas.stock import MAX_QUANTITY


class ImportField(StrEnum):
    """What a column can hold."""

    ID4 = "id4"
    MANUFACTURER_CODE = "manufacturer_code"
    MANUFACTURER = "manufacturer"
    TYPE = "type"
    DESCRIPTION = "description"
    TAGS = "tags"
    SELLER = "seller"
    SELLER_LINK = "seller_link"
    SLOT = "slot"
    QUANTITY = "quantity"


class Quantities(StrEnum):
    """What a quantity means: so many more, or so many that lie there."""

    ADD = "add"
    SET = "set"


MAX_NAME: Final = 200
Columns = dict[Annotated[str, Field(min_length=1, max_length=MAX_NAME)], ImportField | None]


class ImportOptions(Dto):
    """How a file is to be read, and what may be done for it."""

    columns: Columns = Field(default_factory=dict)
    skip_bad_rows: bool = False
    quantities: Quantities = Quantities.ADD
    share: bool = False
    add_types: bool = False


class ImportForm(Dto):
    """A file, and how it is to be read; see ImportOptions."""

    dry_run: bool = Field(False, description="Only say what would happen, row by row.")
    skip_bad_rows: bool = Field(False, description="Import the good rows of a file that has bad ones too.")
    quantities: Quantities = Field(
        Quantities.ADD,
        description="add: a quantity is received. set: it is what lies in the slot now, as in a stocktake.",
    )
    share: bool = Field(False, description="Put parts into slots where other parts lie.")
    add_types: bool = Field(False, description="Add types that are not there yet; otherwise such a row is bad.")
    columns: Json[Columns] = Field(
        {},
        description='Which column is what, as {"Bestellnr.": "manufacturer_code", "Notes": null}; null leaves a column '
        "out. Columns that are not named go by their usual names.",
        json_schema_extra={"default": "{}"},
    )

    @property
    def options(self) -> ImportOptions:
        """What the form says of the reading."""
        return ImportOptions(**{name: getattr(self, name) for name in ImportOptions.model_fields})


class ImportRow(PartFields):
    """A row of a file; what it leaves empty stays as it is."""

    line: int
    "where it begins in the file; 1 is the first"
    id4: PartKey | None = None
    slot: Slot | None = None
    quantity: Annotated[int, Field(ge=0, le=MAX_QUANTITY, strict=True)] | None = None

    @property
    def fields(self) -> Mapping[str, object]:
        """What it says of the part."""
        return {name: value for name in PartFields.model_fields if (value := getattr(self, name)) is not None}


class RowProblem(Dto):
    """What is wrong with a row, and how to mend it."""

    field: str | None
    message: str


class BadRow(Dto):
    """A row that cannot be imported."""

    line: int
    problems: Annotated[tuple[RowProblem, ...], Field(min_length=1)]


class RowAction(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    BAD = "bad"


class RowPlan(Dto):
    """What would become of a row."""

    line: int
    action: RowAction
    id4: str | None = None
    "of the part that it is about; a new one gets its letters when it is made"
    part: str | None = None
    "its number, or what it is called"
    sets: tuple[str, ...] = ()
    "the fields of the part that it changes"
    stock: str | None = None
    "what it books"
    problems: tuple[RowProblem, ...] = ()


class ImportCounts(Dto):
    """How many rows do what."""

    create: int = 0
    update: int = 0
    unchanged: int = 0
    bad: int = 0


class ImportPreview(Dto):
    """What would happen, row by row."""

    columns: dict[str, ImportField | None]
    "how each column is understood; null: left out"
    encoding: str
    delimiter: str
    counts: ImportCounts
    rows: tuple[RowPlan, ...]


class ImportReport(Dto):
    """What an import did."""

    counts: ImportCounts
    bad: tuple[BadRow, ...]


class ImportInput(Dto):
    """What the pipeline csv_import starts from."""

    import_id: UUID


class ImportOut(Dto):
    """An import, and how far it is."""

    id: UUID
    filename: str | None
    options: ImportOptions
    state: RunState
    progress: Progress
    "rows that are done; none of them counts before all are"
    report: ImportReport | None
    "once it is known what became of the rows"
    error: str | None
    created_at: datetime
    links: dict[str, str]
