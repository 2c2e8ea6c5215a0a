"""Decisions of a person on suggestions, with the runs that they start or stop."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from engine.cancel import cancel_run
from engine.ledger.run import RunService
from models import PipelineRun, Suggestion
from pipelines.part_intake import continue_intake
from pipelines.same_part import answer_same_part, lock_both
from pipelines.split import give_own_part
from schemas.decision import DecideOne, DecideSuggestions
from schemas.suggestion import AcceptSuggestion
from services.suggestion import Outcome, SuggestionBulkService, SuggestionService, SuggestionUndoService


class Decided(NamedTuple):
    """A suggestion that was decided on, and the run that goes on because of it."""

    suggestion: Suggestion
    run: PipelineRun | None


class Reviewed(NamedTuple):
    """Decisions, and the runs that they started."""

    outcomes: list[Outcome]
    runs: list[PipelineRun]


class TakenBack(NamedTuple):
    """A suggestion that waits again, and the run that the decision on it had started, if there still is one."""

    suggestion: Suggestion
    run: PipelineRun | None


def accept_suggestion(session: Session, suggestion_id: int, how: AcceptSuggestion) -> Decided:
    """Accept a suggestion, with what follows from it: parts are merged, a run goes on.

    Raises:
        DomainError: as `SuggestionService.accept` and `answer_same_part` say.
    """
    proposed = SuggestionService.get(session, suggestion_id)
    lock_both(session, proposed)
    give_own_part(session, proposed)
    suggestion = SuggestionService.accept(session, suggestion_id, how)
    return _followed(session, suggestion, answer_same_part(session, suggestion) or continue_intake(session, suggestion))


def reject_suggestion(session: Session, suggestion_id: int) -> Decided:
    """Reject a suggestion, with what follows from it: the run that asked goes on.

    Raises:
        DomainError: as `SuggestionService.reject` and `answer_same_part` say.
    """
    suggestion = SuggestionService.reject(session, suggestion_id)
    return _followed(session, suggestion, answer_same_part(session, suggestion))


def _followed(session: Session, suggestion: Suggestion, run: PipelineRun | None) -> Decided:
    if run is not None:
        SuggestionService.record_run(session, suggestion, run.id)
    return Decided(suggestion, run)


def decide_suggestions(session: Session, request: DecideSuggestions) -> Reviewed:
    """Decide on several suggestions, with what follows from each.

    Raises:
        DomainError: a decision is refused, and it is all or nothing.
    """
    runs: list[PipelineRun] = []

    def decide(asked: DecideOne) -> Suggestion:
        if asked.decision == "accept":
            suggestion, run = accept_suggestion(session, asked.suggestion, asked)
        else:
            suggestion, run = reject_suggestion(session, asked.suggestion)
        runs.extend([run] if run else [])
        return suggestion

    outcomes = SuggestionBulkService.carry_out(
        session, request.decisions, all_or_nothing=request.all_or_nothing, decide=decide
    )
    return Reviewed(outcomes, runs)


def undo_decision(session: Session, suggestion_id: int) -> TakenBack:
    """Let a decided suggestion wait again, and stop the run that goes on from it.

    Raises:
        DomainError: as `SuggestionUndoService.undo` says.
    """
    suggestion, run_id = SuggestionUndoService.undo(session, suggestion_id)
    if run_id is None or RunService.find_version(session, run_id) is None:
        return TakenBack(suggestion, None)
    run = RunService.get(session, run_id)
    return TakenBack(suggestion, run if run.finished_at else cancel_run(session, run_id))
