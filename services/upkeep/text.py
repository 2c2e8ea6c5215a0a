"""What is known of a part in words, as a digest that changes with any of it."""

from typing import Final

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from models import CataloguePart, Document, DocumentPage, Part

READ_PAGES: Final = 5
"Pages of the datasheet that are looked at."

_SIGN: Final = "\x1f"
"Between texts; it is stored in none."

_datasheet = (
    select(Document.blob_sha256)
    .where(Document.part_id4 == Part.id4, Document.is_datasheet)
    .order_by((Document.datasheet_by == "person").desc().nulls_last(), Document.id.desc())
    .limit(1)
    .scalar_subquery()
)
_pages = (
    select(func.count())
    .where(DocumentPage.blob_sha256 == _datasheet, DocumentPage.page <= READ_PAGES)
    .scalar_subquery()
)
_entry = func.concat_ws(
    _SIGN,
    *(func.coalesce(text, "") for text in (CataloguePart.description, CataloguePart.keywords, CataloguePart.type_name)),
)
_catalogue = (
    select(func.string_agg(_entry, aggregate_order_by(cast(_SIGN, Text), CataloguePart.id)))
    .where(CataloguePart.canonical_key == Part.canonical_key)
    .scalar_subquery()
)

TEXT_KEY: Final[ColumnElement[str]] = func.md5(
    func.concat_ws(
        _SIGN,
        *(
            func.coalesce(cast(each, Text), "")
            for each in (
                Part.manufacturer_code,
                Part.manufacturer,
                Part.description,
                _datasheet,
                _pages,
                _catalogue,
            )
        ),
    )
)
"Of a row of parts: its number, maker and description, which datasheet it has, how much of it is read, the catalogue."
