"""Sentences for violated constraints. Services check first, so these are for requests that race.

A constraint that is added needs a line here; a foreign key has a sentence by what it refers to, a limit by its column.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from models import Base

_OTHER: Final = "another request changed this at the same time; read it again and repeat your change"
_SENTENCES: Final[Mapping[str, str]] = {
    "ck_access_tokens_scope_known": "a token reads, writes or operates; name read, write or operate",
    "ck_ai_calls_usage_not_negative": "a call's cost and tokens cannot be negative; correct its usage",
    "ck_blobs_sha256_hex": "a sha256 has 64 digits 0-9 and a-f; correct it",
    "ck_blobs_size_not_negative": "a file's size cannot be negative; upload it again",
    "ck_boxes_capacity_range": "a box has at least one location and at most 1000; give it such a capacity",
    "ck_catalogue_parts_source_word": "a catalogue is named by a word such as kicad: a-z, 0-9, _ and -; correct it",
    "ck_datasheet_candidates_confidence_range": "a confidence lies between 0 and 1; correct it",
    "ck_datasheet_candidates_page_positive": "the pages of a document are numbered from 1; correct the page",
    "ck_datasheet_candidates_verdict_known": "this is not a verdict on a datasheet; GET /docs lists the verdicts",
    "ck_datasheet_sources_sha256_hex": "a sha256 has 64 digits 0-9 and a-f; correct it",
    "ck_datasheet_sources_verdict_known": "this is not a verdict on a datasheet; GET /docs lists the verdicts",
    "ck_documents_datasheet_by_known": "a person or a machine chose the datasheet; name one of the two",
    "ck_documents_kind_known": "a document is a pdf, an image or a link; name one of them",
    "ck_documents_link_has_no_blob": "a link has no file of its own, and every other document has one; correct it",
    "ck_document_chapters_level_range": "chapters stand at levels 1 to 6; correct the level",
    "ck_document_chapters_page_positive": "the pages of a document are numbered from 1; correct the page",
    "ck_drifts_cause_known": "this is not a cause of drift; GET /docs lists the causes",
    "ck_drifts_field_known": "this field takes no suggestions; GET /docs lists the fields that do",
    "ck_drifts_kind_known": "this is not a kind of drift; GET /docs lists the kinds",
    "ck_drifts_outcome_known": "this is not an outcome of drift; GET /docs lists the outcomes",
    "ck_history_delta_qty_not_zero": "a change of stock cannot be 0; give a quantity",
    "ck_locations_loc_no_positive": "the locations of a box are numbered from 1; name one of them",
    "ck_part_locations_qty_positive": "the quantity in a slot cannot be negative; look at the slot and try again",
    "ck_part_upkeep_pipeline_format": "a pipeline's name is lower-case letters, digits and underscores; correct it",
    "ck_parts_id4_letters": "an id4 is four letters A–Z; correct it",
    "ck_pipeline_runs_lane_known": "this is not a lane; GET /docs lists the lanes",
    "ck_pipeline_runs_pipeline_format": "a pipeline's name is lower-case letters, digits and underscores; correct it",
    "ck_pipeline_runs_request_id_format": "an X-Request-ID is 1 to 128 letters, digits and . _ : -; correct it",
    "ck_pipeline_runs_traceparent_format": "a traceparent is what W3C's Trace Context says; correct it",
    "ck_pipeline_runs_state_known": "this is not a state of a run; GET /docs lists the states",
    "ck_pipeline_runs_waiting_for_known": "a run cannot wait for this; GET /docs lists what it can wait for",
    "ck_pipeline_steps_state_known": "this is not a state of a step; GET /docs lists the states",
    "ck_project_requirements_part_or_placeholder": "a line of a project needs a part or a placeholder; give one",
    "ck_parts_tags_count": "a part has at most 50 tags; take some away",
    "ck_parts_tags_words": "a tag has 1 to 50 characters; correct it",
    "ck_projects_state_known": "a project is active or archived; give one of the two",
    "ck_reorg_moves_applied_by_command": "a move that was applied names the command that did it; apply it again",
    "ck_reorg_moves_goes_elsewhere": "a move goes to another slot than the one where the bag lies; correct it",
    "ck_reorg_moves_quantity_positive": "a bag holds at least one piece; plan again",
    "ck_reorg_moves_state_known": "this is not a state of a move; GET /docs lists the states",
    "ck_reorg_moves_undone_by_command": "a move that was undone names the command that did it; undo it again",
    "ck_search_words_kind_known": "this is not a kind of word that is searched; see schemas/search.py",
    "ck_shopping_list_part_or_text": "a line of the shopping list needs a part or a text; give one",
    "ck_shopping_list_received_not_negative": "the received quantity cannot be negative; look at the line again",
    "ck_shopping_list_state_known": "a line of the shopping list is wanted, ordered or received; give one",
    "ck_schedules_catch_up_known": "what was missed is skipped, fired once, or all fired; name skip, once or all",
    "ck_schedules_cron_or_interval": "a schedule has a cron expression or an interval; give one of them",
    "ck_schedules_enabled_is_due": "a schedule is due next unless it is paused; look at it and try again",
    "ck_schedules_name_format": "a schedule is named by a word such as retag: a-z, 0-9 and _; correct it",
    "ck_schedules_interval_positive": "an interval is longer than 0 seconds; correct it",
    "ck_stock_commands_kind_known": "this is not a command on stock; GET /docs lists the commands",
    "ck_suggestion_tallies_field_known": "this field takes no suggestions; GET /docs lists the fields that do",
    "ck_suggestion_tallies_state_known": "this is not a state of a suggestion; GET /docs lists the states",
    "ck_suggestions_confidence_range": "a confidence lies between 0 and 1; correct it",
    "ck_suggestions_decision_object": "what a decision changed is kept as an object; decide again",
    "ck_suggestions_open_is_undecided": "a suggestion that waits has no decision yet; read it again and decide",
    "ck_suggestions_undone_not_negative": "the number of decisions that were taken back is 0 or more; correct it",
    "ck_suggestions_field_known": "this field takes no suggestions; GET /docs lists the fields that do",
    "ck_suggestions_datasheet_value": "this is not a later datasheet; give its sha256 and its document",
    "ck_suggestions_part_number_value": "this is not the value of a part number; give at least a manufacturer_code",
    "ck_suggestions_same_part_value": "this is not a part that may be the same; give its part, match and sure",
    "ck_suggestions_stock_value": "this is not a booking; give a quantity of 1 or more and a slot, such as 7-3",
    "ck_suggestions_tags_value": "these are not tags; give a list of words",
    "ck_suggestions_type_value": "this is not the name of a type; give text of 1 to 100 characters",
    "ck_suggestions_state_known": "this is not a state of a suggestion; GET /docs lists the states",
    "ck_thumbnails_side_positive": "a thumbnail has at least one pixel; correct PARTFLOW_IMAGE_THUMBNAIL_SIDES",
    "pk_idempotency_keys": "a request with this Idempotency-Key was just answered; send it again for the answer",
    "pk_part_upkeep": "the part was looked after at the same time; try again",
    "pk_parts": "these four letters were given to another part at the same time; try again",
    "pk_project_build_commands": "this command on stock belongs to another build already; use a new command_id",
    "pk_project_builds": "this command_id was given for another build at the same time; use a new one",
    "pk_reorg_moves": "the plan got this move at the same time; look at the plan",
    "pk_reorg_plans": "the plan was made at the same time; look at it",
    "pk_schedules": "the schedule was made at the same time; look at it",
    "pk_shopping_receipts": "this command_id was given for another line at the same time; use a new one",
    "pk_stock_commands": "this command_id was given for something else at the same time; use a new one",
    "uq_access_tokens_name": "another token got this name at the same time; choose another name",
    "uq_access_tokens_sha256": "another token is the same by chance; make it again",
    "uq_beats_leads": "another beat leads already; look at the schedules",
    "uq_boxes_id_box_no": "another box got this number at the same time; try again",
    "uq_boxes_box_no": "another box got this number at the same time; try again",
    "uq_catalogue_parts_source_manufacturer_code": "this catalogue has that part number already; change that entry",
    "uq_datasheet_candidates_run_id_index": "this run has a datasheet candidate at this index already; look at the run",
    "uq_datasheet_sources_part_id4_url": "the part has this address already; look at its datasheet sources",
    "uq_documents_part_id4_blob_sha256": "the part has this document already; look at its documents",
    "uq_documents_part_id4_link": "the part has this link already; look at its documents",
    "uq_drifts_run_id_field": "this run has asked about this field already; look at the run",
    "uq_history_command_id_part_id4_box_no_loc_no": "this command was booked at the same time; look at the history",
    "uq_locations_box_no_loc_no": "the box got this location at the same time; look at it and try again",
    "uq_part_sellers_offer": "the part got this seller and order code at the same time; look at its sellers",
    "uq_part_locations_part_id4_box_no_loc_no": "the part came to this slot at the same time; look at it and try again",
    "uq_project_requirements_project_id_part_id4": "the project got a line for this part at the same time; change that",
    "uq_project_requirements_placeholder": "the project got a line for this at the same time; change that",
    "uq_projects_name": "another project got this name at the same time; choose another name",
    "uq_schedule_firings_schedule_due_at": "the schedule was fired at the same time; try again",
    "uq_shopping_receipts_stock_command_id": "this command on stock belongs to another receipt; use a new command_id",
    "uq_stock_commands_undoes": "this command was undone at the same time; look at the history",
    "ck_types_unit_known": "this is not a unit that parts are put in order by; GET /docs lists the units",
    "ck_types_name_in_address": "the name of a type has no slash and no control characters; correct it",
    "uq_types_name": "another type got this name at the same time; choose another name, or merge the two",
    "uq_parts_merge_command_id": "this command_id is being used for another merge; use a new one",
    "ck_parts_not_merged_into_itself": "a part cannot be merged into itself; name another part",
    "ck_parts_merged_by_command": "a merge needs a command_id; send a new UUID",
    "pk_tag_synonyms": "this word became a synonym at the same time; look at the tags and try again",
    "ck_tag_synonyms_not_of_itself": "a tag cannot be a synonym of itself; give another word",
}
_ROWS: Final[Mapping[str, str]] = {
    "batches": "batch",
    "blobs": "file",
    "boxes": "box",
    "documents": "document",
    "locations": "slot",
    "parts": "part",
    "pipeline_runs": "run",
    "project_builds": "build",
    "projects": "project",
    "reorg_plans": "reorganisation plan",
    "schedules": "schedule",
    "shopping_list": "line of the shopping list",
    "stock_commands": "command on stock",
    "types": "type",
}
"What the rows of a table are called in a sentence."


def sentence(constraint: str | None) -> str:
    """Return the sentence for a violated constraint."""
    name = constraint or ""
    return _SENTENCES.get(name) or _foreign_keys().get(name) or _limits().get(name) or _OTHER


@cache
def _foreign_keys() -> Mapping[str, str]:
    constraints = (each for table in Base.metadata.tables.values() for each in table.constraints)
    return {
        str(
            key.name
        ): f"the {_ROWS.get(key.referred_table.name, 'row')} no longer exists, or is still needed; look at it again"
        for key in constraints
        if isinstance(key, ForeignKeyConstraint)
    }


@cache
def _limits() -> Mapping[str, str]:
    constraints = (each for table in Base.metadata.tables.values() for each in table.constraints)
    return {
        str(each.name): _limit(**each.info) for each in constraints if isinstance(each, CheckConstraint) and each.info
    }


def _limit(column: str, most: int, least: int | None = None) -> str:
    if least is None:
        return f"{column}: it is blank, malformed or longer than {most} characters; correct it"
    return f"{column}: it must be from {least} to {most}; correct it"
