"""A person's answer to the question whether a new part is one that is there already."""

from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.ledger.run import RunService
from engine.resume import resume
from models import PipelineRun, Suggestion
from schemas.suggestion import SuggestionField, SuggestionState
from services.part import PartLockService, SamePartService
from services.part_merge import PartMergeService
from tasks.compare import compare_part

_MERGES: Final = UUID("8c0f6b52-0f4b-4d0a-9a39-3f0e6f0b7d11")
"The namespace of the IDs of merges that accepted suggestions make."


def lock_both(session: Session, suggestion: Suggestion) -> None:
    """Lock the parts that accepting a suggestion would merge, in the order in which parts are locked."""
    if suggestion.field == SuggestionField.SAME_PART:
        PartLockService.lock_pair(session, suggestion.part_id4, str(suggestion.value["part"]))


def answer_same_part(session: Session, suggestion: Suggestion) -> PipelineRun | None:
    """Merge the part or keep it, as was just decided, and resume its run.

    None when the decision is repeated, other questions of the run are open, or the run was deleted.

    Raises:
        Conflict: the parts cannot be merged, or the run is still being carried out.
    """
    if suggestion.field != SuggestionField.SAME_PART or not _was_decided_now(session, suggestion):
        return None
    if suggestion.state == SuggestionState.ACCEPTED:
        merge_id = uuid5(_MERGES, str(suggestion.id))
        PartMergeService.merge(session, suggestion.part_id4, into=str(suggestion.value["part"]), command_id=merge_id)
        session.refresh(suggestion)
    run_id = suggestion.run_id
    if run_id is None or RunService.find_version(session, run_id) is None:
        return None
    question = SamePartService.find_question(session, run_id)
    if question is not None and question.state == SuggestionState.PROPOSED:
        return None
    return resume(session, run_id, from_step=str(compare_part.name))


def _was_decided_now(session: Session, suggestion: Suggestion) -> bool:
    # In a transaction, now() is always the time at which it began.
    return suggestion.decided_at == session.scalar(select(func.now()))
