"""Enums on models: text by value in the database, members in Python."""

import re

import pytest
from sqlalchemy import CheckConstraint, Column, cast, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from models import Base, PipelineRun
from models.base import EnumText, one_of
from models.session import session_scope
from schemas.ledger import Lane, RunState, WaitingFor
from tests.support.rows import new_run

COLUMNS = [
    column for table in Base.metadata.tables.values() for column in table.columns if isinstance(column.type, EnumText)
]


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_enum_column_has_a_check_of_its_values(column: Column[object]) -> None:
    assert isinstance(column.type, EnumText)
    checks = {str(each.sqltext) for each in column.table.constraints if isinstance(each, CheckConstraint)}
    assert one_of(column.name, column.type.members) in checks


def test_no_text_column_has_the_values_of_an_enum() -> None:
    checked = {
        f"{each.table.name}.{str(each.sqltext).split(' IN (')[0]}"
        for table in Base.metadata.tables.values()
        for each in table.constraints
        if isinstance(each, CheckConstraint) and re.match(r"\w+ IN \('", str(each.sqltext))
    }
    # Who said it is one of two words, and a pipeline is a name that a registry knows.
    assert checked - {str(column) for column in COLUMNS} <= {"documents.datasheet_by", "pipeline_runs.pipeline"}


def test_enum_is_stored_as_text_and_loaded_as_member(database: str) -> None:
    run_id = new_run()
    with session_scope() as session:
        session.get_one(PipelineRun, run_id).waiting_for = WaitingFor.BROKER
    with session_scope() as session:
        stored = session.execute(text("SELECT state, lane, waiting_for FROM pipeline_runs")).one()
        run = session.get_one(PipelineRun, run_id)
        assert tuple(stored) == ("pending", "interactive", "broker")
        assert (run.state, run.lane, run.waiting_for) == (RunState.PENDING, Lane.INTERACTIVE, WaitingFor.BROKER)
        assert isinstance(run.state, RunState)


def test_column_keeps_the_type_text(session: Session) -> None:
    types = text(
        "SELECT data_type FROM information_schema.columns WHERE table_name = 'pipeline_runs' AND column_name = 'state'"
    )
    assert session.scalar(types) == "text"


def test_other_text_is_refused_before_it_is_sent(session: Session) -> None:
    with pytest.raises(StatementError, match="'lost' is not a valid RunState"):
        session.execute(update(PipelineRun).values(state="lost"))


def test_other_text_is_refused_by_the_database(database: str) -> None:
    new_run()
    with pytest.raises(IntegrityError, match="ck_pipeline_runs_state_known"), session_scope() as session:
        session.execute(update(PipelineRun).values(state=cast("lost", Text)))
