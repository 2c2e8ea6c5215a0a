"""The declarative base: the naming convention, column types, checks and mixins that tables share."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Identity,
    MetaData,
    Text,
    TypeDecorator,
    event,
    func,
)
from sqlalchemy.dialects.postgresql import CHAR
from sqlalchemy.orm import DeclarativeBase, Mapped, TypeResolve, mapped_column

from models.stored import StoredJson, StoredText
from schemas.company import NAME_ENDING, NAME_FOLDED_FROM, NAME_FOLDED_TO, NAME_SEPARATORS
from schemas.part_number import FOLDED_FROM, FOLDED_TO, NOT_CANONICAL, NOT_LOOSE
from schemas.slot import Slot

Id4 = Annotated[str, mapped_column(CHAR(4))]
Sha256 = Annotated[str, mapped_column(CHAR(64))]
Json = Annotated[Any, mapped_column(StoredJson())]
SurrogateKey = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
CreatedAt = Annotated[datetime, mapped_column(server_default=func.now())]

_FOLDED = f"translate(manufacturer_code, '{FOLDED_FROM}', '{FOLDED_TO}')"
CANONICAL_KEY_SQL = f"regexp_replace({_FOLDED}, '{NOT_CANONICAL}', '', 'g')"
"The SQL twin of schemas.part_number.canonical_key, for generated columns."
LOOSE_KEY_SQL = f"regexp_replace({CANONICAL_KEY_SQL}, '{NOT_LOOSE}', '', 'g')"
"The SQL twin of schemas.part_number.loose_key."


def name_key_sql(column: str) -> str:
    """Return the SQL twin of schemas.company.name_key, for a generated column."""
    folded = f"translate({column}, '{NAME_FOLDED_FROM}', '{NAME_FOLDED_TO}')"
    short, whole = (
        f"regexp_replace({text}, '{NAME_SEPARATORS}', '', 'g')"
        for text in (f"regexp_replace({folded}, '{NAME_ENDING}', '')", folded)
    )
    return f"coalesce(nullif({short}, ''), {whole})"


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: StoredText(), datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    def __repr__(self) -> str:
        keys = ", ".join(f"{column.name}={getattr(self, column.name)!r}" for column in self.__table__.primary_key)
        return f"{type(self).__name__}({keys})"


class EnumText(TypeDecorator[StrEnum]):
    """A text column that holds the value of a StrEnum's member; a CHECK, made by `one_of`, refuses other text."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: StrEnum | None, _dialect: Dialect) -> str | None:
        """Return the text of a member; other text raises ValueError."""
        return None if value is None else self.members(value).value

    def process_result_value(self, value: str | None, _dialect: Dialect) -> StrEnum | None:
        """Return the member of a text."""
        return None if value is None else self.members(value)


@event.listens_for(Base, "resolve_type_annotation")
def _enum_text(annotation: TypeResolve) -> EnumText | None:
    """Make `Mapped[RunState]` a text column of its values."""
    kind = annotation.resolved_type
    return EnumText(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else None


class Timestamped:
    """The times at which a row was made and last changed."""

    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


def length_check(column: str, most: int, *, pattern: str | None = r"\S") -> CheckConstraint:
    """Return the CHECK that a text has at most `most` characters, and matches the pattern: by default, not blank."""
    rule = f"length({column}) <= {most}" + (f" AND {column} ~ '{pattern}'" if pattern else "")
    return CheckConstraint(rule, name=f"{column}_length", info={"column": column, "most": most})


def range_check(column: str, least: int, most: int) -> CheckConstraint:
    """Return the CHECK that a number lies between two others, both included."""
    rule = f"{column} BETWEEN {least} AND {most}"
    return CheckConstraint(rule, name=f"{column}_range", info={"column": column, "least": least, "most": most})


def one_of(column: str, values: type[StrEnum]) -> str:
    """Return the CHECK that restricts a text column to the values of a StrEnum."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class InSlot:
    """A row that belongs to a place in a box."""

    box_no: Mapped[int]
    loc_no: Mapped[int]

    @property
    def slot(self) -> Slot:
        """The place."""
        return Slot(self.box_no, self.loc_no)


__all__ = [
    "CANONICAL_KEY_SQL",
    "LOOSE_KEY_SQL",
    "Base",
    "CreatedAt",
    "EnumText",
    "Id4",
    "InSlot",
    "Json",
    "Sha256",
    "SurrogateKey",
    "Timestamped",
    "length_check",
    "name_key_sql",
    "one_of",
    "range_check",
]
