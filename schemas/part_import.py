"""Imports of parts from a table."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
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
    """The meanings that a column can have."""

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
    """The meaning of a quantity: an addition to the stock, or the stock in the slot."""

    ADD = "add"
    SET = "set"


MAX_NAME: Final = 200
MAX_COLUMNS: Final = 500
Overwrite = Annotated[tuple[ImportField, ...], Field(max_length=len(ImportField))]
OverwriteLines = Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(max_length=10_000)]
ColumnName = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
Columns = Annotated[dict[ColumnName, ImportField | None], Field(max_length=MAX_COLUMNS)]


class ImportOptions(Dto):
    """How to read a file, and what the import may change."""

    columns: Columns = Field(default_factory=dict)
    skip_bad_rows: bool = False
    quantities: Quantities = Quantities.ADD
    share: bool = False
    add_types: bool = False
    overwrite: Overwrite = ()
    overwrite_lines: OverwriteLines = ()

    @cached_property
    def lines_to_overwrite(self) -> frozenset[int]:
        """The lines of `overwrite_lines`, each row's to be looked up among them at once."""
        return frozenset(self.overwrite_lines)


class ImportForm(Dto):
    """The form that comes with a file; see ImportOptions."""

    dry_run: bool = Field(False, description="Only preview the import, row by row; nothing is saved.")
    skip_bad_rows: bool = Field(False, description="Import the good rows of a file that also has bad ones.")
    quantities: Quantities = Field(
        Quantities.ADD,
        description="add: the quantity is received. set: the quantity lies in the slot now, as in a stocktake.",
    )
    share: bool = Field(False, description="Put parts into slots that other parts occupy.")
    add_types: bool = Field(
        False, description="Add types that do not exist; unless this is true, a row with such a type is bad."
    )
    overwrite: Json[Overwrite] = Field(
        (),
        description='The fields in which the file replaces what a person set, such as ["description"]; in others, a '
        "part keeps the value that a person set, and always its number.",
        json_schema_extra={"default": "[]"},
    )
    overwrite_lines: Json[OverwriteLines] = Field(
        (),
        description="The lines of the file whose row replaces all that it has a value for, such as [2, 7].",
        json_schema_extra={"default": "[]"},
    )
    columns: Json[Columns] = Field(
        {},
        description='The field of each column, such as {"Bestellnr.": "manufacturer_code", "Notes": null}; null '
        "leaves a column out. Columns that are not named here are recognised by their usual names.",
        json_schema_extra={"default": "{}"},
    )

    @property
    def options(self) -> ImportOptions:
        """The options of the import, without dry_run."""
        return ImportOptions(**{name: getattr(self, name) for name in ImportOptions.model_fields})


class ImportRow(PartFields):
    """A row of a file; a field that is empty in it keeps its value."""

    line: int
    "the line of the file on which the row begins, from 1"
    id4: PartKey | None = None
    slot: Slot | None = None
    quantity: Annotated[int, Field(ge=0, le=MAX_QUANTITY, strict=True)] | None = None

    @property
    def fields(self) -> Mapping[str, object]:
        """The fields of the part that the row sets."""
        return {name: value for name in PartFields.model_fields if (value := getattr(self, name)) is not None}


class RowProblem(Dto):
    """A problem of a row, and how to fix it."""

    field: str | None
    message: str


class BadRow(Dto):
    """A row that cannot be imported."""

    line: int
    problems: Annotated[tuple[RowProblem, ...], Field(min_length=1)]


class RowAction(StrEnum):
    """The effect of a row."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    BAD = "bad"


class FieldChange(Dto):
    """A field in which a row differs from its part."""

    field: ImportField
    old: str | None
    new: str | None
    made: bool
    "false: the part keeps its value; choose the field in overwrite, or the row in overwrite_lines, to change it"


class RowPlan(Dto):
    """The effect that a row would have."""

    line: int
    action: RowAction
    id4: str | None = None
    "of the row's part; a new part gets its letters when it is made"
    part: str | None = None
    "the part's number or description"
    changes: tuple[FieldChange, ...] = ()
    "the fields in which the row differs from the part"
    stock: str | None = None
    "the booking of the row, in words"
    problems: tuple[RowProblem, ...] = ()


class ImportCounts(Dto):
    """The number of rows by effect; `kept` of them differ from their part in fields that stay as they are."""

    create: int = 0
    update: int = 0
    unchanged: int = 0
    bad: int = 0
    kept: int = 0


class ImportPreview(Dto):
    """The effects that an import would have, row by row."""

    columns: dict[str, ImportField | None]
    "the field of each column; null: left out"
    encoding: str
    delimiter: str
    counts: ImportCounts
    rows: tuple[RowPlan, ...]


class ImportReport(Dto):
    """The result of an import."""

    counts: ImportCounts
    bad: tuple[BadRow, ...]


class ImportInput(Dto):
    """The input of the pipeline csv_import."""

    import_id: UUID


class ImportOut(Dto):
    """An import and its progress."""

    id: UUID
    filename: str | None
    options: ImportOptions
    state: RunState
    progress: Progress
    "the rows worked through; none takes effect before all are done"
    report: ImportReport | None
    "the result, once all rows are done"
    error: str | None
    created_at: datetime
    links: dict[str, str]
