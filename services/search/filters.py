"""Filters in the search box, such as `type:relay`, `in:stock` and `qty<10`."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, exists, false, func, select
from sqlalchemy.orm import Session

from models import Document, Part, PartLocation, Project, ProjectRequirement, Type
from schemas.company import MANUFACTURERS
from schemas.document import DocumentKind
from schemas.errors import InvalidInput
from schemas.tag import normalised
from services.tag import TagService

COMPARISONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ":": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}
HAS: Final = ("datasheet", "photo", "document")
IN: Final = ("stock",)
NAMES: Final = ("type", "box", "tag", "in", "has", "maker", "project", "qty")
_FILTER: Final = re.compile(
    rf"(?:(?<=\s)|^)({'|'.join(NAMES)})(:|(?<=qty)(?:<=|>=|<|>|=))(\"[^\"]*\"?|\S*)", re.IGNORECASE
)
_MOST_BOX: Final = 2_147_483_647


class Filter(NamedTuple):
    """A property that a part must have."""

    name: str
    comparison: str
    value: str


def take_filters(text: str) -> tuple[str, tuple[Filter, ...]]:
    """Return a query without its filters, and these; one that has no value yet is left out."""
    found = [Filter(name.lower(), sign, value.strip('"').strip()) for name, sign, value in _FILTER.findall(text)]
    return " ".join(_FILTER.sub(" ", text).split()), tuple(dict.fromkeys(each for each in found if each.value))


def conditions(session: Session, filters: tuple[Filter, ...]) -> Iterator[ColumnElement[bool]]:
    """Yield the condition on a part of each filter.

    Raises:
        InvalidInput: a filter has a value that it cannot have.
    """
    for each in filters:
        yield _CONDITIONS[each.name](session, each)


def _has_type(_session: Session, given: Filter) -> ColumnElement[bool]:
    # Without wildcards, because a person may type % too.
    begins = func.starts_with(func.lower(Type.name), given.value.lower())
    return Part.type_id.in_(select(Type.id).where(begins))


def _lies_in(_session: Session, given: Filter) -> ColumnElement[bool]:
    return exists().where(PartLocation.part_id4 == Part.id4, PartLocation.box_no == _number(given))


def _has_tag(session: Session, given: Filter) -> ColumnElement[bool]:
    try:
        return Part.tags.contains([TagService.resolve(session, normalised(given.value))])
    except (InvalidInput, ValueError):
        return false()


def _is_in(_session: Session, given: Filter) -> ColumnElement[bool]:
    _one_of(given, IN)
    return exists().where(PartLocation.part_id4 == Part.id4)


def _has(_session: Session, given: Filter) -> ColumnElement[bool]:
    kinds = {
        "datasheet": Document.is_datasheet,
        "photo": Document.kind == DocumentKind.IMAGE,
        "document": Document.kind != DocumentKind.IMAGE,
    }
    return exists().where(Document.part_id4 == Part.id4, kinds[_one_of(given, HAS)])


def _is_made_by(_session: Session, given: Filter) -> ColumnElement[bool]:
    return Part.manufacturer_key.in_(MANUFACTURERS.keys(given.value))


def _is_needed_by(_session: Session, given: Filter) -> ColumnElement[bool]:
    begins = func.starts_with(func.lower(Project.name), given.value.lower())
    return exists().where(ProjectRequirement.part_id4 == Part.id4, ProjectRequirement.project_id == Project.id, begins)


def _has_quantity(_session: Session, given: Filter) -> ColumnElement[bool]:
    quantity = select(func.coalesce(func.sum(PartLocation.qty), 0)).where(PartLocation.part_id4 == Part.id4)
    compared: ColumnElement[bool] = COMPARISONS[given.comparison](quantity.scalar_subquery(), _number(given))
    return compared


def _one_of(given: Filter, words: tuple[str, ...]) -> str:
    if given.value.lower() not in words:
        raise InvalidInput(f"q: {given.name}:{given.value} means nothing; use {_or(given.name, words)}", field="q")
    return given.value.lower()


def _number(given: Filter) -> int:
    if not re.fullmatch("[0-9]{1,10}", given.value) or int(given.value) > _MOST_BOX:
        text = f"{given.name}{given.comparison}{given.value}"
        raise InvalidInput(f"q: {text} needs a number, as in {given.name}{given.comparison}7", field="q")
    return int(given.value)


def _or(name: str, words: tuple[str, ...]) -> str:
    return " or ".join(f"{name}:{word}" for word in words)


_CONDITIONS: Final[Mapping[str, Callable[[Session, Filter], ColumnElement[bool]]]] = {
    "type": _has_type,
    "box": _lies_in,
    "tag": _has_tag,
    "in": _is_in,
    "has": _has,
    "maker": _is_made_by,
    "project": _is_needed_by,
    "qty": _has_quantity,
}
