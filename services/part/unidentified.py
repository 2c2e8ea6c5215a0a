"""Parts of which nothing is known: what a photo leaves that was cancelled, or on which nothing was read."""

from sqlalchemy import ColumnElement, exists, func, literal_column

from models import Document, Part, PartLocation, PartSeller, PipelineRun, ProjectRequirement, ShoppingLine, StockCommand
from schemas.document import DocumentKind

_EMPTY = (Part.manufacturer_code, Part.description, Part.type_id, Part.manufacturer, Part.seller, Part.seller_link)


def unidentified() -> list[ColumnElement[bool]]:
    """Return the conditions that nothing is known of a part, nothing hangs on it but photos, and no run works on it."""
    papers = exists().where(Document.part_id4 == Part.id4, Document.kind != literal_column(f"'{DocumentKind.IMAGE}'"))
    used = [
        exists().where(table.part_id4 == Part.id4)
        for table in (PartLocation, PartSeller, StockCommand, ProjectRequirement, ShoppingLine)
    ]
    at_work = exists().where(PipelineRun.subject == Part.id4, PipelineRun.finished_at.is_(None))
    return [
        *(field.is_(None) for field in _EMPTY),
        func.cardinality(Part.tags) == 0,
        *(~condition for condition in (*used, papers, at_work)),
    ]
