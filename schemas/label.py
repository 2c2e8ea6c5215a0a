"""Printed labels: their text, their shape and their sheets. Lengths are in millimetres."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from schemas.base import Dto
from schemas.id4 import PartKey
from schemas.slot import Slot

Millimetres = Annotated[float, Field(ge=0, le=1200, allow_inf_nan=False)]
Width = Annotated[float, Field(ge=10, le=300, allow_inf_nan=False, description="The label's width in mm.")]
Height = Annotated[float, Field(ge=5, le=300, allow_inf_nan=False, description="The label's height in mm.")]
Count = Annotated[int, Field(ge=1, le=100)]

_ROUNDING: Final = 0.01
MAX_LABELS: Final = 2000


class LabelCode(StrEnum):
    """The machine-readable code beside the letters."""

    NONE = "none"
    CODE128 = "code128"
    DATAMATRIX = "datamatrix"


class LabelText(Dto):
    """The text of a label: the key in large letters, which the code repeats, and the lines below it."""

    key: str
    title: str | None = None
    detail: str | None = None


class LabelQuery(Dto):
    """The shape of one label."""

    width: Width = 50
    height: Height = 25
    code: LabelCode = LabelCode.NONE


class PictureQuery(LabelQuery):
    """The shape of one label as a picture."""

    dpi: Annotated[int, Field(ge=72, le=600, description="Pixels per inch.")] = 300


class SheetFormat(Dto):
    """The measures of a sheet of equal labels, in rows from the top left."""

    page_width: Annotated[float, Field(ge=10, le=1200, allow_inf_nan=False)]
    page_height: Annotated[float, Field(ge=10, le=1200, allow_inf_nan=False)]
    label_width: Width
    label_height: Height
    columns: Count
    rows: Count
    margin_left: Millimetres
    margin_top: Millimetres
    gap_x: Millimetres = 0
    gap_y: Millimetres = 0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        width = self.margin_left + self.columns * (self.label_width + self.gap_x) - self.gap_x
        height = self.margin_top + self.rows * (self.label_height + self.gap_y) - self.gap_y
        if width > self.page_width + _ROUNDING or height > self.page_height + _ROUNDING:
            raise ValueError(
                f"the labels need {width:g} × {height:g} mm, but the page has {self.page_width:g} × "
                f"{self.page_height:g} mm; make the labels, the gaps or the margins smaller"
            )
        return self

    @property
    def capacity(self) -> int:
        """The number of labels on a sheet."""
        return self.columns * self.rows


def _centred(page: tuple[float, float], label: tuple[float, float], grid: tuple[int, int], gap_x: float) -> SheetFormat:
    """Return a format whose labels lie in the middle of the page, as makers describe their sheets."""
    (page_width, page_height), (width, height), (columns, rows) = page, label, grid
    return SheetFormat(
        page_width=page_width,
        page_height=page_height,
        label_width=width,
        label_height=height,
        columns=columns,
        rows=rows,
        margin_left=round((page_width - columns * width - (columns - 1) * gap_x) / 2, 3),
        margin_top=round((page_height - rows * height) / 2, 3),
        gap_x=gap_x,
    )


_A4 = (210.0, 297.0)
_LETTER = (215.9, 279.4)

SHEETS: Final[Mapping[str, SheetFormat]] = {
    "L4731": _centred(_A4, (25.4, 10.0), (7, 27), 2.5),
    "L7651": _centred(_A4, (38.1, 21.2), (5, 13), 2.5),
    "L7159": _centred(_A4, (63.5, 33.9), (3, 8), 2.54),
    "L7160": _centred(_A4, (63.5, 38.1), (3, 7), 2.54),
    "L7163": _centred(_A4, (99.1, 38.1), (2, 7), 2.5),
    "5160": _centred(_LETTER, (66.675, 25.4), (3, 10), 3.175),
    "5167": _centred(_LETTER, (44.45, 12.7), (4, 20), 7.62),
}
"Sheets by the number under which Avery and many other makers sell them."

SheetName = Literal["L4731", "L7651", "L7159", "L7160", "L7163", "5160", "5167"]


class SheetLabel(Dto):
    """A label on a sheet: of a part, or of a slot."""

    part: PartKey | None = None
    slot: Slot | None = Field(None, description="Box and location, such as 7-3.")
    copies: Count = 1

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.part is None) == (self.slot is None):
            raise ValueError("give either a part or a slot")
        return self


class LabelSheets(Dto):
    """The labels to print, in this order."""

    labels: Annotated[tuple[SheetLabel, ...], Field(min_length=1, max_length=MAX_LABELS)]
    sheet: SheetName | SheetFormat = Field("L7160", description="The number of a known sheet, or its measures.")
    start: Annotated[int, Field(ge=1, description="The position of the first unused label on the first sheet.")] = 1
    code: LabelCode = LabelCode.NONE

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.start > self.format.capacity:
            raise ValueError(
                f"start is {self.start}, but a sheet has {self.format.capacity} labels; give a number from 1 to that"
            )
        if (total := sum(label.copies for label in self.labels)) > MAX_LABELS:
            raise ValueError(f"these are {total} labels; one request prints at most {MAX_LABELS}, so send several")
        return self

    @property
    def format(self) -> SheetFormat:
        """The measures of the sheet."""
        return SHEETS[self.sheet] if isinstance(self.sheet, str) else self.sheet


class SheetList(Dto):
    """The known sheets, by number."""

    sheets: dict[str, SheetFormat]
