"""The fields that a row changes on a part that exists, and those on which the part's own value stands."""

from collections.abc import Mapping
from typing import NamedTuple

from models import Part
from schemas.part_import import FieldChange, ImportField, ImportOptions, ImportRow

_NUMBER = "manufacturer_code"
_COLUMNS = {"type": "type_id"}
"The columns whose names are not those of their fields."


class Changes(NamedTuple):
    """The new values of fields, by whether they are set."""

    made: dict[str, object]
    kept: dict[str, object]
    "the values of the row that the part does not take, because it has another one already"


def changes_of(part: Part, row: ImportRow, values: Mapping[str, object], options: ImportOptions) -> Changes:
    """Return what a row changes: empty fields, a machine's values except the number, and what the options choose."""
    new = {name: value for name, value in values.items() if held(part, name) != value}
    made = {name: value for name, value in new.items() if _may_set(part, name, row, options)}
    return Changes(made, {name: value for name, value in new.items() if name not in made})


def held(part: Part, name: str) -> object:
    """Return the value that a part has in a field of an import."""
    if name == "type":
        return part.type.name if part.type else None
    return tuple(part.tags) if name == "tags" else getattr(part, name)


def rendered(part: Part | None, changes: Changes) -> tuple[FieldChange, ...]:
    """Render changes, those that are made first."""
    return tuple(
        FieldChange(
            field=ImportField(name), old=_words(held(part, name)) if part else None, new=_words(value), made=made
        )
        for values, made in ((changes.made, True), (changes.kept, False))
        for name, value in values.items()
    )


def _may_set(part: Part, name: str, row: ImportRow, options: ImportOptions) -> bool:
    if not held(part, name) or name in options.overwrite or row.line in options.lines_to_overwrite:
        return True
    return name != _NUMBER and part.set_by.get(_COLUMNS.get(name, name)) != "person"


def _words(value: object) -> str | None:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else None if value is None else str(value)
