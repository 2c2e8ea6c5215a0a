"""The number of suggestions is right whatever is done to them, and is not counted."""

from threading import Thread

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Suggestion, SuggestionTally
from models.session import session_scope
from schemas.suggestion import AcceptSuggestion, SuggestionField, SuggestionState
from services.suggestion import SuggestionService, SuggestionTallyService, SuggestionUndoService
from tests.support.rows import new_part, new_suggestion

TAGS, TYPE = SuggestionField.TAGS, SuggestionField.TYPE


def sums(session: Session) -> dict[tuple[str, str], int]:
    found = {
        (field, state): SuggestionTallyService.sum(session, state, field)
        for field in SuggestionField
        for state in SuggestionState
    }
    return {kind: number for kind, number in found.items() if number}


def counted(session: Session) -> dict[tuple[str, str], int]:
    kinds = select(Suggestion.field, Suggestion.state, func.count()).group_by(Suggestion.field, Suggestion.state)
    return {(field, state): number for field, state, number in session.execute(kinds)}


def test_sums_are_what_counting_finds(session: Session) -> None:
    part = new_part()
    first, second, third = (new_suggestion(part, TAGS, [word]) for word in ("smd", "relay", "dip"))
    typed = new_suggestion(part, TYPE, "Relay")
    assert sums(session) == counted(session) == {(TAGS, "proposed"): 1, (TAGS, "superseded"): 2, (TYPE, "proposed"): 1}
    SuggestionService.accept(session, third, AcceptSuggestion())
    SuggestionService.reject(session, typed)
    SuggestionUndoService.undo(session, typed)
    run_id = SuggestionService.get(session, second).run_id
    assert run_id
    SuggestionService.withdraw(session, run_id, {TAGS})
    session.flush()
    assert sums(session) == counted(session)
    assert SuggestionTallyService.sum(session, SuggestionState.SUPERSEDED, None) == 1
    assert first != second


def test_joining_changes_no_sum(session: Session) -> None:
    for _ in range(5):
        new_suggestion(new_part(), TAGS, ["smd"])
    SuggestionTallyService.join(session)
    SuggestionTallyService.join(session)
    assert sums(session) == {(TAGS, "proposed"): 5}
    assert session.scalar(select(func.count()).select_from(SuggestionTally)) == 1


def test_sums_hold_while_two_join_and_others_propose(database: str) -> None:
    def propose() -> None:
        for _ in range(5):
            new_suggestion(new_part(), TAGS, ["smd"])

    def join() -> None:
        for _ in range(20):
            with session_scope() as session:
                SuggestionTallyService.join(session)

    at_once = [Thread(target=work) for work in (propose, propose, join, join)]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    with session_scope() as session:
        assert sums(session) == {(TAGS, "proposed"): 10}
