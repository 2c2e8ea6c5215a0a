"""What a person is told when a constraint of the database says no.

The rules of the services come first and say more; this is for what slips past them, as when two people do the same
thing at the same moment. A constraint that is added needs a line here; foreign keys have one of their own.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from sqlalchemy import ForeignKeyConstraint

from models.base import Base

SENTENCES: Final[Mapping[str, str]] = {
    "ck_blobs_size_not_negative": "a file cannot be smaller than nothing",
    "ck_boxes_capacity_positive": "a box needs at least one location",
    "ck_datasheet_candidates_verdict_known": "this verdict on a datasheet is not one that Partflow knows",
    "ck_documents_kind_known": "a document is a pdf, an image or a link",
    "ck_documents_link_has_no_blob": "a link has no file of its own, and every other document has one",
    "ck_history_delta_qty_not_zero": "a change of stock by nothing is no change",
    "ck_locations_loc_no_positive": "the locations of a box are numbered from 1",
    "ck_part_locations_qty_positive": "there cannot be fewer than none of a part in a slot",
    "ck_parts_id4_letters": "a part's id is four letters from A to Z",
    "ck_pipeline_runs_pipeline_known": "there is no such pipeline",
    "ck_pipeline_runs_state_known": "this state of a run is not one that Partflow knows",
    "ck_pipeline_steps_state_known": "this state of a step is not one that Partflow knows",
    "ck_stock_commands_kind_known": "there is no such command on stock",
    "ck_suggestions_confidence_range": "a confidence lies between 0 and 1",
    "ck_suggestions_field_known": "nothing can be suggested for this field",
    "ck_suggestions_state_known": "this state of a suggestion is not one that Partflow knows",
    "pk_idempotency_keys": "a request with this Idempotency-Key was just answered",
    "pk_parts": "there is a part with this id already",
    "pk_stock_commands": "a command with this id was just given for something else; a new command needs a new id",
    "uq_boxes_box_no": "there is a box with this number already",
    "uq_catalogue_parts_source_manufacturer_code": "this catalogue has a part with this number already",
    "uq_datasheet_candidates_run_id_slot": "this run has a datasheet candidate in this place already",
    "uq_documents_part_id4_blob_sha256": "the part has this document already",
    "uq_history_command_id_part_id4_box_no_loc_no": "this command has changed this slot already",
    "uq_locations_box_no_loc_no": "the box has a location with this number already",
    "uq_part_locations_part_id4_box_no_loc_no": "the part lies in this slot already",
    "uq_stock_commands_undoes": "this command was undone already",
    "uq_types_name": "there is a type with this name already",
}

_REFERRED: Final[Mapping[str, str]] = {
    "blobs": "file",
    "boxes": "box",
    "documents": "document",
    "locations": "slot",
    "parts": "part",
    "pipeline_runs": "run",
    "stock_commands": "command on stock",
    "types": "type",
}
"What a table that others refer to has in each row."


def sentence(constraint: str | None) -> str | None:
    """Return the sentence for a constraint's name, or None when there is no such constraint."""
    referred = _foreign_keys().get(constraint or "")
    if referred is None:
        return SENTENCES.get(constraint or "")
    return f"the {_REFERRED.get(referred, referred)} that is meant is gone, or something still needs it"


@cache
def _foreign_keys() -> Mapping[str, str]:
    keys = (each for table in Base.metadata.tables.values() for each in table.constraints)
    return {str(each.name): each.referred_table.name for each in keys if isinstance(each, ForeignKeyConstraint)}
