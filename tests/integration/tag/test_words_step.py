"""What the tag and categorise steps write, where a person or another spelling was there first."""

from uuid import UUID

import pytest
from sqlalchemy import select

from engine.ledger.ledger import Claim
from models import Part, Suggestion
from models.session import session_scope
from schemas.assistant import TagGuess
from schemas.ledger import Gap
from schemas.step import Categorised, Tagged
from schemas.suggestion import SuggestionField
from services.part import PartService
from services.part_merge import PartMergeService
from services.suggestion import SuggestionService
from services.tag import TagService
from services.type import TypeService
from tasks.assist import CategorisePart, TagPart
from tests.support.rows import new_part, new_run, new_suggestion

TAGS = Tagged(tags=(TagGuess(tag="op-amp", confidence=0.9), TagGuess(tag="smd", confidence=0.9)))


@pytest.fixture
def part(database: str) -> str:
    """A part, and two types."""
    with session_scope() as session:
        TypeService.ensure(session, ["Relay", "Sensor"])
    return new_part("LM358")


def record(step: TagPart | CategorisePart, output: Tagged | Categorised, part: str) -> Gap | None:
    run_id = new_run(part)
    with session_scope() as session:
        return step.record(session, claim(run_id, part), output)  # type: ignore[arg-type]  # each step gets its own answer


def claim(run_id: UUID, part: str) -> Claim:
    return Claim(run_id, "part.tag", index=0, attempt=1, postponed=0, subject=part, input={})


def read(id4: str) -> tuple[list[str], str | None]:
    with session_scope() as session:
        part = PartService.get(session, id4)
        return part.tags, part.type.name if part.type else None


def edit(part: str, **changes: object) -> None:
    with session_scope() as session:
        PartService.update(session, PartService.lock(session, part), changes)


def open_values() -> list[object]:
    with session_scope() as session:
        return list(session.scalars(select(Suggestion.value).where(Suggestion.state == "proposed")))


@pytest.mark.parametrize("tags", [["mine"], None])
def test_tags_a_person_set_or_cleared_stay(part: str, tags: list[str] | None) -> None:
    edit(part, tags=tags)
    record(TagPart(), TAGS, part)
    assert read(part)[0] == (tags or [])
    assert open_values() == [["op-amp", "smd"]]


@pytest.mark.parametrize("type_name", ["Sensor", None])
def test_type_a_person_set_or_cleared_stays(part: str, type_name: str | None) -> None:
    edit(part, type=type_name)
    record(CategorisePart(), Categorised(type_name="Relay", confidence=1.0), part)
    assert read(part)[1] == type_name
    assert open_values() == ["Relay"]


def test_machine_s_tags_pass_through_the_synonyms(part: str) -> None:
    with session_scope() as session:
        TagService.rename(session, "op-amp", "opv")
    record(TagPart(), TAGS, part)
    assert read(part)[0] == ["opv", "smd"]


def test_tag_that_a_person_refused_is_not_set_with_the_others(part: str) -> None:
    refused = new_suggestion(part, SuggestionField.TAGS, ["smd"])
    with session_scope() as session:
        SuggestionService.reject(session, refused)
    record(TagPart(), TAGS, part)
    assert read(part)[0] == ["op-amp"]


def test_type_that_is_gone_by_now_is_a_gap(part: str) -> None:
    gap = record(CategorisePart(), Categorised(type_name="Flux capacitor", confidence=1.0), part)
    assert gap
    assert (gap.reason, read(part)[1], open_values()) == ("no_type", None, [])


def test_step_of_a_part_that_was_merged_writes_to_the_other(part: str) -> None:
    other = new_part()
    with session_scope() as session:
        PartMergeService.merge(session, part, into=other, command_id=UUID(int=7))
    record(TagPart(), TAGS, part)
    assert read(other)[0] == ["op-amp", "smd"]
    with session_scope() as session:
        assert session.get_one(Part, part).tags == []
