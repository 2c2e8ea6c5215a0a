"""The objects of a JSON Lines export: a query for each kind, with the keys that people know."""

from typing import Any, Final

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import aliased

from models import (
    Blob,
    Box,
    BoxType,
    Document,
    History,
    Part,
    PartLocation,
    PartSeller,
    Project,
    ProjectBuild,
    ProjectRequirement,
    ShoppingLine,
    ShoppingReceipt,
    StockCommand,
    Suggestion,
    TagSynonym,
    Type,
)

_type = aliased(Type)
_image = aliased(Document)


def _slot(table: type[PartLocation] | type[History]) -> Any:
    return func.concat(table.box_no, "-", table.loc_no).label("slot")


_box_types = (
    select(func.coalesce(func.array_agg(_type.name), text("'{}'")))
    .join(BoxType, BoxType.type_id == _type.id)
    .where(BoxType.box_id == Box.id)
    .scalar_subquery()
)

KINDS: Final[dict[str, Select[*tuple[Any, ...]]]] = {
    "type": select(Type.name, Type.position, Type.unit).order_by(Type.position, Type.name),
    "tag_synonym": select(TagSynonym.synonym, TagSynonym.tag).order_by(TagSynonym.synonym),
    "box": select(
        Box.box_no, Box.description, Box.capacity, _box_types.label("types"), Box.created_at, Box.updated_at
    ).order_by(Box.box_no),
    "part": select(
        Part.id4,
        Part.manufacturer_code,
        Part.manufacturer,
        _type.name.label("type"),
        Part.description,
        Part.tags,
        Part.seller,
        Part.seller_link,
        Part.set_by,
        _image.blob_sha256.label("image_sha256"),
        Part.retired_at,
        Part.merged_into,
        Part.merge_command_id,
        Part.created_at,
        Part.updated_at,
    )
    .outerjoin(_type, _type.id == Part.type_id)
    .outerjoin(_image, _image.id == Part.image_id)
    .order_by(Part.id4),
    "seller": select(
        PartSeller.part_id4.label("part"),
        PartSeller.seller,
        PartSeller.order_code,
        PartSeller.link,
        PartSeller.created_at,
    ).order_by(PartSeller.part_id4, PartSeller.id),
    "document": select(
        Document.part_id4.label("part"),
        Document.kind.label("document"),
        Document.title,
        Document.is_datasheet,
        Document.datasheet_by,
        Document.evidence,
        Document.blob_sha256.label("sha256"),
        Blob.media_type,
        Blob.size,
        Document.public_url,
        Document.original_filename,
        Document.created_at,
    )
    .outerjoin(Blob, Blob.sha256 == Document.blob_sha256)
    .order_by(Document.id),
    "placement": select(
        PartLocation.part_id4.label("part"), _slot(PartLocation), PartLocation.qty.label("quantity")
    ).order_by(PartLocation.box_no, PartLocation.loc_no, PartLocation.part_id4),
    "command": select(
        StockCommand.id.label("command_id"),
        StockCommand.part_id4.label("part"),
        StockCommand.kind.label("command"),
        StockCommand.payload,
        StockCommand.result,
        StockCommand.undoes,
        StockCommand.at,
    ).order_by(StockCommand.seq),
    "change": select(
        History.command_id,
        History.part_id4.label("part"),
        _slot(History),
        History.delta_qty,
        History.reason,
        History.at,
    ).order_by(History.id),
    "suggestion": select(
        Suggestion.part_id4.label("part"),
        Suggestion.field,
        Suggestion.value,
        Suggestion.confidence,
        Suggestion.evidence,
        Suggestion.state,
        Suggestion.created_at,
        Suggestion.decided_at,
        Suggestion.decision,
        Suggestion.command_id,
        Suggestion.reserved_until,
    ).order_by(Suggestion.id),
    "project": select(
        Project.name, Project.description, Project.state, Project.builds, Project.created_at, Project.updated_at
    ).order_by(Project.id),
    "requirement": select(
        Project.name.label("project"),
        ProjectRequirement.part_id4.label("part"),
        ProjectRequirement.placeholder,
        ProjectRequirement.quantity,
        ProjectRequirement.designators,
        ProjectRequirement.note,
    )
    .join(Project, Project.id == ProjectRequirement.project_id)
    .order_by(ProjectRequirement.id),
    "build": select(
        ProjectBuild.id.label("command_id"),
        Project.name.label("project"),
        ProjectBuild.payload,
        ProjectBuild.result,
        ProjectBuild.at,
    )
    .join(Project, Project.id == ProjectBuild.project_id)
    .order_by(ProjectBuild.at, ProjectBuild.id),
    "shopping_line": select(
        ShoppingLine.id.label("line"),
        ShoppingLine.part_id4.label("part"),
        ShoppingLine.text,
        ShoppingLine.quantity,
        ShoppingLine.received,
        ShoppingLine.seller,
        ShoppingLine.seller_link,
        ShoppingLine.note,
        ShoppingLine.state,
        Project.name.label("project"),
        ShoppingLine.ordered_at,
        ShoppingLine.received_at,
        ShoppingLine.created_at,
    )
    .outerjoin(Project, Project.id == ShoppingLine.project_id)
    .order_by(ShoppingLine.id),
    "receipt": select(
        ShoppingReceipt.id.label("command_id"),
        ShoppingReceipt.line_id.label("line"),
        ShoppingReceipt.payload,
        ShoppingReceipt.result,
        ShoppingReceipt.at,
    ).order_by(ShoppingReceipt.at, ShoppingReceipt.id),
}
"In the order in which they can be read back: an object comes before those that refer to it."
